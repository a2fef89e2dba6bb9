"""The plan as a CloudFormation template in YAML: its values are JSON, which is YAML too."""

import json
import re
from collections.abc import Iterator
from typing import Any

from plan.exact_rule import ExactRule
from plan.model import Item, Plan
from plan.words import double_quoted, heading, one_line, remarks, title

_TYPES = {"ingress": "AWS::EC2::SecurityGroupIngress", "egress": "AWS::EC2::SecurityGroupEgress"}


def to_cloudformation(plan: Plan, *, undo: bool = False) -> str:
    """What to delete, in comments, and what takes its place; with `undo` the rules again."""
    what = (
        "Undo of a plan: its rules, to be made again. CloudFormation cannot tag rules; their tags "
        "are in comments."
        if undo
        else "A plan for security group rules. Delete from your templates the resources whose "
        "physical ids are named here; a rule of no stack can be imported into one first."
    )
    lines = [f"# {line}" for line in heading(plan, what)]
    lines += ["AWSTemplateFormatVersion: '2010-09-09'", "Resources:"]
    items = [item for item in plan.items if item.action != "review"]
    made = 0
    for item in reversed(items) if undo else items:
        rules = [item.rule] if undo else list(item.replacements)
        made += len(rules)
        lines += ["", *_comments(item, undo=undo)]
        for number, rule in enumerate(rules):
            lines += _resource(rule, _logical_id(item, 0 if undo else number + 1))
    if not undo:
        lines += [
            line for item in plan.items if item.action == "review" for line in _comments(item)
        ]
    if not made:
        lines[lines.index("Resources:")] = "Resources: {}"
    return "\n".join([*lines, ""])


def _comments(item: Item, *, undo: bool = False) -> Iterator[str]:
    yield f"# {title(item)}"
    yield from (f"#   {line}" for line in remarks(item))
    if undo:
        for key, value in sorted(item.rule.own_tags.items()):
            yield f"#   tag: {json.dumps(key)} = {json.dumps(value)}"
    elif item.action != "review":
        resource = {
            "ResourceType": _TYPES[item.rule.direction],
            "LogicalResourceId": _logical_id(item, 0),
            "ResourceIdentifier": {"Id": item.rule.rule_id},
        }
        yield f"#   to import: {one_line(json.dumps(resource))}"


def _logical_id(item: Item, number: int) -> str:
    name = re.sub(r"[^A-Za-z0-9]", "", str(item.rule.rule_id))
    return f"Rule{name}" + (f"N{number}" if number else "")


def _resource(rule: ExactRule, logical_id: str) -> Iterator[str]:
    yield f"  {logical_id}:"
    yield f"    Type: {_TYPES[rule.direction]}"
    yield "    Properties:"
    for name, value in _properties(rule):
        yield f"      {name}: {double_quoted(value) if isinstance(value, str) else value}"


def _properties(rule: ExactRule) -> Iterator[tuple[str, Any]]:
    peer = rule.peer
    side = "Source" if rule.direction == "ingress" else "Destination"
    properties = {
        "GroupId": rule.group_id,
        "IpProtocol": rule.ip_protocol,
        "FromPort": rule.from_port,
        "ToPort": rule.to_port,
        "CidrIp": peer.cidr_ipv4,
        "CidrIpv6": peer.cidr_ipv6,
        f"{side}PrefixListId": peer.prefix_list_id,
        f"{side}SecurityGroupId": peer.group_id,
        "SourceSecurityGroupOwnerId": _foreign_owner(rule),
        "Description": rule.description,
    }
    yield from ((name, value) for name, value in properties.items() if value is not None)


def _foreign_owner(rule: ExactRule) -> str | None:
    """Only an ingress rule can name the owner of a group of another account."""
    owner = rule.peer.user_id
    return owner if rule.direction == "ingress" and owner != rule.account_id else None
