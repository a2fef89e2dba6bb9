"""What cfn-lint and cdk-nag say of the templates, and that they would say it."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks
from cfnlint.api import lint

from tests.infra.stacks import FULL, Template, only, plain, synthesize

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
