"""A change of rules, read from `terraform show -json` of a saved plan."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aws_network.findings.what_if import Change
from aws_network.network.rules import SecurityGroupRule
from plan.changes import ChangeError, rule_of_item

_GROUPS = ("aws_security_group", "aws_default_security_group")
_DIRECTIONS = ("ingress", "egress")
_PEERS = {
    "cidr_ipv4": "CidrIpv4",
    "cidr_ipv6": "CidrIpv6",
    "prefix_list_id": "PrefixListId",
    "referenced_security_group_id": "ReferencedGroupInfo",
}
"""Attribute of aws_vpc_security_group_*_rule to the field of EC2."""
_LISTS = {
    "cidr_blocks": "CidrIpv4",
    "ipv6_cidr_blocks": "CidrIpv6",
    "prefix_list_ids": "PrefixListId",
    "security_groups": "ReferencedGroupInfo",
}
"""Attribute of aws_security_group_rule, and of the rules in a group, to the field of EC2."""

Values = Mapping[str, Any]


def change_of_terraform(document: Any, known: Mapping[str, SecurityGroupRule]) -> Change:
    """What a saved plan does to the rules of today. Raises ChangeError.

    Rules are found by their id, or by what they admit. A rule whose values are known only after the
    plan is applied makes the change not whole.
    """
    changes = document.get("resource_changes") if isinstance(document, dict) else None
    if not isinstance(changes, list):
        raise ChangeError("this is not what `terraform show -json` prints of a plan")
    removed: set[str] = set()
    added: list[SecurityGroupRule] = []
    is_whole = True
    for number, resource in enumerate(changes):
        try:
            before, after, is_known = _before_and_after(resource)
            removed |= _of_deleted_group(resource, known)
        except (KeyError, TypeError, AttributeError) as error:
            raise ChangeError(f"resource_changes[{number}]: cannot be read: {error!r}") from error
        was, kept = map(_all_terms, (before, after))
        removed |= _found(before, known, kept)
        added += [rule for rule in after if _terms(rule) not in was]
        is_whole = is_whole and is_known
    return Change(frozenset(removed), tuple(added), is_whole)


def _before_and_after(
    resource: Any,
) -> tuple[list[SecurityGroupRule], list[SecurityGroupRule], bool]:
    """The rules before and after, and whether all of those after are known."""
    kind, address, change = resource["type"], resource["address"], resource["change"]
    before, after = change.get("before") or {}, change.get("after") or {}
    unknown = change.get("after_unknown") or {}
    is_known = not after or not _is_unknown(kind, unknown)
    made = list(_rules(kind, after, address)) if is_known else []
    return list(_rules(kind, before, address)), made, is_known


def _is_unknown(kind: str, unknown: Any) -> bool:
    """Is anything of what the rules admit known only later?"""
    if not isinstance(unknown, dict) or kind not in (*_GROUPS, *_RULES):
        return False
    named = _DIRECTIONS if kind in _GROUPS else (*_PEERS, *_LISTS, "security_group_id", "self",
                                                 "from_port", "to_port", "ip_protocol", "protocol",
                                                 "source_security_group_id")  # fmt: skip
    return any(_any(unknown.get(name)) for name in named)


def _any(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_any, value.values()))
    return any(map(_any, value)) if isinstance(value, list) else bool(value)


def _rules(kind: str, values: Values, address: str) -> Iterator[SecurityGroupRule]:
    """The rules of EC2 that a resource stands for."""
    if kind in _RULES and values:
        for item in _RULES[kind](values):
            yield rule_of_item(item, address)
    elif kind in _GROUPS:
        for direction in _DIRECTIONS:
            for block in values.get(direction) or ():
                for item in _listed({**block, "security_group_id": values.get("id")}, direction):
                    yield rule_of_item(item, f"{address}: {direction}")


def _single(values: Values, direction: str) -> Iterator[dict[str, Any]]:
    """Of aws_vpc_security_group_ingress_rule and aws_vpc_security_group_egress_rule."""
    item = {**_item(values, direction, values.get("ip_protocol")),
            "SecurityGroupRuleId": values.get("security_group_rule_id") or ""}  # fmt: skip
    yield from (_with_peer(item, _PEERS[name], values[name]) for name in _PEERS if values.get(name))


def _listed(values: Values, direction: str) -> Iterator[dict[str, Any]]:
    """Of aws_security_group_rule, and of the rules in a group: one for each peer."""
    item = _item(values, direction, values.get("protocol"))
    for name, field in _LISTS.items():
        yield from (_with_peer(item, field, peer) for peer in values.get(name) or ())
    if values.get("source_security_group_id"):
        yield _with_peer(item, "ReferencedGroupInfo", values["source_security_group_id"])
    elif values.get("self"):
        yield _with_peer(item, "ReferencedGroupInfo", values["security_group_id"])


def _item(values: Values, direction: str, protocol: Any) -> dict[str, Any]:
    ports = {"FromPort": values.get("from_port"), "ToPort": values.get("to_port")}
    return {
        "GroupId": values.get("security_group_id"),
        "IsEgress": direction == "egress",
        "IpProtocol": "-1" if protocol == "all" else str(protocol),
        **{name: port for name, port in ports.items() if port is not None},
    }


def _with_peer(item: dict[str, Any], field: str, peer: str) -> dict[str, Any]:
    # Terraform writes groups of other accounts as account/group.
    is_group = field == "ReferencedGroupInfo"
    return {**item, field: {"GroupId": peer.rpartition("/")[2]} if is_group else peer}


_RULES = {
    "aws_vpc_security_group_ingress_rule": lambda values: _single(values, "ingress"),
    "aws_vpc_security_group_egress_rule": lambda values: _single(values, "egress"),
    "aws_security_group_rule": lambda values: _listed(values, values.get("type") or ""),
}
"""Type of a resource that is a rule to what it stands for, as EC2 describes rules."""


def _terms(rule: SecurityGroupRule) -> tuple[str, str]:
    """What tells a rule from the others of the account, beside its id."""
    return rule.group_id, rule.version


def _all_terms(rules: Iterable[SecurityGroupRule]) -> set[tuple[str, str]]:
    return {_terms(rule) for rule in rules}


def _found(
    before: Iterable[SecurityGroupRule],
    known: Mapping[str, SecurityGroupRule],
    kept: set[tuple[str, str]],
) -> set[str]:
    """The ids of the rules that a resource stands for no more."""
    gone = [rule for rule in before if _terms(rule) not in kept]
    ids = {rule.rule_id for rule in gone if rule.rule_id}
    terms = {_terms(rule) for rule in gone if not rule.rule_id}
    return ids | {name for name, rule in known.items() if _terms(rule) in terms}


def _of_deleted_group(resource: Any, known: Mapping[str, SecurityGroupRule]) -> set[str]:
    change = resource["change"]
    if resource["type"] not in _GROUPS or change.get("after") or not change.get("before"):
        return set()
    group_id = change["before"].get("id")
    return {name for name, rule in known.items() if rule.group_id == group_id}
