"""The plan as a script, as Terraform and as CloudFormation: read back by what will read it."""

import json
from pathlib import Path
from typing import Any

import pygohcl
import pytest
import yaml
from cfnlint.api import lint_all

from plan.cli import to_cli
from plan.cloudformation import to_cloudformation
from plan.exact_rule import ExactRule
from plan.terraform import to_terraform
from tests.findings.sample_plan import PLAN, REPLACEMENT, RULES, WIDE
from tests.findings.shell import run_script

TO_REMOVE = [*RULES, WIDE]


def calls(tmp_path: Path, *, undo: bool = False) -> list[list[str]]:
    ran = run_script(to_cli(PLAN, undo=undo), "apply", tmp_path)
    assert ran.code == 0, ran.output
    return ran.calls


def test_the_script_revokes_by_rule_id_and_makes_replacements_first(tmp_path: Path) -> None:
    made, *rest = [call for call in calls(tmp_path) if call[1].startswith("authorize")]
    assert rest == []
    assert made[made.index("--group-id") + 1] == REPLACEMENT.group_id
    assert [call[-1] for call in calls(tmp_path) if call[1].startswith("revoke")] == [
        rule.rule_id for rule in TO_REMOVE
    ]
    assert [call[1] for call in calls(tmp_path)][-2:] == [
        "authorize-security-group-ingress",
        "revoke-security-group-ingress",
    ]


def test_the_undo_names_replacements_by_what_they_admit(tmp_path: Path) -> None:
    first, second, *_ = calls(tmp_path, undo=True)
    assert first[1:4:2] == ["authorize-security-group-ingress", "us-east-1"]
    assert second[1] == "revoke-security-group-ingress"
    assert json.loads(second[-1]) == [
        {
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "IpRanges": [{"CidrIp": "10.1.0.0/16"}],
        }
    ]


def test_the_undo_brings_back_text_and_tags_letter_by_letter(tmp_path: Path) -> None:
    last = calls(tmp_path, undo=True)[-1]
    options = dict(zip(last[2::2], last[3::2], strict=True))
    [permission] = json.loads(options["--ip-permissions"])
    assert permission["IpRanges"] == [
        {"CidrIp": "198.51.100.0/24", "Description": RULES[0].description}
    ]
    [tagged] = json.loads(options["--tag-specifications"])
    tags = {tag["Key"]: tag["Value"] for tag in tagged["Tags"]}
    assert tags == RULES[0].own_tags
    assert "aws:cloudformation:stack-name" not in tags


def test_comments_stay_comments() -> None:
    for text in (to_cli(PLAN), to_terraform(PLAN), to_cloudformation(PLAN)):
        lines = text.splitlines()
        assert not any(line.lstrip().startswith(("rm -rf", "used it")) for line in lines)
        assert "\u202e" not in text


def test_terraform_undo_holds_every_rule_exactly() -> None:
    resources = pygohcl.loads(to_terraform(PLAN, undo=True))["resource"]
    made = {
        label: (kind, values)
        for kind, found in resources.items()
        for label, values in found.items()
    }
    assert len(made) == len(TO_REMOVE)
    for rule in TO_REMOVE:
        kind, values = made[str(rule.rule_id).replace("-", "_")]
        assert kind == f"aws_vpc_security_group_{rule.direction}_rule"
        assert values == expected_terraform(rule)


def expected_terraform(rule: ExactRule) -> dict[str, Any]:
    peer = rule.peer
    is_foreign = peer.user_id not in (None, rule.account_id)
    group = f"{peer.user_id}/{peer.group_id}" if is_foreign else peer.group_id
    values = {
        "security_group_id": rule.group_id,
        "ip_protocol": rule.ip_protocol,
        "from_port": rule.from_port,
        "to_port": rule.to_port,
        "cidr_ipv4": peer.cidr_ipv4,
        "cidr_ipv6": peer.cidr_ipv6,
        "prefix_list_id": peer.prefix_list_id,
        "referenced_security_group_id": group,
        "description": rule.description or None,
        "tags": rule.own_tags or None,
    }
    return {name: value for name, value in values.items() if value is not None}


def test_terraform_removes_each_rule_and_makes_what_replaces_it() -> None:
    text = to_terraform(PLAN)
    read = pygohcl.loads(text)
    assert list(read["resource"]["aws_vpc_security_group_ingress_rule"]) == [
        "sgr_00000000000000009_1"
    ]
    assert text.count("removed {") == len(TO_REMOVE)
    assert all(
        f"from = aws_vpc_security_group_{rule.direction}_rule."
        f"{str(rule.rule_id).replace('-', '_')}\n" in text
        for rule in TO_REMOVE
    )


@pytest.mark.parametrize("undo", [False, True])
def test_cloudformation_takes_the_template(undo: bool) -> None:
    text = to_cloudformation(PLAN, undo=undo)
    found = [f"{each.rule.id} {each.message}" for each in lint_all(text)]
    assert [line for line in found if line.startswith("E")] == []


def test_cloudformation_undo_holds_every_rule() -> None:
    resources = yaml.safe_load(to_cloudformation(PLAN, undo=True))["Resources"]
    assert len(resources) == len(TO_REMOVE)
    first = resources["Rulesgr00000000000000000"]["Properties"]
    assert first["Description"] == RULES[0].description
    foreign = resources["Rulesgr00000000000000004"]["Properties"]
    assert foreign["SourceSecurityGroupOwnerId"] == "111122223333"
    egress = resources["Rulesgr00000000000000008"]["Properties"]
    assert egress["DestinationSecurityGroupId"] == "sg-00000000000000002"


def test_an_empty_plan_is_still_a_script_and_a_template(tmp_path: Path) -> None:
    from dataclasses import replace

    empty = replace(PLAN, items=())
    assert run_script(to_cli(empty), "apply", tmp_path).code == 0
    assert yaml.safe_load(to_cloudformation(empty))["Resources"] == {}
    assert pygohcl.loads(to_terraform(empty)) == {}
