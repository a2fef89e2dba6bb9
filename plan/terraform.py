"""The plan for Terraform 1.7 or newer, with the resources of the AWS provider for single rules."""

import re
from collections.abc import Iterator

from plan.exact_rule import ExactRule
from plan.model import Item, Plan
from plan.words import double_quoted, heading, one_line, remarks, title


def to_terraform(plan: Plan, *, undo: bool = False) -> str:
    """Removed blocks and the resources that take a rule's place; with `undo` the rules again."""
    what = (
        "Undo of a plan: its rules, to be made again."
        if undo
        else "A plan for security group rules. A rule that your state does not know yet can be "
        "adopted first, with the import block in its comment and its resource from --undo."
    )
    lines = [f"# {line}" for line in heading(plan, what)]
    items = [item for item in plan.items if item.action != "review"]
    for item in reversed(items) if undo else items:
        lines += ["", *_comments(item), *(_undo(item) if undo else _apply(item))]
    if not undo:
        lines += [
            line for item in plan.items if item.action == "review" for line in _comments(item)
        ]
    return "\n".join([*lines, ""])


def quoted(text: str) -> str:
    """A string of Terraform's language that is this text, and no template."""
    return double_quoted(text).replace("${", "$${").replace("%{", "%%{")


def _comments(item: Item) -> Iterator[str]:
    yield f"# {title(item)}"
    yield from (f"#   {line}" for line in remarks(item))
    if item.action == "review":
        return
    yield "#   import {"
    yield f"#     to = {_address(item.rule, str(item.rule.rule_id))}"
    yield f"#     id = {one_line(quoted(str(item.rule.rule_id)))}"
    yield "#   }"


def _apply(item: Item) -> Iterator[str]:
    for number, rule in enumerate(item.replacements, start=1):
        yield from _resource(rule, f"{item.rule.rule_id}_{number}")
    yield "removed {"
    yield f"  from = {_address(item.rule, str(item.rule.rule_id))}"
    yield "  lifecycle {"
    yield "    destroy = true"
    yield "  }"
    yield "}"


def _undo(item: Item) -> Iterator[str]:
    """What took the rule's place goes when its resource is no longer in the configuration."""
    yield from _resource(item.rule, str(item.rule.rule_id))


def _address(rule: ExactRule, name: str) -> str:
    return f"aws_vpc_security_group_{rule.direction}_rule.{_identifier(name)}"


def _identifier(name: str) -> str:
    safe = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return safe if safe[:1].isalpha() else f"rule_{safe}"


def _resource(rule: ExactRule, name: str) -> Iterator[str]:
    kind, label = _address(rule, name).split(".")
    yield f'resource "{kind}" "{label}" {{'
    for key, value in _arguments(rule):
        yield f"  {key} = {value}"
    if rule.own_tags:
        yield "  tags = {"
        for key, value in sorted(rule.own_tags.items()):
            yield f"    {quoted(key)} = {quoted(value)}"
        yield "  }"
    yield "}"


def _arguments(rule: ExactRule) -> Iterator[tuple[str, str]]:
    yield "security_group_id", quoted(rule.group_id)
    yield "ip_protocol", quoted(rule.ip_protocol)
    if rule.from_port is not None:
        yield "from_port", str(rule.from_port)
    if rule.to_port is not None:
        yield "to_port", str(rule.to_port)
    peer = rule.peer
    for key, value in (
        ("cidr_ipv4", peer.cidr_ipv4),
        ("cidr_ipv6", peer.cidr_ipv6),
        ("prefix_list_id", peer.prefix_list_id),
        ("referenced_security_group_id", _referenced(rule)),
        ("description", rule.description),
    ):
        if value:
            yield key, quoted(value)


def _referenced(rule: ExactRule) -> str | None:
    """A group of another account is named with its account.
    Source: the provider's documentation of the resource."""
    peer = rule.peer
    if peer.group_id and peer.user_id and peer.user_id != rule.account_id:
        return f"{peer.user_id}/{peer.group_id}"
    return peer.group_id
