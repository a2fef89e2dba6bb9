"""The plan in Terraform's JSON syntax, with the AWS provider's resources for single rules.

Sources: "JSON Configuration Syntax", "removed block" (Terraform 1.7 or newer) and "import block",
Terraform language documentation. A property `//` of a block is a comment.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from plan.comments import heading, remarks, title
from plan.exact_rule import ExactRule
from plan.model import Action, Item, Plan

Resource = tuple[str, str, dict[str, Any]]
"""Type, name and body."""

_PLAN = (
    "A plan for security group rules. A rule that your state does not know yet: import it first "
    "(python -m plan show --format terraform-import). Terraform may destroy a wide rule before it "
    "creates what replaces it: apply the resources first, then the removed blocks."
)
_UNDO = "Undo of a plan: its rules, to be made again."
_IMPORT = "The rules of a plan as they are, to be imported into your state."


def to_terraform(plan: Plan) -> str:
    """What removes the rules of a plan, and the resources that take a rule's place."""
    items = _changes(plan)
    reviews = [item for item in plan.items if item.action is Action.REVIEW]
    return _document(
        [*heading(plan, _PLAN), *(line for item in reviews for line in _comment(item))],
        resources=(resource for item in items for resource in _replacements(item)),
        blocks={"removed": [_removed(item) for item in items]},
    )


def to_terraform_undo(plan: Plan) -> str:
    """The rules as resources. What took a rule's place goes with its resource."""
    return _document(heading(plan, _UNDO), resources=map(_as_it_is, reversed(_changes(plan))))


def to_terraform_import(plan: Plan) -> str:
    """The rules as resources, to be adopted instead of made."""
    items = _changes(plan)
    return _document(
        heading(plan, _IMPORT),
        resources=map(_as_it_is, items),
        blocks={"import": [_import(item) for item in items]},
    )


def _changes(plan: Plan) -> list[Item]:
    return [item for item in plan.items if item.action is not Action.REVIEW]


def _document(
    comment: list[str],
    resources: Iterable[Resource],
    blocks: Mapping[str, list[dict[str, Any]]] | None = None,
) -> str:
    """Without blocks of which there are none."""
    by_type: dict[str, dict[str, Any]] = {}
    for kind, name, body in resources:
        by_type.setdefault(kind, {})[name] = body
    every = {"//": comment, "resource": by_type, **(blocks or {})}
    return json.dumps({name: found for name, found in every.items() if found}, indent=2) + "\n"


def _comment(item: Item) -> list[str]:
    return [title(item), *remarks(item)]


def _replacements(item: Item) -> Iterator[Resource]:
    for number, rule in enumerate(item.replacements, start=1):
        name = f"{_name(item.rule)}_{number}"
        yield _type(rule), name, {"//": f"in place of {item.rule.rule_id}", **_arguments(rule)}


def _as_it_is(item: Item) -> Resource:
    return _type(item.rule), _name(item.rule), {"//": _comment(item), **_arguments(item.rule)}


def _removed(item: Item) -> dict[str, Any]:
    return {"//": _comment(item), "from": _address(item.rule), "lifecycle": {"destroy": True}}


def _import(item: Item) -> dict[str, Any]:
    return {"to": _address(item.rule), "id": literal(str(item.rule.rule_id))}


def _address(rule: ExactRule) -> str:
    return f"{_type(rule)}.{_name(rule)}"


def _type(rule: ExactRule) -> str:
    return f"aws_vpc_security_group_{rule.direction}_rule"


def _name(rule: ExactRule) -> str:
    name = re.sub(r"[^A-Za-z0-9_]", "_", str(rule.rule_id))
    return name if name[:1].isalpha() else f"rule_{name}"


def _arguments(rule: ExactRule) -> dict[str, Any]:
    """Those that the rule has. Text is literal, the names of tags included."""
    peer = rule.peer
    values = {
        "security_group_id": rule.group_id,
        "ip_protocol": rule.ip_protocol,
        "from_port": rule.from_port,
        "to_port": rule.to_port,
        "cidr_ipv4": peer.cidr_ipv4,
        "cidr_ipv6": peer.cidr_ipv6,
        "prefix_list_id": peer.prefix_list_id,
        "referenced_security_group_id": _referenced(rule),
        "description": rule.description or None,
    }
    arguments: dict[str, Any] = {
        name: literal(value) if isinstance(value, str) else value
        for name, value in values.items()
        if value is not None
    }
    tags = {literal(key): literal(value) for key, value in sorted(rule.own_tags.items())}
    return {**arguments, **({"tags": tags} if tags else {})}


def _referenced(rule: ExactRule) -> str | None:
    """A group of another account is named with its account.
    Source: the provider's documentation of the resource."""
    peer = rule.peer
    if peer.group_id and peer.user_id and peer.user_id != rule.account_id:
        return f"{peer.user_id}/{peer.group_id}"
    return peer.group_id


def literal(text: str) -> str:
    """A string that means this text: in JSON, too, Terraform reads every string as a template.
    Source: "JSON Configuration Syntax", "Expression Mapping"."""
    return text.replace("${", "$${").replace("%{", "%%{")
