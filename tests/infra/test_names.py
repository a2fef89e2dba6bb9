"""Two stacks side by side: every fixed name carries the prefix of its stack."""

import re
from typing import Any

import pytest

from infra.names import Names
from infra.settings import SettingsError
from tests.infra.stacks import FULL, Template, plain, resources, settings, template

# What a type calls its name. A type without one is named by CloudFormation.
NAME_OF = {
    "AWS::Athena::WorkGroup": "Name",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Glue::Database": "DatabaseInput",
    "AWS::Glue::Job": "Name",
    "AWS::IAM::Policy": "PolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::QuickSight::Dashboard": "DashboardId",
    "AWS::QuickSight::DataSet": "DataSetId",
    "AWS::QuickSight::DataSource": "DataSourceId",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
}
# Types whose resources belong to another one that has a name, or to the account as a whole.
WITHOUT_NAME = {
    "AWS::CDK::Metadata",
    "AWS::Glue::Table",
    "AWS::KMS::Key",
    "AWS::QuickSight::RefreshSchedule",
    "AWS::S3::BucketPolicy",
    "AWS::SES::EmailIdentity",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
}
TODAY = {
    "AWS::Athena::WorkGroup": {"sg-analysis"},
    "AWS::DynamoDB::Table": {"sg-analysis-rules-data", "sg-analysis-rules-usage"},
    "AWS::Glue::Database": {"sg_analysis"},
    "AWS::KMS::Alias": {"alias/sg-analysis"},
    "AWS::SNS::Topic": {"sg-analysis-failures"},
    "AWS::Scheduler::Schedule": {"sg-analysis-nightly"},
    "AWS::StepFunctions::StateMachine": {"sg-analysis-nightly"},
}


def fixed_names(of: Template) -> dict[str, set[str]]:
    """Type to the names that its resources have, where the template names them."""
    found: dict[str, set[str]] = {}
    for kind in {resource["Type"] for resource in of["Resources"].values()} - WITHOUT_NAME:
        for properties in resources(of, kind).values():
            name: Any = plain(properties.get(NAME_OF[kind]))
            if isinstance(name, dict):
                name = name["Name"]
            if name:
                found.setdefault(kind, set()).add(name)
    del found["AWS::IAM::Policy"]  # inline: its name is one within its role
    return found


def test_default_names_stay_as_they_were(full: Template) -> None:
    found = fixed_names(full)
    assert {kind: found[kind] for kind in TODAY} == TODAY
    assert settings().names.stack == settings().names.metrics_namespace == "SgAnalysis"


def test_no_name_is_in_both_of_two_stacks(full: Template) -> None:
    one, other = fixed_names(full), fixed_names(template(**FULL, name_prefix="dev"))
    assert one.keys() == other.keys()
    for kind, names in one.items():
        assert not names & other[kind], kind
        assert all(re.search(r"\bsg.analysis\b", name) for name in names), names
        assert all(re.search(r"\bdev(\b|_)", name) for name in other[kind]), other[kind]


def test_figures_of_two_stacks_are_apart() -> None:
    (job,) = [
        properties
        for properties in resources(template(name_prefix="sg-dev"), "AWS::Glue::Job").values()
        if properties["Name"] == "sg-dev-compute-rule-usage"
    ]
    assert job["DefaultArguments"]["--metrics_namespace"] == "SgDev"


def test_nothing_of_another_stack_is_named_in_a_policy_or_definition() -> None:
    made = template(**FULL, name_prefix="dev")
    assert not re.search(r"sg[-_]analysis(?!:exampleSettings)", str(plain(made["Resources"])))


@pytest.mark.parametrize(
    ("prefix", "stack", "database"),
    [("sg-analysis", "SgAnalysis", "sg_analysis"), ("team1-dev", "Team1Dev", "team1_dev")],
)
def test_names_of_a_prefix(prefix: str, stack: str, database: str) -> None:
    names = Names(prefix)
    assert (names.stack, names.database, names.workgroup) == (stack, database, prefix)


@pytest.mark.parametrize("prefix", ["", "Sg", "1st", "a", "-sg", "sg-", "a--b", "sg_dev", "a" * 21])
def test_a_prefix_that_some_service_would_refuse(prefix: str) -> None:
    with pytest.raises(SettingsError, match=r"^name_prefix: use 2 to 20 lower-case"):
        settings(name_prefix=prefix)
