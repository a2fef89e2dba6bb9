"""What the linters say of templates, policies and state machine, and that they would say it."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks
from cfnlint.api import lint
from parliament import analyze_policy_string
from statelint.linter import Linter

from tests.infra.stacks import FULL, ROOT, Template, only, plain, resources, synthesize

# Dependencies said twice: the state machine of CDK depends on its role's policy and names the role
# as well; the tables depend on all else, and name their key when they have one.
SAID_TWICE = {("W3005", "WorkflowMachine"), ("W3005", "TablesRules"), ("W3005", "TablesUsage")}


def findings(template: Template) -> set[tuple[str, str]]:
    """(rule, what it is about) of every match."""
    return {
        (match.rule.id, str(match.path[1]) if len(match.path) > 1 else "")
        for match in lint(json.dumps(template), regions=["us-east-1"])
    }


def violations(assembly: Path) -> list[Any]:
    """What the validation plugins reported as the assembly was made."""
    report = json.loads((assembly / "validation-report.json").read_text())
    return [found for plugin in report["pluginReports"] for found in plugin["violations"]]


def test_cfn_lint_finds_nothing(either: Template) -> None:
    found = {(rule, about.rstrip("0123456789ABCDEF")) for rule, about in findings(either)}
    assert found <= SAID_TWICE


def with_definition(template: Template, definition: str) -> Template:
    """The template with the state machine's definition as one plain text, as cfn-lint reads it."""
    copy: Template = json.loads(json.dumps(template))
    only(copy, "AWS::StepFunctions::StateMachine")["DefinitionString"] = definition
    return copy


def definition(template: Template) -> str:
    return str(plain(only(template, "AWS::StepFunctions::StateMachine")["DefinitionString"]))


def test_statelint_finds_nothing(either: Template) -> None:
    assert Linter.validate(definition(either)) == []


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ('"Default": "ReadFailure"', '"Default": "Nowhere"', "No state found named .Nowhere."),
        ('"MaxAttempts": 8', '"MaxAttempts": "8"', "MaxAttempts"),
        ('"Arguments": {', '"Parameters": {', "Parameters"),
    ],
    ids=["a state that is not there", "a number as text", "a field of the other query language"],
)
def test_statelint_would_find_it(shipped: Template, right: str, wrong: str, problem: str) -> None:
    broken = definition(shipped).replace(right, wrong, 1)
    assert re.search(problem, "\n".join(Linter.validate(broken)))


ACCOUNT_ARNS = {
    "AWS::KMS::Key": "arn:aws:kms:eu-central-1:123456789012:key/1234abcd",
    "AWS::Logs::LogGroup": "arn:aws:logs:eu-central-1:123456789012:log-group:jobs:*",
    "AWS::S3::Bucket": "arn:aws:s3:::lake",
    "AWS::SNS::Topic": "arn:aws:sns:eu-central-1:123456789012:failures",
    "AWS::StepFunctions::StateMachine": "arn:aws:states:eu-central-1:123456789012:stateMachine:m",
}
"""Type of a resource to the ARN that stands for a reference to it."""

ON_EVERYTHING = {
    "ec2:GetManagedPrefixListEntries",
    "codebuild:BatchGetProjects",
    "ecs:DescribeServices",
    "glue:GetConnections",
    "rds:DescribeDBClusters",
    "rds:DescribeDBInstances",
}
"""Actions on `*` that could name resources; docs/permissions.md says why they do not."""


def policies(template: Template) -> list[str]:
    """Every policy of roles, buckets and topics, with ARNs as they are once it is deployed."""
    kinds = ("AWS::IAM::Policy", "AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy")
    found = [found for kind in kinds for found in resources(template, kind).values()]
    for role in resources(template, "AWS::IAM::Role").values():
        found += role.get("Policies", [])

    def arn(reference: re.Match[str]) -> str:
        return ACCOUNT_ARNS[template["Resources"][reference[1]]["Type"]]

    texts = (json.dumps(plain(policy["PolicyDocument"])) for policy in found)
    return [re.sub(r"\{([A-Za-z0-9]+)(?:\.Arn)?\}", arn, text) for text in texts]


def policy_findings(policies: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(issue, action) of everything that parliament reports, `""` where it names no action."""
    for found in (found for text in policies for found in analyze_policy_string(text).findings):
        details = found.detail if isinstance(found.detail, list) else [found.detail]
        for one in details:
            yield found.issue, one.get("action", "") if isinstance(one, dict) else str(one)


def test_parliament_finds_nothing_but_what_is_documented(either: Template) -> None:
    found = set(policy_findings(policies(either)))
    assert found == {("RESOURCE_STAR", action) for action in ON_EVERYTHING}
    permissions = (ROOT / "docs/permissions.md").read_text()
    assert "EC2 describe calls on `*`" in permissions
    assert "List calls of other services on `*`" in permissions


@pytest.mark.parametrize(
    ("right", "wrong", "issue"),
    [
        ("athena:StartQueryExecution", "athena:StartQuery", "UNKNOWN_ACTION"),
        ("dynamodb:BatchWriteItem", "s3:PutObject", "RESOURCE_MISMATCH"),
        ("cloudwatch:namespace", "cloudwatch:namespaces", "UNKNOWN_CONDITION_FOR_ACTION"),
        (":log-group:jobs:*", ":log-group:jobs", "RESOURCE_MISMATCH"),
    ],
    ids=[
        "an action that does not exist",
        "an action on a resource of another service",
        "a condition that the action does not know",
        "a log group without its streams",
    ],
)
def test_parliament_would_find_it(shipped: Template, right: str, wrong: str, issue: str) -> None:
    broken = [text.replace(right, wrong) for text in policies(shipped)]
    assert issue in {found for found, _ in policy_findings(broken)}


def test_cfn_lint_reads_the_state_machine(shipped: Template) -> None:
    written = plain(only(shipped, "AWS::StepFunctions::StateMachine")["DefinitionString"])
    assert "E3601" not in {rule for rule, _ in findings(with_definition(shipped, written))}
    broken = written.replace('"StartAt": "ReadInput"', '"StartAt": "ReadOutput"')
    assert "E3601" in {rule for rule, _ in findings(with_definition(shipped, broken))}


@pytest.mark.parametrize("overrides", [{}, FULL], ids=["shipped", "full"])
def test_cdk_nag_finds_nothing_without_a_reason(overrides: dict[str, str]) -> None:
    assert violations(synthesize(**overrides)) == []


def test_cdk_nag_would_find_something(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    s3.Bucket(cdk.Stack(app, "Careless"), "Open")
    with pytest.raises(RuntimeError, match="AwsSolutions-S1"):
        app.synth()
    assert violations(tmp_path)
