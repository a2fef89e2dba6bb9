"""The Glue database: tables over the user's flow logs, and over the folders of the lake."""

from collections.abc import Mapping, Sequence

from aws_cdk import Aws
from aws_cdk import aws_glue as glue
from constructs import Construct

from aws_network.flow_logs.days import LONGEST_RANGE
from aws_network.flow_logs.flow_log_tables import FLOW_LOG_TABLES, FlowLogTable
from aws_network.flow_logs.formats import Column
from aws_network.stores.lake_folders import DAY, LakeTable, Retention, Storage
from aws_network.stores.lake_tables import ALL_TABLES
from infra.lake import Lake
from infra.settings import Settings
from infra.table_formats import cfn_columns, json_lines, parquet, spaced_text

# Names that no flow-log field has, so that a pasted format can never collide with them.
_DELIVERY = ("delivery_account", "delivery_region", "year", "month", "day")


class Catalog(Construct):
    """Partitions are projected: no crawler, and a day is there as soon as AWS delivered it."""

    def __init__(self, scope: Construct, construct_id: str, settings: Settings, lake: Lake) -> None:
        super().__init__(scope, construct_id)
        self._database_name = settings.names.database
        self._database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=Aws.ACCOUNT_ID,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=self._database_name,
                description="Use of security group rules, from VPC Flow Logs",
            ),
        )
        for flow_logs in FLOW_LOG_TABLES:
            self._flow_logs(flow_logs, settings)
        for table in ALL_TABLES:
            self._of_lake(table, lake.folder_url(table), settings)

    def _flow_logs(self, table: FlowLogTable, settings: Settings) -> None:
        storage = parquet if table.file_format == "parquet" else spaced_text
        location = flow_log_location(settings)
        self._table(
            table.name,
            [Column(name, "string") for name in _DELIVERY],
            storage(location, table.columns),
            _flow_log_parameters(table, settings, location),
        )

    def _of_lake(self, table: LakeTable, location: str, settings: Settings) -> None:
        """A table of the registry; a daily one has one partition per UTC day."""
        storage = _STORAGES[table.storage](location, table.columns)
        if table.is_daily:
            self._table(table.name, [DAY], storage, _day_parameters(table, location, settings))
        else:
            self._table(table.name, [], storage, {})

    def _table(
        self,
        name: str,
        partition_keys: Sequence[Column],
        storage: glue.CfnTable.StorageDescriptorProperty,
        parameters: Mapping[str, str],
    ) -> None:
        table = glue.CfnTable(
            self,
            name,
            catalog_id=Aws.ACCOUNT_ID,
            database_name=self._database_name,
            table_input=glue.CfnTable.TableInputProperty(
                name=name,
                table_type="EXTERNAL_TABLE",
                partition_keys=cfn_columns(partition_keys),
                storage_descriptor=storage,
                parameters={"EXTERNAL": "TRUE", **parameters},
            ),
        )
        table.add_resource_dependency(self._database)


_STORAGES = {Storage.PARQUET: parquet, Storage.JSON_LINES: json_lines}


def _day_parameters(table: LakeTable, location: str, settings: Settings) -> dict[str, str]:
    return {
        "projection.enabled": "true",
        "projection.day.type": "date",
        "projection.day.format": "yyyy-MM-dd",
        "projection.day.range": f"NOW-{_days_back(table, settings)}DAYS,NOW",
        "storage.location.template": f"{location}day=${{day}}/{table.below_day}",
    }


def _days_back(table: LakeTable, settings: Settings) -> int:
    """How old a day may be that Athena looks for.

    An object expires so many days after it was written, and a backfill may have written a day that
    was LONGEST_RANGE days old by then. What never expires is looked for in ten years.
    """
    kept = {
        Retention.RECORDS: settings.retention_days,
        Retention.HISTORY: settings.history_days,
    }[table.retention]
    return 3650 if kept is None else kept + LONGEST_RANGE


def flow_log_location(settings: Settings) -> str:
    """The s3:// address of the folder that AWS delivers into, `.../AWSLogs/`."""
    prefix = f"{settings.flow_log_prefix}/" if settings.flow_log_prefix else ""
    return f"s3://{settings.flow_log_bucket}/{prefix}AWSLogs/"


def _flow_log_parameters(table: FlowLogTable, settings: Settings, location: str) -> dict[str, str]:
    parameters = {
        "projection.enabled": "true",
        "projection.delivery_account.type": "enum",
        "projection.delivery_account.values": ",".join(settings.accounts or (Aws.ACCOUNT_ID,)),
        "projection.delivery_region.type": "enum",
        "projection.delivery_region.values": ",".join(settings.regions or (Aws.REGION,)),
        **_digits("year", "2015,2099", 4),
        **_digits("month", "1,12", 2),
        **_digits("day", "1,31", 2),
        "storage.location.template": location + _delivery_path(table.is_hive),
    }
    if table.file_format == "text":
        parameters["skip.header.line.count"] = "1"
    return parameters


def _delivery_path(hive: bool) -> str:
    """Below AWSLogs/; hourly folders need no mention, Athena reads what lies deeper."""
    if hive:
        return (
            "aws-account-id=${delivery_account}/aws-service=vpcflowlogs/"
            "aws-region=${delivery_region}/year=${year}/month=${month}/day=${day}/"
        )
    return "${delivery_account}/vpcflowlogs/${delivery_region}/${year}/${month}/${day}/"


def _digits(key: str, value_range: str, digits: int) -> dict[str, str]:
    return {
        f"projection.{key}.type": "integer",
        f"projection.{key}.range": value_range,
        f"projection.{key}.digits": str(digits),
    }
