"""The network as it was on a day: the union of the snapshots around it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from aws_network.network.groups import SecurityGroup
from aws_network.network.interfaces import NetworkInterface
from aws_network.network.rules import SecurityGroupRule
from aws_network.network.snapshot import Snapshot


@dataclass(frozen=True)
class Inventory:
    """What may have been in force at some time of a day.

    A rule that changed between the snapshots is there in both versions (`rules`), and once, in its
    latest version, in `latest_rules`. An interface that changed has the groups and addresses of
    both.
    """

    rules: tuple[SecurityGroupRule, ...]
    latest_rules: tuple[SecurityGroupRule, ...]
    groups: dict[str, SecurityGroup]
    interfaces: tuple[NetworkInterface, ...]
    prefix_lists: dict[str, tuple[str, ...]]
    """Prefix list id to its CIDR blocks."""


def snapshots_around(day: date, snapshot_days: Sequence[date]) -> tuple[date, ...]:
    """The snapshots that bracket a day: the last one taken on or before it, the first one after.

    One of them alone where the other does not exist; none when there is no snapshot at all.
    """
    before = [taken for taken in snapshot_days if taken <= day]
    after = [taken for taken in snapshot_days if taken > day]
    return (*([max(before)] if before else []), *([min(after)] if after else []))


def union(snapshots: Sequence[Snapshot]) -> Inventory:
    """The inventory that the snapshots, oldest first, say together."""
    versions = {_terms(rule): rule for snapshot in snapshots for rule in snapshot.rules}
    latest = {rule.rule_id: rule for snapshot in snapshots for rule in snapshot.rules}
    return Inventory(
        rules=tuple(versions.values()),
        latest_rules=tuple(latest.values()),
        groups={group.group_id: group for snapshot in snapshots for group in snapshot.groups},
        interfaces=_interfaces(snapshots),
        prefix_lists=_prefix_lists(snapshots),
    )


def _terms(rule: SecurityGroupRule) -> tuple[object, ...]:
    """What a rule admits: two versions with the same terms are one."""
    return rule.rule_id, rule.direction, rule.protocol, rule.from_port, rule.to_port, rule.source


def _interfaces(snapshots: Sequence[Snapshot]) -> tuple[NetworkInterface, ...]:
    merged: dict[str, NetworkInterface] = {}
    for snapshot in snapshots:
        for interface in snapshot.interfaces:
            earlier = merged.get(interface.interface_id, interface)
            merged[interface.interface_id] = _merge(earlier, interface)
    return tuple(merged.values())


def _merge(earlier: NetworkInterface, later: NetworkInterface) -> NetworkInterface:
    return replace(
        later,
        group_ids=tuple(dict.fromkeys([*later.group_ids, *earlier.group_ids])),
        addresses=tuple(dict.fromkeys([*later.addresses, *earlier.addresses])),
        prefixes=tuple(dict.fromkeys([*later.prefixes, *earlier.prefixes])),
        in_use=later.in_use or earlier.in_use,
    )


def _prefix_lists(snapshots: Sequence[Snapshot]) -> dict[str, tuple[str, ...]]:
    merged: dict[str, dict[str, None]] = {}
    for snapshot in snapshots:
        for prefix_list in snapshot.prefix_lists:
            merged.setdefault(prefix_list.prefix_list_id, {}).update(
                dict.fromkeys(prefix_list.cidrs)
            )
    return {prefix_list_id: tuple(cidrs) for prefix_list_id, cidrs in merged.items()}
