"""The QuickSight dashboard: its parts are data in quicksight/, the names are put in here."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_cdk import Aws, CfnResource
from aws_cdk import aws_iam as iam
from constructs import Construct

from aws_network.stores.lake_tables import ATHENA_RESULTS, RULE_USAGE_DAILY, RULE_VERDICTS
from infra.acknowledge import acknowledge
from infra.encryption import Encryption
from infra.lake import Lake
from infra.lake_access import acknowledge_folders, may_read, may_write_from_athena
from infra.names import Names
from infra.placeholders import fill
from infra.query_access import READ_ROWS, may_browse_athena, may_query
from infra.settings import Settings
from infra.trust import service_of_this_account

PARTS = Path(__file__).parent.parent / "quicksight"
SHEETS = {"UseSheet": "sheet_use", "TimeSheet": "sheet_time", "StaleSheet": "sheet_stale"}
QUERIED = (RULE_USAGE_DAILY, RULE_VERDICTS)
"""The tables that rule_usage.sql reads."""

_NUMERIC_CRON = re.compile(r"cron\((\d+) (\d+) ")


class Dashboard(Construct):
    """Data source, data set, dashboard and, for SPICE, a daily refresh after the night."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: Settings,
        lake: Lake,
        encryption: Encryption,
    ) -> None:
        super().__init__(scope, construct_id)
        role = _query_role(self, settings.names, lake, encryption)
        names: dict[str, Any] = {
            "Prefix": settings.name_prefix,
            "Principal": settings.quicksight_principal,
        }
        source = self._part(
            "DataSource", {**names, "Workgroup": settings.names.workgroup, "RoleArn": role.role_arn}
        )
        names["DataSourceArn"] = source.get_att("Arn").to_string()
        names["Sql"] = data_set_sql(settings.names.database, settings.window_days)
        names["ImportMode"] = settings.quicksight_import_mode
        data_set = self._part("DataSet", names)
        names["DataSetArn"] = data_set.get_att("Arn").to_string()
        names["DaysUsedAtMost"] = settings.rarely_used_threshold - 1
        names |= {name: load(file) for name, file in SHEETS.items()}
        self._part("Dashboard", names)
        if settings.quicksight_import_mode == "SPICE":
            names["RefreshTime"] = refresh_time(settings.schedule)
            self._part("RefreshSchedule", names).add_resource_dependency(data_set)

    def _part(self, kind: str, names: Mapping[str, Any]) -> CfnResource:
        """A resource of type AWS::QuickSight::`kind`, its properties from quicksight/."""
        properties = fill(load(re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower()), names)
        return CfnResource(
            self,
            kind,
            type=f"AWS::QuickSight::{kind}",
            properties={"AwsAccountId": Aws.ACCOUNT_ID, **properties},
        )


def load(name: str) -> dict[str, Any]:
    """A part as it stands in quicksight/`name`.json."""
    part: dict[str, Any] = json.loads((PARTS / f"{name}.json").read_text())
    return part


def data_set_sql(database: str, window_days: int) -> str:
    """The query of the data set, without its comments: QuickSight sets it into one of its own."""
    lines = (PARTS / "rule_usage.sql").read_text().splitlines()
    sql = "\n".join(line for line in lines if not line.lstrip().startswith("--"))
    filled: str = fill(sql, {"Database": database, "Days": 2 * window_days})
    return filled


def refresh_time(schedule: str) -> str:
    """Three hours after the night begins, HH:MM in UTC; 06:00 when its cron has no fixed hour."""
    start = _NUMERIC_CRON.match(schedule)
    return f"{(int(start[2]) + 3) % 24:02}:{int(start[1]):02}" if start else "06:00"


def _query_role(scope: Construct, names: Names, lake: Lake, encryption: Encryption) -> iam.Role:
    """The role QuickSight queries with, in place of its account-wide one."""
    role = iam.Role(
        scope,
        "QueryRole",
        assumed_by=service_of_this_account("quicksight.amazonaws.com"),
        description="What QuickSight may query for the security group dashboard",
        inline_policies={
            "query": iam.PolicyDocument(
                statements=[
                    *may_query(lake, names, [table.name for table in QUERIED], READ_ROWS),
                    *may_read(lake, *QUERIED, ATHENA_RESULTS),
                    may_write_from_athena(lake, ATHENA_RESULTS),
                    *may_browse_athena(lake),
                    *encryption.may_use(),
                ]
            )
        },
    )
    acknowledge_folders(role, lake, *QUERIED, ATHENA_RESULTS)
    acknowledge(
        role,
        "AwsSolutions-IAM5[Resource::*]",
        "athena:ListWorkGroups knows no resources; it lists names.",
    )
    return role
