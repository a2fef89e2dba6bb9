"""A day's usage of every rule."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_network.flow_logs.never_logged import NeverLogged
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
class Observed:
    """Of the interfaces that carry a group on a day: how well flow logs observed them."""

    interfaces: int = 0
    """Interfaces in use, and those with any record."""
    logged: int = 0
    """Interfaces of which a flow log that records accepted traffic has records."""
    complete: int = 0
    """Interfaces of which it has records all day, and lost none."""
    lost: int = 0
    """Interfaces some of whose records were lost, or could not be read; also those of unknown
    interfaces that may have carried the group."""
    rejects_only: int = 0
    """Interfaces of which only flow logs of rejected traffic have records."""
    active: int = 0
    """Interfaces with any traffic, accepted or rejected."""


@dataclass(frozen=True)
class RuleDay:
    """A rule, in one version, on one day."""

    rule: SecurityGroupRule
    group: SecurityGroup | None
    uses: Uses
    observed: Observed
    """The interfaces that carry the rule's group."""
    never_logged: str | None
    """Traffic that the rule may have admitted and that flow logs never record."""


def daily_usage(
    inventory: Inventory, uses: Mapping[str, Uses], observed: Mapping[str, Observed]
) -> list[RuleDay]:
    """Each rule and version of the day's inventory, sorted; those that nothing used with zeros.

    On the day of a change a rule is there once for each version. `uses` by rule key, `observed` by
    group id.
    """
    never_logged = NeverLogged(inventory)
    return [
        RuleDay(
            rule,
            inventory.groups.get(rule.group_id),
            uses.get(rule.key, Uses()),
            observed.get(rule.group_id, Observed()),
            never_logged.of(rule),
        )
        for rule in sorted(inventory.rules, key=lambda rule: rule.key)
    ]
