"""A day's usage of every rule."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from aws_network.flow_logs.never_logged import never_logged
from aws_network.network.groups import SecurityGroup
from aws_network.network.inventory import Inventory
from aws_network.network.rules import SecurityGroupRule


@dataclass(frozen=True)
class Uses:
    """What a day's flows credit to a rule (the words are those of docs/attribution.md)."""

    used_times: int = 0
    sole_times: int = 0
    ambiguous_times: int = 0


@dataclass(frozen=True)
class Logged:
    """Of the interfaces in use that carry a group: how many have flow logs of the day."""

    logged: int = 0
    """Interfaces with at least one record that is not about lost data."""
    skipped: int = 0
    """Interfaces some of whose records were lost, or could not be read."""
    active: int = 0
    """Interfaces with any traffic, accepted or rejected."""


@dataclass(frozen=True)
class RuleDay:
    """A rule, in one version, on one day."""

    rule: SecurityGroupRule
    group: SecurityGroup | None
    uses: Uses
    interfaces: int
    """Interfaces in use that carry the rule's group."""
    logged: Logged
    never_logged: str | None
    """What flow logs never record, if the rule admits nothing else."""


def daily_usage(
    inventory: Inventory, uses: Mapping[str, Uses], logged: Mapping[str, Logged]
) -> list[RuleDay]:
    """Each rule and version of the day's inventory, sorted; those that nothing used with zeros.

    On the day of a change a rule is there once for each version. `uses` by rule key, `logged` by
    group id.
    """
    carrying = _interfaces_by_group(inventory)
    return [
        RuleDay(
            rule,
            inventory.groups.get(rule.group_id),
            uses.get(rule.key, Uses()),
            carrying[rule.group_id],
            logged.get(rule.group_id, Logged()),
            never_logged(rule),
        )
        for rule in sorted(inventory.rules, key=lambda rule: rule.key)
    ]


def _interfaces_by_group(inventory: Inventory) -> Counter[str]:
    """Group id to the number of interfaces in use that carry it."""
    return Counter(
        group_id
        for interface in inventory.interfaces
        if interface.in_use
        for group_id in interface.group_ids
    )
