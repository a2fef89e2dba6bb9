"""What each role may do: named resources, folders of the lake, and a list of exceptions."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from aws_network.stores.configured_resource_apis import CONFIGURED_RESOURCE_APIS
from aws_network.stores.optional_ec2_calls import OPTIONAL_CALLS
from tests.infra.stacks import (
    FULL,
    Template,
    listed,
    named,
    only,
    plain,
    resources,
    statements,
    template,
)

# (part of the logical id, action): why no policy could name the resource.
WITHOUT_RESOURCE = {
    ("CollectSecurityGroups", "ec2:DescribeSecurityGroupRules"): "EC2 describes know no resources",
    ("CollectSecurityGroups", "ec2:DescribeSecurityGroups"): "EC2 describes know no resources",
    ("CollectSecurityGroups", "ec2:DescribeNetworkInterfaces"): "EC2 describes know no resources",
    ("CollectSecurityGroups", "ec2:DescribeManagedPrefixLists"): "EC2 describes know no resources",
    ("CollectSecurityGroups", "ec2:GetManagedPrefixListEntries"): "AWS's lists are of no account",
    **{
        ("CollectSecurityGroups", optional.call.action): "EC2 describes know no resources"
        for optional in OPTIONAL_CALLS
    },
    ("ComputeRuleUsage", "cloudwatch:PutMetricData"): "metrics are no resources",
    **{
        ("WorkflowMachine", f"logs:{action}"): "log delivery is configured for the whole account"
        for action in (
            "CreateLogDelivery",
            "GetLogDelivery",
            "UpdateLogDelivery",
            "DeleteLogDelivery",
            "ListLogDeliveries",
            "PutResourcePolicy",
            "DescribeResourcePolicies",
            "DescribeLogGroups",
        )
    },
    **{
        ("CollectSecurityGroups", action): "what may carry a group is looked for in all the account"
        for api in CONFIGURED_RESOURCE_APIS
        for action in api.actions
    },
    **{
        ("WorkflowMachine", f"xray:{action}"): "X-Ray knows no resources"
        for action in (
            "PutTraceSegments",
            "PutTelemetryRecords",
            "GetSamplingRules",
            "GetSamplingTargets",
        )
    },
}
OF_QUICKSIGHT = {
    ("DashboardQueryRole", "athena:ListWorkGroups"): "listing work groups knows no resources",
}
FOLDER = (
    r"(\{Lake\w+\.Arn\}/(inventory|flows|usage|last_uses|coverage|vpc_coverage|flow_log_coverage"
    r"|unreadable|verdicts|evidence|admitting_sets|requests|findings|reports|athena-results)"
    r"|arn:aws:s3:::[^*]+/AWSLogs)/\*"
)
READ, WRITE, DELETE = "s3:GetObject", "s3:PutObject", "s3:DeleteObject"


def allowed(template: Template, role: str) -> list[Mapping[str, Any]]:
    """The statements of the role whose logical id has `role` in it."""
    found = [statement for logical_id, statement in statements(template) if role in logical_id]
    assert found, role
    return found


def folders(template: Template, role: str, action: str) -> set[str]:
    """The lake's folders in whose objects the role may do `action`."""
    arns = {
        arn
        for statement in allowed(template, role)
        if action in listed(statement["Action"])
        for arn in listed(statement["Resource"])
    }
    return {match[1] for arn in arns if (match := re.fullmatch(r"\{Lake\w+\.Arn\}/(.+)/\*", arn))}


def actions_on(template: Template, role: str, resource: str) -> set[str]:
    """All actions of the role on resources whose ARN has `resource` in it."""
    return {
        action
        for statement in allowed(template, role)
        if any(resource in arn for arn in listed(statement["Resource"]))
        for action in listed(statement["Action"])
    }


def test_whole_wildcards_are_those_listed_and_no_other(either: Template) -> None:
    found = {
        (logical_id, action)
        for logical_id, statement in statements(either)
        if "*" in listed(statement["Resource"])
        for action in listed(statement["Action"])
    }
    listed_ones = WITHOUT_RESOURCE | (
        OF_QUICKSIGHT if resources(either, "AWS::QuickSight::DataSource") else {}
    )
    unlisted = {
        (logical_id, action)
        for logical_id, action in found
        if not any(part in logical_id and action == a for part, a in listed_ones)
    }
    assert not unlisted
    assert len(found) == len(listed_ones)


def test_nobody_who_asks_for_no_carriers_grants_a_look_at_them() -> None:
    actions = {action for api in CONFIGURED_RESOURCE_APIS for action in api.actions}
    made = template(**FULL, check_configured_resources="false")
    granted = {
        action for _, statement in statements(made) for action in listed(statement["Action"])
    }
    assert not granted & actions


def test_the_collect_job_may_make_each_of_its_optional_calls(either: Template) -> None:
    actions = actions_on(either, "CollectSecurityGroups", "*")
    assert actions >= {optional.call.action for optional in OPTIONAL_CALLS}


def test_looking_for_carriers_only_reads() -> None:
    verbs = ("Describe", "List", "Get", "BatchGet")
    for api in CONFIGURED_RESOURCE_APIS:
        assert all(action.partition(":")[2].startswith(verbs) for action in api.actions)


def test_other_wildcards_are_objects_of_a_folder(either: Template) -> None:
    for logical_id, statement in statements(either):
        for arn in listed(statement["Resource"]):
            if "*" in arn and arn != "*":
                assert re.fullmatch(FOLDER, arn), (logical_id, arn)


def test_no_action_is_a_wildcard_and_nothing_is_allowed_by_exclusion(either: Template) -> None:
    for logical_id, statement in statements(either):
        assert "NotAction" not in statement, logical_id
        assert "NotResource" not in statement, logical_id
        assert all("*" not in action for action in listed(statement["Action"])), logical_id


def test_no_role_has_a_managed_policy(either: Template) -> None:
    for logical_id, role in resources(either, "AWS::IAM::Role").items():
        assert "ManagedPolicyArns" not in role, logical_id


def test_each_service_takes_its_role_for_this_account_only(either: Template) -> None:
    trusted = {}
    for logical_id, role in resources(either, "AWS::IAM::Role").items():
        (statement,) = plain(role["AssumeRolePolicyDocument"])["Statement"]
        service = statement["Principal"]["Service"]
        trusted[logical_id] = service
        if service != "states.amazonaws.com":
            ((operator, condition),) = statement["Condition"].items()
            assert operator.startswith("StringEquals"), logical_id
            assert condition["aws:SourceAccount"] == "123456789012", logical_id
    assert sorted(set(trusted.values()) - {"quicksight.amazonaws.com"}) == [
        "glue.amazonaws.com",
        "scheduler.amazonaws.com",
        "states.amazonaws.com",
    ]


@pytest.mark.parametrize(
    ("role", "read", "written", "deleted"),
    [
        ("CollectSecurityGroups", set(), {"inventory"}, set()),
        (
            "QueryFlowLogs",
            {"inventory", "flows", "athena-results"},
            {"flows", "athena-results"},
            {"flows"},
        ),
        (
            "ComputeRuleUsage",
            {
                "flows",
                "inventory",
                "usage",
                "last_uses",
                "coverage",
                "unreadable",
                "evidence",
                "admitting_sets",
                "requests",
            },
            {
                "usage",
                "last_uses",
                "coverage",
                "vpc_coverage",
                "flow_log_coverage",
                "unreadable",
                "verdicts",
                "evidence",
                "admitting_sets",
                "requests",
                "findings",
            },
            set(),
        ),
        (
            "EmailUsageReport",
            {
                "usage",
                "coverage",
                "vpc_coverage",
                "flow_log_coverage",
                "unreadable",
                "findings",
            },
            {"reports"},
            set(),
        ),
    ],
)
def test_a_job_reads_and_writes_its_folders_only(
    either: Template, role: str, read: set[str], written: set[str], deleted: set[str]
) -> None:
    assert folders(either, role, READ) == read
    assert folders(either, role, WRITE) == written
    assert folders(either, role, DELETE) == deleted


def test_the_dashboard_reads_usage_and_writes_results(full: Template) -> None:
    assert folders(full, "DashboardQueryRole", READ) == {"usage", "verdicts", "athena-results"}
    assert folders(full, "DashboardQueryRole", WRITE) == {"athena-results"}


@pytest.mark.parametrize(
    ("role", "on_rules", "on_usage"),
    [
        ("CollectSecurityGroups", {"Scan", "BatchWriteItem"}, set()),
        ("QueryFlowLogs", set(), set()),
        ("ComputeRuleUsage", {"Scan"}, {"BatchWriteItem"}),
        ("EmailUsageReport", set(), {"Scan"}),
    ],
)
def test_a_job_touches_its_tables_only(
    either: Template, role: str, on_rules: set[str], on_usage: set[str]
) -> None:
    assert actions_on(either, role, ":table/sg-analysis-rules-data") == {
        f"dynamodb:{name}" for name in on_rules
    }
    assert actions_on(either, role, ":table/sg-analysis-rules-usage") == {
        f"dynamodb:{name}" for name in on_usage
    }


def test_listing_is_bound_to_folders_and_a_missing_object_is_not_found(full: Template) -> None:
    """S3 asks for ListBucket without a prefix to tell 404 from 403; hence IfExists in the lake."""
    for logical_id, statement in statements(full):
        if "s3:ListBucket" in listed(statement["Action"]):
            ((operator, condition),) = statement["Condition"].items()
            in_lake = "{Lake" in listed(statement["Resource"])[0]
            assert operator == ("StringLikeIfExists" if in_lake else "StringLike"), logical_id
            assert all(prefix.endswith("/*") for prefix in listed(condition["s3:prefix"]))


def test_only_the_query_reads_flow_logs_below_their_prefix(full: Template) -> None:
    bucket = "arn:aws:s3:::central-flow-logs"
    readers = {
        (logical_id, arn)
        for logical_id, statement in statements(full)
        for arn in listed(statement["Resource"])
        if bucket in arn and READ in listed(statement["Action"])
    }
    ((reader, arn),) = readers
    assert "QueryFlowLogs" in reader
    assert arn == f"{bucket}/network/AWSLogs/*"
    assert actions_on(full, "QueryFlowLogs", "key/flow-logs") == {"kms:Decrypt"}


def test_mail_leaves_as_the_sender_only(full: Template) -> None:
    (statement,) = [
        s for s in allowed(full, "EmailUsageReport") if "ses:SendEmail" in listed(s["Action"])
    ]
    assert statement["Condition"] == {
        "StringEquals": {"ses:FromAddress": "security-reports@example.com"}
    }
    prefix = "arn:aws:ses:eu-central-1:123456789012:identity/"
    assert set(listed(statement["Resource"])) == {
        f"{prefix}security-reports@example.com",
        f"{prefix}example.com",
        f"{prefix}security@example.com",
        f"{prefix}audit@example.com",
        "arn:aws:ses:eu-central-1:123456789012:configuration-set/reports",
    }


CENTRAL = "arn:aws:ses:us-east-1:210987654321:identity/example.com"


def test_mail_of_a_central_account_and_region(shipped: Template) -> None:
    made = template(sender_identity="existing", ses_identity_arn=CENTRAL, ses_configuration_set="c")
    (statement,) = [
        s for s in allowed(made, "EmailUsageReport") if "ses:SendEmail" in listed(s["Action"])
    ]
    prefix = "arn:aws:ses:us-east-1:123456789012:"
    assert set(listed(statement["Resource"])) >= {CENTRAL, f"{prefix}configuration-set/c"}
    assert all(":us-east-1:" in arn for arn in listed(statement["Resource"]))
    told = named(made, "AWS::Glue::Job", "Name", "sg-analysis-email-usage-report")
    arguments = {k: v for k, v in told["DefaultArguments"].items() if k.startswith("--ses_")}
    assert arguments == {
        "--ses_region": "us-east-1",
        "--ses_identity_arn": CENTRAL,
        "--ses_configuration_set": "c",
    }
    usual = named(shipped, "AWS::Glue::Job", "Name", "sg-analysis-email-usage-report")
    assert not [key for key in usual["DefaultArguments"] if key.startswith("--ses_")]


@pytest.mark.parametrize(
    ("role", "folder"),
    [
        ("QueryFlowLogs", "flows"),
        ("QueryFlowLogs", "athena-results"),
        ("DashboardQueryRole", "athena-results"),
    ],
)
def test_athena_may_write_in_several_parts_and_give_up(
    full: Template, role: str, folder: str
) -> None:
    assert actions_on(full, role, f".Arn}}/{folder}/*") >= {
        "s3:PutObject",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
    }
    of_the_bucket = {
        action
        for statement in allowed(full, role)
        if any(re.fullmatch(r"\{Lake\w+\.Arn\}", arn) for arn in listed(statement["Resource"]))
        for action in listed(statement["Action"])
    }
    assert of_the_bucket == {
        "s3:GetBucketLocation",
        "s3:ListBucket",
        "s3:ListBucketMultipartUploads",
    }


def test_quicksight_may_look_around_in_athena(full: Template) -> None:
    """The three actions of AWSQuicksightAthenaAccess without which a data source is refused."""
    role = "DashboardQueryRole"
    assert "athena:BatchGetQueryExecution" in actions_on(full, role, ":workgroup/sg-analysis")
    assert actions_on(full, role, ":datacatalog/AwsDataCatalog") == {"athena:GetDataCatalog"}
    assert "athena:ListWorkGroups" in actions_on(full, role, "*")


def test_the_machine_may_run_the_four_jobs_and_tell_the_topic(either: Template) -> None:
    jobs = {properties["Name"] for properties in resources(either, "AWS::Glue::Job").values()}
    (run,) = [
        s for s in allowed(either, "WorkflowMachine") if "glue:StartJobRun" in listed(s["Action"])
    ]
    assert set(listed(run["Action"])) == {
        "glue:StartJobRun",
        "glue:GetJobRun",
        "glue:GetJobRuns",
        "glue:BatchStopJobRun",
    }
    assert {arn.rpartition("/")[2] for arn in listed(run["Resource"])} == jobs
    assert actions_on(either, "WorkflowMachine", "{FailuresTopic") == {"sns:Publish"}


def test_the_schedule_may_start_this_machine_and_nothing_else(either: Template) -> None:
    assert allowed(either, "SchedulerRole") == [
        {
            "Action": "states:StartExecution",
            "Effect": "Allow",
            "Resource": plain(only(either, "AWS::Scheduler::Schedule")["Target"]["Arn"]),
        }
    ]


def test_a_job_reads_exactly_its_own_code(either: Template) -> None:
    for job in resources(either, "AWS::Glue::Job").values():
        told = plain(job["DefaultArguments"])
        needed = {
            plain(job["Command"])["ScriptLocation"],
            told["--extra-py-files"],
            told["--additional-python-modules"],
            *([told["--query_sql"]] if "--query_sql" in told else []),
        }
        role = plain(job["Role"]).strip("{}").removesuffix(".Arn")
        (code,) = [s for s in allowed(either, role) if s.get("Sid") == "ReadOwnCode"]
        arns = {arn.replace("arn:aws:s3:::", "s3://") for arn in listed(code["Resource"])}
        assert arns == needed
