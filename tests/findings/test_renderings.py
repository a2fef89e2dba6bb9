"""The plan as a script, read back by bash, and as Terraform, read back as JSON."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from plan.aws_cli import to_aws_cli
from plan.exact_rule import ExactRule
from plan.model import Action
from plan.terraform import literal, to_terraform, to_terraform_import, to_terraform_undo
from tests.findings.sample_plan import PLAN, REPLACEMENT, RULES, WIDE
from tests.findings.shell import run_script

TO_REMOVE = [*RULES, WIDE]


def calls(tmp_path: Path, *, undo: bool = False) -> list[list[str]]:
    ran = run_script(to_aws_cli(PLAN, undo=undo), "apply", tmp_path)
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
    text = to_aws_cli(PLAN)
    lines = text.splitlines()
    assert not any(line.lstrip().startswith(("rm -rf", "used it")) for line in lines)
    assert "\u202e" not in text


def test_an_empty_plan_is_still_a_script(tmp_path: Path) -> None:
    assert run_script(to_aws_cli(EMPTY), "apply", tmp_path).code == 0


EMPTY = replace(PLAN, items=())
TYPES = {f"aws_vpc_security_group_{direction}_rule" for direction in ("ingress", "egress")}
ARGUMENTS = {
    "security_group_id", "ip_protocol", "from_port", "to_port", "cidr_ipv4", "cidr_ipv6",
    "prefix_list_id", "referenced_security_group_id", "description", "tags",
}  # fmt: skip
"""Those of the provider's two resources for single rules that a rule can need."""


def address(rule: ExactRule) -> str:
    name = str(rule.rule_id).replace("-", "_")
    return f"aws_vpc_security_group_{rule.direction}_rule.{name}"


def resources(text: str) -> dict[str, dict[str, Any]]:
    """Address to the body of each resource of a .tf.json, as the JSON syntax nests them."""
    found = json.loads(text).get("resource", {})
    return {f"{kind}.{name}": body for kind, named in found.items() for name, body in named.items()}


@pytest.mark.parametrize("render", [to_terraform, to_terraform_undo, to_terraform_import])
def test_terraform_has_the_structure_that_its_json_syntax_asks_for(render: Any) -> None:
    """A block type with labels is an object per label; one without is a list of bodies; only
    bodies and the root may hold a comment."""
    text = render(PLAN)
    document = json.loads(text)
    assert set(document) <= {"//", "resource", "removed", "import"}
    assert set(document["resource"]) <= TYPES
    assert all(
        set(body) - {"//"} <= ARGUMENTS and {"security_group_id", "ip_protocol"} <= set(body)
        for body in resources(text).values()
    )
    assert all(
        set(body) == {"//", "from", "lifecycle"} and body["lifecycle"] == {"destroy": True}
        for body in document.get("removed", [])
    )
    assert all(set(body) == {"to", "id"} for body in document.get("import", []))
    assert text.isascii()


def test_terraform_removes_each_rule_and_makes_what_replaces_it() -> None:
    text = to_terraform(PLAN)
    assert [body["from"] for body in json.loads(text)["removed"]] == list(map(address, TO_REMOVE))
    [(made, body)] = resources(text).items()
    assert made == f"{address(WIDE)}_1"
    assert body.pop("//") == f"in place of {WIDE.rule_id}"
    assert body == expected_terraform(REPLACEMENT)


def test_terraform_reviews_are_comments() -> None:
    [review] = [item for item in PLAN.items if item.action is Action.REVIEW]
    text = to_terraform(PLAN)
    assert any(str(review.rule.rule_id) in line for line in json.loads(text)["//"])
    assert address(review.rule) not in text


@pytest.mark.parametrize("render", [to_terraform_undo, to_terraform_import])
def test_terraform_undo_and_import_hold_every_rule_exactly(render: Any) -> None:
    made = resources(render(PLAN))
    assert set(made) == set(map(address, TO_REMOVE))
    for rule in TO_REMOVE:
        body = dict(made[address(rule)])
        assert body.pop("//")[0].startswith(("remove ", "narrow "))
        assert body == expected_terraform(rule)


def test_terraform_imports_each_rule_by_its_id() -> None:
    assert json.loads(to_terraform_import(PLAN))["import"] == [
        {"to": address(rule), "id": rule.rule_id} for rule in TO_REMOVE
    ]


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
        "description": literal(rule.description) if rule.description else None,
        "tags": {literal(key): literal(tag) for key, tag in rule.own_tags.items()} or None,
    }
    return {name: value for name, value in values.items() if value is not None}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain $(id) `x` $x %d", "plain $(id) `x` $x %d"),
        ("${var.x}", "$${var.x}"),
        ("%{ if true }", "%%{ if true }"),
        ("$${x} %%{y}", "$$${x} %%%{y}"),
        ("$", "$"),
    ],
)
def test_terraform_reads_no_text_as_a_template(text: str, written: str) -> None:
    """What Terraform 1.11 made of these: a resource with the text."""
    assert literal(text) == written


@pytest.mark.parametrize("render", [to_terraform, to_terraform_undo, to_terraform_import])
def test_an_empty_plan_has_no_blocks(render: Any) -> None:
    assert set(json.loads(render(EMPTY))) == {"//"}
