"""What each job is told and what it may do. Permissions name resources; exceptions say why."""

import json
from dataclasses import dataclass

from aws_cdk import Aws, Duration, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from aws_network.flow_logs.flow_log_tables import FLOW_LOG_TABLES
from aws_network.flow_logs.formats import AS_DESCRIBED
from aws_network.stores.configured_resource_apis import CONFIGURED_RESOURCE_APIS
from aws_network.stores.lake_tables import (
    ADMITTING_SETS_DAILY,
    ATHENA_RESULTS,
    FINDINGS,
    FLOW_COVERAGE_DAILY,
    FLOW_LOG_COVERAGE_DAILY,
    FLOW_UNREADABLE_DAILY,
    FLOWS,
    INVENTORY,
    INVENTORY_INTERFACES,
    LAST_USES_MONTHLY,
    OBSERVED_REQUESTS_DAILY,
    REPORTS,
    RULE_EVIDENCE_DAILY,
    RULE_USAGE_DAILY,
    RULE_VERDICTS,
    VPC_COVERAGE_DAILY,
)
from aws_network.stores.optional_ec2_calls import OPTIONAL_CALLS
from aws_network.stores.required_ec2_calls import REQUIRED_CALLS
from infra.email import ReportSender
from infra.encryption import Encryption
from infra.jobs import JobSpec
from infra.lake import Lake
from infra.lake_access import may_delete, may_look_for, may_read, may_write, may_write_from_athena
from infra.query_access import may_query, may_read_flow_logs
from infra.settings import Settings
from infra.tables import RuleTables

FLOW_LOG_NAMES = [table.name for table in FLOW_LOG_TABLES]

READ_AGAIN = (
    RULE_USAGE_DAILY,
    FLOW_COVERAGE_DAILY,
    FLOW_UNREADABLE_DAILY,
    RULE_EVIDENCE_DAILY,
    ADMITTING_SETS_DAILY,
    OBSERVED_REQUESTS_DAILY,
)
"""What the compute job writes of each day, and reads again over the window."""

LOG_COVERAGE = (VPC_COVERAGE_DAILY, FLOW_LOG_COVERAGE_DAILY)
"""What it writes of each day for the report alone."""

REPORTED_DAILY = (RULE_USAGE_DAILY, FLOW_COVERAGE_DAILY, FLOW_UNREADABLE_DAILY, *LOG_COVERAGE)
"""What the report reads of each day of the window."""


@dataclass(frozen=True)
class JobResources:
    """What the jobs are told of, and what they may read, write and send."""

    settings: Settings
    tables: RuleTables
    lake: Lake
    sender: ReportSender
    encryption: Encryption


def job_specs(scope: Construct, resources: JobResources) -> list[JobSpec]:
    """The four jobs in the order of the night."""
    return [
        collect_security_groups(resources),
        query_flow_logs(scope, resources),
        compute_rule_usage(resources),
        email_usage_report(resources),
    ]


def collect_security_groups(resources: JobResources) -> JobSpec:
    """Reads EC2, writes the rules table and the day's inventory."""
    rules, settings = resources.tables.rules, resources.settings
    return JobSpec(
        noun="collect_security_groups",
        timeout=Duration.minutes(30),
        arguments={
            "rules_table": rules.name,
            "lake_bucket": resources.lake.bucket.bucket_name,
            "regions": ",".join(settings.regions or (Aws.REGION,)),
            "retention_days": str(settings.retention_days),
            "check_configured_resources": str(settings.check_configured_resources).lower(),
        },
        may=[
            *(_look_for_configured_resources() if settings.check_configured_resources else []),
            iam.PolicyStatement(
                sid="DescribeEc2",
                actions=[
                    *(call.action for call in REQUIRED_CALLS),
                    *(optional.call.action for optional in OPTIONAL_CALLS),
                ],
                resources=["*"],
            ),
            _table(rules.arn, "dynamodb:Scan", "dynamodb:BatchWriteItem"),
            may_write(resources.lake, INVENTORY),
            *resources.encryption.may_use(),
        ],
        acknowledged={
            "Resource::*": "EC2's describe calls know no resources, and prefix lists of AWS itself "
            "belong to no account. What may carry a group without an interface is looked for in "
            "the whole account; these calls list and describe, nothing else."
        },
    )


def _look_for_configured_resources() -> list[iam.PolicyStatement]:
    """Listing what may carry groups; the job goes on without what it is refused."""
    actions = {action for api in CONFIGURED_RESOURCE_APIS for action in api.actions}
    return [
        iam.PolicyStatement(
            sid="LookForConfiguredResources", actions=sorted(actions), resources=["*"]
        )
    ]


def query_flow_logs(scope: Construct, resources: JobResources) -> JobSpec:
    """Runs the query beside it in Athena, which reads and writes as this job."""
    lake, names = resources.lake, resources.settings.names
    return JobSpec(
        noun="query_flow_logs",
        role_name=names.of_the_region("query-flow-logs"),
        timeout=Duration.minutes(240),
        arguments={
            "database": names.database,
            "workgroup": names.workgroup,
            "lake_bucket": lake.bucket.bucket_name,
            "flow_log_format": resources.settings.flow_log_format or AS_DESCRIBED,
            "revisit_days": str(resources.settings.revisit_days),
        },
        files={"query_sql": "query_flow_logs.sql"},
        may=[
            *may_query(lake, names, [*FLOW_LOG_NAMES, INVENTORY_INTERFACES.name]),
            *may_read_flow_logs(Stack.of(scope).partition, resources.settings),
            *may_read(lake, INVENTORY, FLOWS, ATHENA_RESULTS),
            may_write_from_athena(lake, FLOWS, ATHENA_RESULTS),
            may_delete(lake, FLOWS),
            *resources.encryption.may_use(),
        ],
    )


def compute_rule_usage(resources: JobResources) -> JobSpec:
    """Joins flows with rules, writes the day's usage and the sums over the window."""
    tables, lake, settings = resources.tables, resources.lake, resources.settings
    return JobSpec(
        noun="compute_rule_usage",
        timeout=Duration.minutes(240),
        workers=settings.compute_workers,
        worker_type=settings.compute_worker_type,
        arguments={
            "rules_table": tables.rules.name,
            "usage_table": tables.usage.name,
            "lake_bucket": lake.bucket.bucket_name,
            "window_days": str(settings.window_days),
            "revisit_days": str(settings.revisit_days),
            "minimum_days": str(settings.minimum_days),
            "rarely_used_threshold": str(settings.rarely_used_threshold),
            "exempt_tags": json.dumps(settings.exempt_tags),
            "exempt_patterns": json.dumps(settings.exempt_patterns),
            "owner_tags": json.dumps(settings.owner_tags),
            "trade_off": settings.trade_off,
            "metrics_namespace": settings.names.metrics_namespace,
        },
        may=[
            _table(tables.rules.arn, "dynamodb:Scan"),
            _table(tables.usage.arn, "dynamodb:BatchWriteItem"),
            *may_read(lake, FLOWS, INVENTORY, LAST_USES_MONTHLY, *READ_AGAIN),
            may_look_for(lake, RULE_USAGE_DAILY, OBSERVED_REQUESTS_DAILY),
            may_write(lake, *READ_AGAIN, *LOG_COVERAGE, LAST_USES_MONTHLY, RULE_VERDICTS, FINDINGS),
            _put_metrics(settings.names.metrics_namespace),
            *resources.encryption.may_use(),
        ],
        acknowledged={
            "Resource::*": "CloudWatch metrics are no resources; the condition names the namespace."
        },
    )


def email_usage_report(resources: JobResources) -> JobSpec:
    """Renders the report into the lake and mails it."""
    usage, lake, settings = resources.tables.usage, resources.lake, resources.settings
    return JobSpec(
        noun="email_usage_report",
        timeout=Duration.minutes(30),
        arguments={
            "usage_table": usage.name,
            "lake_bucket": lake.bucket.bucket_name,
            "sender": settings.sender,
            "recipients": ",".join(settings.recipients),
            "window_days": str(settings.window_days),
            "asff": str(settings.asff).lower(),
            **resources.sender.arguments(),
        },
        may=[
            _table(usage.arn, "dynamodb:Scan"),
            *may_read(lake, *REPORTED_DAILY, FINDINGS),
            may_write(lake, REPORTS),
            resources.sender.may_send(),
            *resources.encryption.may_use(),
        ],
    )


def _table(arn: str, *actions: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=list(actions), resources=[arn])


def _put_metrics(namespace: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="PutMetrics",
        actions=["cloudwatch:PutMetricData"],
        resources=["*"],
        conditions={"StringEquals": {"cloudwatch:namespace": namespace}},
    )
