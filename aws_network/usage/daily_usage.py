"""A day's usage of every rule: the rows of the table sg_rule_usage_daily."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_network.flow_logs.never_logged import never_logged
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


def daily_usage(
    inventory: Inventory, uses: Mapping[str, Uses], logged: Mapping[str, Logged]
) -> list[dict[str, Any]]:
    """One row per rule and version of the day's inventory, sorted; the unused with zeros.

    On the day of a change a rule has a row for each version. `uses` by rule key, `logged` by group
    id.
    """
    carrying = _carrying(inventory)
    rows = []
    for rule in sorted(inventory.rules, key=lambda rule: rule.key):
        use = uses.get(rule.key, Uses())
        seen = logged.get(rule.group_id, Logged())
        rows.append(
            rule_columns(rule, inventory)
            | {
                "used_times": use.used_times,
                "sole_times": use.sole_times,
                "ambiguous_times": use.ambiguous_times,
                "interfaces": carrying.get(rule.group_id, 0),
                "interfaces_logged": seen.logged,
                "interfaces_skipped": seen.skipped,
                "interfaces_active": seen.active,
                "never_logged": never_logged(rule),
            }
        )
    return rows


def rule_columns(rule: SecurityGroupRule, inventory: Inventory) -> dict[str, Any]:
    """What the usage tables say of a rule itself, by their column names."""
    group = inventory.groups.get(rule.group_id)
    return {
        "sg_rule_id": rule.rule_id,
        "rule_version": rule.version,
        "sg_id": rule.group_id,
        "sg_name": group.name if group else None,
        "account_id": rule.account_id,
        "region": rule.region,
        "vpc_id": group.vpc_id if group else None,
        "flow_direction": rule.direction,
        "protocol": rule.protocol_text,
        "ports": rule.ports_text,
        "source": rule.source.value,
        "description": rule.description,
    }


def _carrying(inventory: Inventory) -> dict[str, int]:
    """Group id to the number of interfaces in use that carry it."""
    carrying: dict[str, int] = {}
    for interface in inventory.interfaces:
        for group_id in interface.group_ids if interface.in_use else ():
            carrying[group_id] = carrying.get(group_id, 0) + 1
    return carrying
