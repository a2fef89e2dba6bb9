"""What Athena needs of the role it queries for: it reads and writes S3 as its caller."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from infra.acknowledge import acknowledge
from infra.lake import Lake
from infra.names import Names
from infra.settings import Settings

RUN_QUERIES = (
    "athena:StartQueryExecution",
    "athena:GetQueryExecution",
    "athena:StopQueryExecution",
)
READ_ROWS = (
    "athena:BatchGetQueryExecution",
    "athena:GetQueryResults",
    "athena:GetQueryResultsStream",
    "athena:GetWorkGroup",
)
"""What QuickSight needs beyond running queries; an UNLOAD's rows are files in the lake."""


def may_query(
    lake: Lake, names: Names, tables: Sequence[str], further: Sequence[str] = ()
) -> list[iam.PolicyStatement]:
    """Queries in the workgroup over these tables; their data and results are granted apart."""
    return [
        iam.PolicyStatement(
            sid="Query",
            actions=[*RUN_QUERIES, *further],
            resources=[_arn(lake, "athena", "workgroup", names.workgroup)],
        ),
        iam.PolicyStatement(
            sid="ReadCatalog",
            actions=["glue:GetDatabase", "glue:GetTable", "glue:GetPartitions"],
            resources=_catalog(lake, names.database, tables),
        ),
        iam.PolicyStatement(
            sid="ResultLocation",
            actions=["s3:GetBucketLocation", "s3:ListBucketMultipartUploads"],
            resources=[lake.bucket.bucket_arn],
        ),
    ]


def may_browse_athena(scope: Construct) -> list[iam.PolicyStatement]:
    """What QuickSight asks of Athena before it queries; AWSQuicksightAthenaAccess has it too."""
    return [
        iam.PolicyStatement(
            sid="ReadDataCatalog",
            actions=["athena:GetDataCatalog"],
            resources=[_arn(scope, "athena", "datacatalog", "AwsDataCatalog")],
        ),
        iam.PolicyStatement(
            sid="ListWorkGroups", actions=["athena:ListWorkGroups"], resources=["*"]
        ),
    ]


def may_read_flow_logs(partition: str, settings: Settings) -> list[iam.PolicyStatement]:
    """Reading AWSLogs/ of the flow-log bucket, also when it is another account's."""
    bucket = f"arn:{partition}:s3:::{settings.flow_log_bucket}"
    prefix = _delivery_prefix(settings)
    statements = [
        iam.PolicyStatement(
            sid="ReadFlowLogs",
            actions=["s3:GetObject"],
            resources=[f"{bucket}/{prefix}*"],
        ),
        iam.PolicyStatement(
            sid="ListFlowLogs",
            actions=["s3:ListBucket"],
            resources=[bucket],
            conditions={"StringLike": {"s3:prefix": [f"{prefix}*"]}},
        ),
        iam.PolicyStatement(
            sid="FlowLogLocation", actions=["s3:GetBucketLocation"], resources=[bucket]
        ),
    ]
    if settings.flow_log_kms_key:
        statements.append(_decrypt(settings.flow_log_kms_key))
    return statements


def acknowledge_flow_logs(construct: IConstruct, settings: Settings) -> None:
    """Says why the role that queries may read every object that AWS delivers."""
    acknowledge(
        construct,
        "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::"
        f"{settings.flow_log_bucket}/{_delivery_prefix(settings)}*]",
        "The flow logs themselves; AWS names the objects by account, region, day and hash.",
    )


def _delivery_prefix(settings: Settings) -> str:
    prefix = f"{settings.flow_log_prefix}/" if settings.flow_log_prefix else ""
    return f"{prefix}AWSLogs/"


def _decrypt(key: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(sid="DecryptFlowLogs", actions=["kms:Decrypt"], resources=[key])


def _catalog(scope: Construct, database: str, tables: Sequence[str]) -> list[str]:
    """Glue checks the table, its database and the catalog; Athena also looks at `default`."""
    return [
        _arn(scope, "glue", "catalog", None),
        _arn(scope, "glue", "database", "default"),
        _arn(scope, "glue", "database", database),
        *(_arn(scope, "glue", "table", f"{database}/{table}") for table in tables),
    ]


def _arn(scope: Construct, service: str, resource: str, name: str | None) -> str:
    stack = Stack.of(scope)
    if name is None:
        return f"arn:{stack.partition}:{service}:{stack.region}:{stack.account}:{resource}"
    return stack.format_arn(service=service, resource=resource, resource_name=name)
