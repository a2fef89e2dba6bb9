"""Changes of rules, as the AWS CLI and Terraform print them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from aws_network.network.rules import SecurityGroupRule
from plan.changes import ChangeError, change_of_plan, change_of_rules
from plan.exact_rule import exact_rule, inventory_rule
from plan.model import Action
from plan.terraform_changes import change_of_terraform
from tests.attribution.networks import rule
from tests.findings.sample_plan import PLAN

RULES = [
    rule("sgr-web sg-web ingress tcp 443 0.0.0.0/0"),
    rule("sgr-all sg-web ingress tcp any 198.51.100.0/24"),
    rule("sgr-self sg-web ingress -1 any sg-web"),
    rule("sgr-list sg-db ingress tcp 5432-5433 pl-1"),
    rule("sgr-v6 sg-db egress -1 any ::/0"),
    rule("sgr-ping sg-db ingress icmp any 198.51.100.0/24"),
]
KNOWN = {each.rule_id: each for each in RULES}


def described(each: SecurityGroupRule, **changes: Any) -> dict[str, Any]:
    """As describe-security-group-rules prints it."""
    kind, value = each.source.kind, each.source.value
    peers: dict[str, dict[str, Any]] = {
        "cidr": {"CidrIpv6" if ":" in value else "CidrIpv4": value},
        "prefix_list": {"PrefixListId": value},
        "group": {"ReferencedGroupInfo": {"GroupId": value}},
    }
    return {
        "SecurityGroupRuleId": each.rule_id,
        "GroupId": each.group_id,
        "GroupOwnerId": each.account_id,
        "IsEgress": each.direction == "egress",
        "IpProtocol": "-1" if each.protocol == -1 else each.protocol_text,
        "FromPort": -1 if each.from_port is None else each.from_port,
        "ToPort": -1 if each.to_port is None else each.to_port,
        **peers[kind],
        **changes,
    }


ALL = [described(each) for each in RULES]


def text(rules: Sequence[SecurityGroupRule]) -> list[str]:
    return [f"{each.group_id} {each.text}" for each in rules]


@pytest.mark.parametrize(
    ("items", "is_partial", "removed", "added"),
    [
        (ALL, False, "", []),
        (ALL[1:], False, "sgr-web", []),
        (ALL[:3], False, "sgr-list sgr-ping sgr-v6", []),
        (ALL[:3], True, "", []),
        (ALL[:2], True, "sgr-self", []),
        (
            [described(RULES[0], CidrIpv4="198.51.100.0/24"), *ALL[1:]],
            False,
            "sgr-web",
            ["sg-web ingress tcp 443 from 198.51.100.0/24"],
        ),
        ([described(RULES[0], Description="only words"), *ALL[1:]], False, "", []),
        (
            [*ALL, {k: v for k, v in described(RULES[0], FromPort=80, ToPort=80).items()
                    if k not in ("SecurityGroupRuleId", "GroupOwnerId")}],
            False,
            "",
            ["sg-web ingress tcp 80 from 0.0.0.0/0"],
        ),
    ],
    ids=["nothing", "a rule less", "a group less", "a part of the groups", "a rule less in a part",
         "a narrower source", "another description", "a new rule"],
)  # fmt: skip
def test_a_set_of_rules_against_those_of_today(
    items: list[dict[str, Any]], is_partial: bool, removed: str, added: list[str]
) -> None:
    change = change_of_rules({"SecurityGroupRules": items}, KNOWN, is_partial=is_partial)
    assert (sorted(change.removed), text(change.added)) == (removed.split(), added)
    assert change.is_whole


SINGLE = {
    "security_group_id": "sg-web", "security_group_rule_id": "sgr-web", "ip_protocol": "tcp",
    "from_port": 443, "to_port": 443, "cidr_ipv4": "0.0.0.0/0", "cidr_ipv6": None,
    "prefix_list_id": None, "referenced_security_group_id": None,
}  # fmt: skip
LISTED = {
    "security_group_id": "sg-web", "type": "ingress", "protocol": "tcp", "from_port": 0,
    "to_port": 65535, "cidr_blocks": ["198.51.100.0/24", "203.0.113.0/24"], "self": False,
}  # fmt: skip
GROUP = {
    "id": "sg-db",
    "ingress": [
        {"protocol": "tcp", "from_port": 5432, "to_port": 5433, "cidr_blocks": [],
         "prefix_list_ids": ["pl-1"], "self": False},
        {"protocol": "icmp", "from_port": -1, "to_port": -1, "cidr_blocks": ["198.51.100.0/24"]},
    ],
    "egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "ipv6_cidr_blocks": ["::/0"]}],
}  # fmt: skip
ONE, OLD, INLINE = (
    "aws_vpc_security_group_ingress_rule", "aws_security_group_rule", "aws_security_group"
)  # fmt: skip


def resource(kind: str, before: Any, after: Any, **unknown: Any) -> dict[str, Any]:
    change = {"before": before, "after": after, "after_unknown": unknown}
    return {"address": f"{kind}.this", "type": kind, "change": change}


@pytest.mark.parametrize(
    ("changes", "removed", "added"),
    [
        ([resource(ONE, SINGLE, SINGLE)], "", []),
        ([resource(ONE, SINGLE, None)], "sgr-web", []),
        (
            [resource(ONE, SINGLE, {**SINGLE, "cidr_ipv4": "198.51.100.0/24"})],
            "sgr-web",
            ["sg-web ingress tcp 443 from 198.51.100.0/24"],
        ),
        (
            [resource(ONE, None, {**SINGLE, "security_group_rule_id": None, "from_port": 80,
                                  "to_port": 80})],
            "",
            ["sg-web ingress tcp 80 from 0.0.0.0/0"],
        ),
        ([resource(OLD, LISTED, None)], "sgr-all", []),
        ([resource(OLD, LISTED, {**LISTED, "cidr_blocks": ["203.0.113.0/24"]})], "sgr-all", []),
        (
            [resource(OLD, {**LISTED, "protocol": "all", "cidr_blocks": [], "self": True}, None)],
            "sgr-self",
            [],
        ),
        (
            [resource(OLD, {**LISTED, "protocol": "-1", "cidr_blocks": [],
                            "source_security_group_id": "123456789012/sg-web"}, None)],
            "sgr-self",
            [],
        ),
        ([resource(INLINE, GROUP, GROUP)], "", []),
        (
            [resource(INLINE, GROUP, {**GROUP, "ingress": [GROUP["ingress"][1]], "egress": []})],
            "sgr-list sgr-v6",
            [],
        ),
        ([resource(INLINE, {**GROUP, "ingress": [], "egress": []}, None)],
         "sgr-list sgr-ping sgr-v6", []),
        ([resource("aws_instance", {"id": "i-1"}, None)], "", []),
        ([], "", []),
    ],
    ids=["no change", "removed", "narrowed", "created", "of several blocks", "a block less", "self",
         "a group of an account", "a group as it is", "rules in a group", "a group removed",
         "another resource", "nothing"],
)  # fmt: skip
def test_a_plan_of_terraform(changes: list[Any], removed: str, added: list[str]) -> None:
    change = change_of_terraform({"resource_changes": changes}, KNOWN)
    assert (sorted(change.removed), text(change.added)) == (removed.split(), added)
    assert change.is_whole


@pytest.mark.parametrize(
    "changed",
    [
        resource(ONE, None, {**SINGLE, "security_group_id": None}, security_group_id=True),
        resource(ONE, SINGLE, {**SINGLE, "cidr_ipv4": None}, cidr_ipv4=True),
        resource(OLD, None, {**LISTED, "cidr_blocks": [None]}, cidr_blocks=[True]),
        resource(INLINE, GROUP, {"id": "sg-db"}, ingress=True),
        resource(INLINE, GROUP, GROUP, egress=[{"ipv6_cidr_blocks": [True]}]),
    ],
    ids=["the group", "the block", "one of the blocks", "all rules of a group", "one of them"],
)
def test_what_terraform_knows_only_later_proves_nothing(changed: dict[str, Any]) -> None:
    change = change_of_terraform({"resource_changes": [changed]}, KNOWN)
    assert not change.is_whole
    assert change.added == ()


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "not what `terraform show -json` prints"),
        ({"resource_changes": {}}, "not what `terraform show -json` prints"),
        ({"resource_changes": [3]}, r"resource_changes\[0\]: cannot be read"),
        ({"resource_changes": [{"type": ONE}]}, r"resource_changes\[0\]: cannot be read"),
        ({"resource_changes": [resource(INLINE, {"ingress": [3]}, None)]}, r"\[0\]: cannot be"),
        (
            {"resource_changes": [resource(ONE, {**SINGLE, "ip_protocol": "smoke"}, None)]},
            "aws_vpc_security_group_ingress_rule.this: .*protocol 'smoke'",
        ),
        (
            {"resource_changes": [resource(ONE, {**SINGLE, "cidr_ipv4": "300.0.0.0/8"}, None)]},
            "aws_vpc_security_group_ingress_rule.this: .*300.0.0.0/8",
        ),
    ],
)
def test_what_is_no_plan_of_terraform(document: Any, message: str) -> None:
    with pytest.raises(ChangeError, match=message):
        change_of_terraform(document, KNOWN)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (3, "not what describe-security-group-rules prints"),
        ({"SecurityGroups": []}, "not what describe-security-group-rules prints"),
        ({"SecurityGroupRules": [3]}, r"SecurityGroupRules\[0\]: a rule must be an object"),
        ({"SecurityGroupRules": [{}]}, r"SecurityGroupRules\[0\]: .* no IpProtocol"),
    ],
)
def test_what_is_no_set_of_rules(document: Any, message: str) -> None:
    with pytest.raises(ChangeError, match=message):
        change_of_rules(document, KNOWN, is_partial=False)


def test_a_plan_removes_and_adds_what_its_items_say() -> None:
    change = change_of_plan(PLAN)
    items = [item for item in PLAN.items if item.action is not Action.REVIEW]
    assert change.removed == {item.rule.rule_id for item in items}
    assert len(change.added) == sum(len(item.replacements) for item in items) > 0


@pytest.mark.parametrize("each", RULES, ids=lambda each: each.rule_id)
def test_a_rule_of_a_file_is_the_rule_of_the_inventory(each: SecurityGroupRule) -> None:
    read = inventory_rule(exact_rule(each, {}))
    assert read == replace(each, description=read.description)
    assert read.version == each.version
