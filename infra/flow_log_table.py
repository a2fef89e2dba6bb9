"""The Glue database, its four tables, and the Athena workgroup that queries them."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from aws_cdk import Aws
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from constructs import Construct

from aws_network import schemas
from aws_network.flow_log_format import Column, parse_format
from infra.lake import RESULTS, Lake
from infra.settings import Settings

DATABASE = "sg_analysis"
WORKGROUP = "sg-analysis"
FLOW_LOGS = "flow_logs"
INTERFACES = "sg_inventory_interfaces"
RULE_USAGE = "sg_rule_usage_daily"
FLOW_COVERAGE = "sg_flow_coverage_daily"

_TEXT = "org.apache.hadoop.mapred.TextInputFormat"
_TEXT_OUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
_PARQUET = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
_PARQUET_OUT = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"

# Names that no flow-log field has, so that a pasted format can never collide with them.
_DELIVERY = ("delivery_account", "delivery_region", "year", "month", "day")


class FlowLogTable(Construct):
    """Where Athena finds the user's flow logs and the lake's own tables."""

    def __init__(self, scope: Construct, construct_id: str, settings: Settings, lake: Lake) -> None:
        super().__init__(scope, construct_id)
        self.database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=Aws.ACCOUNT_ID,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=DATABASE, description="Use of security group rules, from VPC Flow Logs"
            ),
        )
        self._flow_logs(settings)
        self._lake_tables(lake)
        self.workgroup = _workgroup(self, settings, lake)

    def _flow_logs(self, settings: Settings) -> None:
        file_format = settings.flow_log_file_format
        columns = parse_format(settings.flow_log_format).columns(file_format)
        location = flow_log_location(settings)
        self._table(
            FLOW_LOGS,
            columns,
            [Column(name, "string") for name in _DELIVERY],
            _flow_log_storage(file_format, location, columns),
            _flow_log_parameters(settings, location),
        )

    def _lake_tables(self, lake: Lake) -> None:
        inventory = lake.url_of("inventory/")
        self._daily(INTERFACES, schemas.INVENTORY_INTERFACES, inventory, "/interfaces/", _json)
        self._daily(RULE_USAGE, schemas.RULE_USAGE_DAILY, lake.url_of("usage/"), "/", _parquet)
        self._daily(
            FLOW_COVERAGE, schemas.FLOW_COVERAGE_DAILY, lake.url_of("coverage/"), "/", _parquet
        )

    def _daily(
        self,
        name: str,
        columns: Sequence[Column],
        location: str,
        below_day: str,
        storage: Callable[[str, Sequence[Column]], glue.CfnTable.StorageDescriptorProperty],
    ) -> None:
        """A table of one partition per UTC day."""
        parameters = {
            "projection.day.type": "date",
            "projection.day.format": "yyyy-MM-dd",
            "projection.day.range": "2020-01-01,NOW",
            "storage.location.template": f"{location}day=${{day}}{below_day}",
        }
        self._table(name, columns, [schemas.DAY], storage(location, columns), parameters)

    def _table(
        self,
        name: str,
        columns: Sequence[Column],
        partition_keys: Sequence[Column],
        storage: glue.CfnTable.StorageDescriptorProperty,
        parameters: Mapping[str, str],
    ) -> None:
        table = glue.CfnTable(
            self,
            name,
            catalog_id=Aws.ACCOUNT_ID,
            database_name=DATABASE,
            table_input=glue.CfnTable.TableInputProperty(
                name=name,
                table_type="EXTERNAL_TABLE",
                partition_keys=_cfn_columns(partition_keys),
                storage_descriptor=storage,
                parameters={"EXTERNAL": "TRUE", "projection.enabled": "true", **parameters},
            ),
        )
        table.add_dependency(self.database)


def flow_log_location(settings: Settings) -> str:
    """The s3:// address of the folder that AWS delivers into, `.../AWSLogs/`."""
    prefix = f"{settings.flow_log_prefix}/" if settings.flow_log_prefix else ""
    return f"s3://{settings.flow_log_bucket}/{prefix}AWSLogs/"


def _flow_log_parameters(settings: Settings, location: str) -> dict[str, str]:
    parameters = {
        "projection.delivery_account.type": "enum",
        "projection.delivery_account.values": ",".join(settings.accounts or (Aws.ACCOUNT_ID,)),
        "projection.delivery_region.type": "enum",
        "projection.delivery_region.values": ",".join(settings.regions or (Aws.REGION,)),
        **_digits("year", "2015,2099", 4),
        **_digits("month", "1,12", 2),
        **_digits("day", "1,31", 2),
        "storage.location.template": location + _delivery_path(settings.flow_log_hive_partitions),
    }
    if settings.flow_log_file_format == "text":
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


def _flow_log_storage(
    file_format: str, location: str, columns: Sequence[Column]
) -> glue.CfnTable.StorageDescriptorProperty:
    if file_format == "parquet":
        return _parquet(location, columns)
    return _storage(
        location,
        columns,
        (_TEXT, _TEXT_OUT),
        "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
        {"field.delim": " ", "serialization.format": " "},
    )


def _parquet(location: str, columns: Sequence[Column]) -> glue.CfnTable.StorageDescriptorProperty:
    serde = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    return _storage(
        location, columns, (_PARQUET, _PARQUET_OUT), serde, {"serialization.format": "1"}
    )


def _json(location: str, columns: Sequence[Column]) -> glue.CfnTable.StorageDescriptorProperty:
    serde = "org.openx.data.jsonserde.JsonSerDe"
    return _storage(location, columns, (_TEXT, _TEXT_OUT), serde, {})


def _storage(
    location: str,
    columns: Sequence[Column],
    formats: tuple[str, str],
    serde: str,
    parameters: Mapping[str, str],
) -> glue.CfnTable.StorageDescriptorProperty:
    return glue.CfnTable.StorageDescriptorProperty(
        location=location,
        columns=_cfn_columns(columns),
        input_format=formats[0],
        output_format=formats[1],
        serde_info=glue.CfnTable.SerdeInfoProperty(
            serialization_library=serde, parameters=dict(parameters)
        ),
    )


def _cfn_columns(columns: Iterable[Column]) -> list[glue.CfnTable.ColumnProperty]:
    return [glue.CfnTable.ColumnProperty(name=c.name, type=c.type) for c in columns]


def _workgroup(scope: Construct, settings: Settings, lake: Lake) -> athena.CfnWorkGroup:
    """Enforced: a query can neither scan past the cutoff nor leave its result elsewhere."""
    return athena.CfnWorkGroup(
        scope,
        "Workgroup",
        name=WORKGROUP,
        description="Queries of the security group analysis",
        recursive_delete_option=True,
        work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
            enforce_work_group_configuration=True,
            publish_cloud_watch_metrics_enabled=True,
            bytes_scanned_cutoff_per_query=settings.bytes_scanned_cutoff,
            engine_version=athena.CfnWorkGroup.EngineVersionProperty(
                selected_engine_version="Athena engine version 3"
            ),
            result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                output_location=lake.url_of(f"{RESULTS}/"),
                encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                    encryption_option="SSE_S3"
                ),
            ),
        ),
    )
