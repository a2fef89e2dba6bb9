"""The other resources: what makes them safe, kept and findable."""

import json
from pathlib import Path
from typing import Any

import pytest

from aws_network.flow_logs.flow_log_tables import FLOW_LOG_TABLES, FlowLogTable
from aws_network.stores.lake_folders import LakeTable
from aws_network.stores.lake_tables import ALL_TABLES
from tests.infra.stacks import (
    FULL,
    Template,
    listed,
    named,
    only,
    plain,
    resources,
    staged,
    synthesize,
    template,
)


def glue_table(of: Template, name: str) -> dict[str, Any]:
    (found,) = [
        plain(table["TableInput"])
        for table in resources(of, "AWS::Glue::Table").values()
        if table["TableInput"]["Name"] == name
    ]
    return dict(found)


@pytest.mark.parametrize(
    ("name", "index", "index_keys"),
    [
        ("sg-analysis-rules-data", "sgrule", ["security_group_id", "security_group_name"]),
        ("sg-analysis-rules-usage", "protocol", ["sg_id", "protocol"]),
    ],
)
def test_a_table_is_keyed_by_rule_and_survives(
    shipped: Template, name: str, index: str, index_keys: list[str]
) -> None:
    table = named(shipped, "AWS::DynamoDB::Table", "TableName", name)
    assert table["KeySchema"] == [{"AttributeName": "sg_rule_id", "KeyType": "HASH"}]
    (secondary,) = table["GlobalSecondaryIndexes"]
    assert secondary["IndexName"] == index
    assert [key["AttributeName"] for key in secondary["KeySchema"]] == index_keys
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


@pytest.mark.parametrize("kind", ["AWS::DynamoDB::Table", "AWS::S3::Bucket"])
def test_history_is_kept_when_the_stack_goes(either: Template, kind: str) -> None:
    kept = [r for r in either["Resources"].values() if r["Type"] == kind]
    assert kept
    assert {r["UpdateReplacePolicy"] for r in kept} == {"Retain"}
    # Else a first deployment that is rolled back leaves fixed names taken, and blocks the next.
    assert {r["DeletionPolicy"] for r in kept} == {"RetainExceptOnCreate"}


def test_tables_are_protected_and_therefore_created_last(either: Template) -> None:
    """CloudFormation cannot roll back a protected table, so nothing may fail after it is made."""
    tables = resources(either, "AWS::DynamoDB::Table")
    assert all(table["DeletionProtectionEnabled"] is True for table in tables.values())
    others = set(either["Resources"]) - set(tables) - {"CDKMetadata"}
    for table in tables:
        assert created_before(either, table) >= others


def created_before(of: Template, logical_id: str) -> set[str]:
    """The resources that are there before one is created: those it refers to, in any way."""
    found: set[str] = set()
    waiting = [logical_id]
    while waiting:
        resource = of["Resources"][waiting.pop()]
        named_ids = set(listed(resource.get("DependsOn", []))) | references(resource)
        fresh = (named_ids & set(of["Resources"])) - found
        found |= fresh
        waiting.extend(fresh)
    return found


def references(value: Any) -> set[str]:
    """The logical ids of all Ref and Fn::GetAtt within a value."""
    if isinstance(value, list):
        return {name for item in value for name in references(item)}
    if not isinstance(value, dict):
        return set()
    own = {value["Ref"]} if "Ref" in value else set()
    own |= {value["Fn::GetAtt"][0]} if "Fn::GetAtt" in value else set()
    return own | {name for item in value.values() for name in references(item)}


@pytest.mark.parametrize("prefix", ["sg-analysis", "dev"])
def test_costs_can_be_told_apart_by_a_tag(prefix: str) -> None:
    """A tag of the stack: CloudFormation puts it on every resource of a type that has tags."""
    manifest = json.loads((synthesize(name_prefix=prefix) / "manifest.json").read_text())
    (tags,) = [
        artifact["properties"]["tags"]
        for artifact in manifest["artifacts"].values()
        if artifact["type"] == "aws:cloudformation:stack"
    ]
    assert tags == {"application": prefix}


def test_the_lake_is_private_and_encrypted(either: Template) -> None:
    bucket = only(either, "AWS::S3::Bucket")
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert "BucketName" not in bucket


@pytest.mark.parametrize(
    ("kind", "resource"), [("AWS::S3::BucketPolicy", "Bucket"), ("AWS::SNS::TopicPolicy", "Topic")]
)
def test_plain_http_is_denied(either: Template, kind: str, resource: str) -> None:
    policy = plain(only(either, kind)["PolicyDocument"])
    denials = [s for s in policy["Statement"] if s["Effect"] == "Deny"]
    (denial,) = denials
    assert denial["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert listed(denial["Principal"]) in (["*"], [{"AWS": "*"}])
    assert all(resource in arn for arn in listed(denial["Resource"]))


@pytest.mark.parametrize(
    ("overrides", "expiry"),
    [
        (
            {},
            {
                "flows/": 400,
                "evidence/": 400,
                "admitting_sets/": 400,
                "requests/": 400,
                "athena-results/": 7,
            },
        ),
        (
            {"retention_days": 30, "history_days": 120},
            {
                "flows/": 30,
                "evidence/": 30,
                "admitting_sets/": 30,
                "requests/": 30,
                "athena-results/": 7,
                "inventory/": 120,
                "usage/": 120,
                "coverage/": 120,
                "vpc_coverage/": 120,
                "flow_log_coverage/": 120,
                "unreadable/": 120,
                "last_uses/": 120,
                "reports/": 120,
            },
        ),
    ],
)
def test_what_expires_in_the_lake(overrides: dict[str, int], expiry: dict[str, int]) -> None:
    rules = only(template(**overrides), "AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"]
    found = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "Prefix" in rule}
    assert found == expiry
    assert all(rule["Status"] == "Enabled" for rule in rules)


def test_only_who_is_named_is_told_of_failures(shipped: Template, full: Template) -> None:
    assert not resources(shipped, "AWS::SNS::Subscription")
    subscription = only(full, "AWS::SNS::Subscription")
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "on-call@example.com")


@pytest.mark.parametrize(
    ("sender_identity", "identities"),
    [
        ("address", ["security-reports@example.com"]),
        ("domain", ["example.com"]),
        ("existing", []),
    ],
)
def test_the_identity_of_the_sender(sender_identity: str, identities: list[str]) -> None:
    made = resources(template(sender_identity=sender_identity), "AWS::SES::EmailIdentity")
    assert [properties["EmailIdentity"] for properties in made.values()] == identities


@pytest.mark.parametrize(("enabled", "state"), [("true", "ENABLED"), ("false", "DISABLED")])
def test_the_schedule_and_its_off_switch(enabled: str, state: str) -> None:
    made = template(schedule_enabled=enabled, schedule="cron(15 4 * * ? *)")
    schedule = only(made, "AWS::Scheduler::Schedule")
    assert schedule["State"] == state
    assert schedule["ScheduleExpression"] == "cron(15 4 * * ? *)"
    assert schedule["ScheduleExpressionTimezone"] == "Etc/UTC"
    assert json.loads(schedule["Target"]["Input"]) == {"time": "<aws.scheduler.scheduled-time>"}
    (machine,) = resources(made, "AWS::StepFunctions::StateMachine")
    assert schedule["Target"]["Arn"] == {"Ref": machine}


def test_a_query_cannot_scan_or_write_past_its_workgroup() -> None:
    group = only(template(bytes_scanned_cutoff=10_000_000), "AWS::Athena::WorkGroup")
    bounds = group["WorkGroupConfiguration"]
    assert group["Name"] == "sg-analysis"
    assert bounds["EnforceWorkGroupConfiguration"] is True
    assert bounds["BytesScannedCutoffPerQuery"] == 10_000_000
    location = plain(bounds["ResultConfiguration"]["OutputLocation"])
    assert location.startswith("s3://{Lake")
    assert location.endswith("/athena-results/")


_PLAIN = "${delivery_account}/vpcflowlogs/${delivery_region}/${year}/${month}/${day}/"
_HIVE = (
    "aws-account-id=${delivery_account}/aws-service=vpcflowlogs/aws-region=${delivery_region}"
    "/year=${year}/month=${month}/day=${day}/"
)


@pytest.mark.parametrize("table", FLOW_LOG_TABLES, ids=lambda table: table.name)
@pytest.mark.parametrize(
    ("overrides", "folder"),
    [
        ({"flow_log_bucket": "logs"}, "s3://logs/AWSLogs/"),
        (FULL, "s3://central-flow-logs/network/AWSLogs/"),
    ],
    ids=["at the top", "below a prefix"],
)
def test_where_a_days_flow_logs_are(
    table: FlowLogTable, overrides: dict[str, Any], folder: str
) -> None:
    declared = glue_table(template(**overrides), table.name)
    location = declared["Parameters"]["storage.location.template"]
    assert location == folder + (_HIVE if table.is_hive else _PLAIN)
    assert [key["Name"] for key in declared["PartitionKeys"]] == [
        "delivery_account",
        "delivery_region",
        "year",
        "month",
        "day",
    ]


def test_accounts_and_regions_of_the_flow_logs(shipped: Template, full: Template) -> None:
    def projected(of: Template) -> tuple[str, str]:
        parameters = glue_table(of, "flow_logs_text")["Parameters"]
        return (
            parameters["projection.delivery_account.values"],
            parameters["projection.delivery_region.values"],
        )

    assert projected(shipped) == ("123456789012", "eu-central-1")
    assert projected(full) == ("123456789012,210987654321", "eu-central-1,eu-west-1")


@pytest.mark.parametrize("table", FLOW_LOG_TABLES, ids=lambda table: table.name)
def test_columns_fit_any_format(shipped: Template, table: FlowLogTable) -> None:
    storage = glue_table(shipped, table.name)["StorageDescriptor"]
    columns = [f"{column['Name']} {column['Type']}" for column in storage["Columns"]]
    if table.file_format == "text":
        assert columns == [f"field_{number} string" for number in range(1, 102)]
    else:
        assert ", ".join(columns) == (
            "interface_id string, srcaddr string, dstaddr string, srcport int, dstport int, "
            "protocol int, action string, pkt_srcaddr string, pkt_dstaddr string, tcp_flags int, "
            "flow_direction string, log_status string, vpc_id string, start bigint, end bigint"
        )


def test_text_logs_skip_their_header_and_split_at_spaces(shipped: Template) -> None:
    table = glue_table(shipped, "flow_logs_text")
    assert table["Parameters"]["skip.header.line.count"] == "1"
    assert table["StorageDescriptor"]["SerdeInfo"]["Parameters"]["field.delim"] == " "


@pytest.mark.parametrize("declared", ALL_TABLES, ids=lambda table: table.name)
def test_a_table_of_the_lake_is_declared_as_the_registry_has_it(
    shipped: Template, declared: LakeTable
) -> None:
    table = glue_table(shipped, declared.name)
    storage = table["StorageDescriptor"]
    assert [(c["Name"], c["Type"]) for c in storage["Columns"]] == [
        (c.name, c.type) for c in declared.columns
    ]
    assert storage["Location"].endswith(f"}}/{declared.folder}/")


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("sg_inventory_interfaces", "inventory/day=${day}/interfaces/"),
        ("sg_rule_usage_daily", "usage/day=${day}/"),
        ("sg_rule_evidence_daily", "evidence/day=${day}/"),
        ("sg_admitting_sets_daily", "admitting_sets/day=${day}/"),
        ("sg_observed_requests_daily", "requests/day=${day}/"),
        ("sg_flow_coverage_daily", "coverage/day=${day}/"),
        ("sg_vpc_coverage_daily", "vpc_coverage/day=${day}/"),
        ("sg_flow_log_coverage_daily", "flow_log_coverage/day=${day}/"),
        ("sg_flow_unreadable_daily", "unreadable/day=${day}/"),
    ],
)
def test_where_a_days_rows_of_a_table_are(shipped: Template, name: str, folder: str) -> None:
    table = glue_table(shipped, name)
    assert table["Parameters"]["storage.location.template"].endswith(f"}}/{folder}")
    assert table["PartitionKeys"] == [{"Name": "day", "Type": "string"}]


@pytest.mark.parametrize(
    ("name", "overrides", "days"),
    [
        ("sg_rule_usage_daily", {}, 3650),
        ("sg_rule_usage_daily", {"history_days": 120}, 520),
        ("sg_inventory_interfaces", {"history_days": 120}, 520),
        ("sg_rule_evidence_daily", {"retention_days": 30, "history_days": 120}, 430),
    ],
)
def test_how_far_back_athena_looks_for_days(
    name: str, overrides: dict[str, int], days: int
) -> None:
    parameters = glue_table(template(**overrides), name)["Parameters"]
    assert parameters["projection.day.range"] == f"NOW-{days}DAYS,NOW"


def test_the_outputs_name_what_people_and_programs_look_for(shipped: Template) -> None:
    values = {name: plain(output["Value"]) for name, output in shipped["Outputs"].items()}
    assert set(values) == {
        "LakeBucketName",
        "StateMachineArn",
        "TopicArn",
        "QueryFlowLogsRoleArn",
        "RulesTableName",
        "UsageTableName",
        "DatabaseName",
        "WorkgroupName",
        "CollectSecurityGroupsJobName",
        "QueryFlowLogsJobName",
        "ComputeRuleUsageJobName",
        "EmailUsageReportJobName",
    }
    assert values["ComputeRuleUsageJobName"] == "sg-analysis-compute-rule-usage"


def test_the_role_that_owners_of_buckets_must_name_has_a_name_that_stays(
    shipped: Template,
) -> None:
    job = named(shipped, "AWS::Glue::Job", "Name", "sg-analysis-query-flow-logs")
    output = shipped["Outputs"]["QueryFlowLogsRoleArn"]["Value"]
    assert output == job["Role"]
    role = shipped["Resources"][output["Fn::GetAtt"][0]]["Properties"]
    assert plain(role["RoleName"]) == "sg-analysis-query-flow-logs-eu-central-1"


def test_no_docker_and_no_function_of_ours(either: Template) -> None:
    kinds = {resource["Type"] for resource in either["Resources"].values()}
    assert not {kind for kind in kinds if kind.startswith(("AWS::Lambda", "Custom::"))}


def assets(assembly: Path) -> dict[str, Path]:
    """Object key to the file or folder of every asset."""
    manifest = json.loads((assembly / "SgAnalysis.assets.json").read_text())
    return {
        destination["objectKey"]: assembly / asset["source"]["path"]
        for asset in manifest["files"].values()
        for destination in asset["destinations"].values()
    }


def test_the_library_zip_holds_the_packages_with_their_data() -> None:
    deployed = json.loads((staged() / "SgAnalysis.template.json").read_text())
    job = named(deployed, "AWS::Glue::Job", "Name", "sg-analysis-email-usage-report")
    key = plain(job["DefaultArguments"])["--extra-py-files"].rpartition("/")[2]
    folder = assets(staged())[key]
    assert key.endswith(".zip")
    assert sorted(path.name for path in folder.iterdir()) == ["aws_network", "plan", "report"]
    assert (folder / "aws_network" / "__init__.py").exists()
    assert (folder / "report" / "__init__.py").exists()
    suffixes = {path.suffix for path in folder.rglob("*") if path.is_file()}
    assert {".py", ".html", ".css", ".js"} <= suffixes
    assert ".pyc" not in suffixes
