"""What the account's inventory says of each rule's verdict, beyond its use."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_network.findings.dangling import dangling
from aws_network.inventory import Inventory
from aws_network.verdicts import RuleFacts


@dataclass(frozen=True)
class AccountFacts:
    """The latest inventory, as far as verdicts ask for it; everything by id."""

    broken: Mapping[str, str]
    group_tags: Mapping[str, Mapping[str, str]]
    first_snapshots: Mapping[str, str]
    """Region to the day (YYYY-MM-DD) of the first snapshot that looked into it."""

    def of(self, rule_id: str, group_id: str, region: str, first_seen: str | None) -> RuleFacts:
        """Those of a rule that was first seen on a day.

        What the very first snapshot has is taken to have stood before it, or no past day could
        ever be analysed.
        """
        is_new = first_seen is not None and first_seen > self.first_snapshots.get(region, "")
        return RuleFacts(
            new_since=first_seen if is_new else None, broken_source=self.broken.get(rule_id)
        )


def account_facts(latest: Inventory, first_snapshots: Mapping[str, str]) -> AccountFacts:
    """The facts of an account as it is now."""
    return AccountFacts(
        broken={found.rule_id: found.reason for found in dangling(latest)},
        group_tags={group.group_id: group.tags for group in latest.groups.values()},
        first_snapshots=first_snapshots,
    )
