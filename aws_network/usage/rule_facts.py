"""What the account's inventory says of each rule's verdict, beyond its use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_network.findings.dangling import dangling
from aws_network.network.configured_resources import (
    ConfiguredResource,
    ConfiguredResources,
    by_group,
    in_words,
)
from aws_network.network.inventory import union
from aws_network.network.snapshot import Snapshot
from aws_network.usage.verdicts import RuleFacts


@dataclass(frozen=True)
class AccountFacts:
    """The latest snapshot, as far as verdicts ask for it; everything by id."""

    broken: Mapping[str, str]
    group_tags: Mapping[str, Mapping[str, str]]
    configured: ConfiguredResources | None
    resources: Mapping[str, Sequence[ConfiguredResource]]
    referrers: Mapping[str, Sequence[str]]
    """Group id to the other groups whose rules refer to it."""
    first_snapshots: Mapping[str, str]
    """Region to the day (YYYY-MM-DD) of the first snapshot that looked into it."""

    def of(self, rule_id: str, group_id: str, region: str, first_seen: str | None) -> RuleFacts:
        """Those of a rule that was first seen on a day.

        What the very first snapshot has is taken to have stood before it, or no past day could
        ever be analysed.
        """
        is_new = first_seen is not None and first_seen > self.first_snapshots.get(region, "")
        resources = self.resources.get(group_id, ())
        return RuleFacts(
            new_since=first_seen if is_new else None,
            broken_source=self.broken.get(rule_id),
            has_configured_resources=bool(resources),
            resources=in_words(resources, self.referrers.get(group_id, ()), self.configured),
        )


def account_facts(latest: Snapshot, first_snapshots: Mapping[str, str]) -> AccountFacts:
    """The facts of an account as it is now."""
    return AccountFacts(
        broken={found.rule_id: found.reason for found in dangling(union([latest]))},
        group_tags={group.group_id: group.tags for group in latest.groups},
        configured=latest.configured,
        resources=by_group(latest.configured) if latest.configured else {},
        referrers=_referrers(latest),
        first_snapshots=first_snapshots,
    )


def _referrers(latest: Snapshot) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for rule in latest.rules:
        if rule.source.kind == "group" and rule.source.value != rule.group_id:
            found.setdefault(rule.source.value, []).append(rule.group_id)
    return found
