"""Judging a window: the usage of every rule over its days, and its status with the reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from aws_network.flow_logs.window import Window
from aws_network.network.broken_sources import broken_source
from aws_network.network.configured_resources import (
    ConfiguredResource,
    ConfiguredResources,
    by_group,
    in_words,
)
from aws_network.network.inventory import Inventory, union
from aws_network.network.snapshot import Snapshot
from aws_network.usage.exemptions import Exempted, Exemptions, RuleLabels, exempted
from aws_network.usage.owners import Owners, owners_in
from aws_network.usage.statuses import ReasonCode, Status
from aws_network.usage.tracked_rules import TrackedRule
from aws_network.usage.verdicts import Limits, RuleCounts, RuleFacts, Verdict, verdict

NO_COUNTS = RuleCounts()


@dataclass(frozen=True)
class RuleUsage:
    """A rule, its counts in a window, and its status with the reason."""

    rule: TrackedRule
    counts: RuleCounts
    window: Window
    reason_code: ReasonCode
    reason: str
    judged_status: Status
    """The status that an exempt rule would have; else the same as `status`."""
    is_fully_observed: bool
    """Would silence have meant that nothing used it? Then what was seen of it is all there was."""
    owner: str | None = None
    """As a tag says; see `owners`."""

    @property
    def status(self) -> Status:
        """What the window says about the rule."""
        return self.reason_code.status

    @property
    def is_steady(self) -> bool:
        """Was it there, as it is now, on every day of the window that was analysed?"""
        return self.counts.days_known == self.window.analysed_days


@dataclass(frozen=True)
class AccountFacts:
    """The account as it is now, as far as a status depends on it; everything by id."""

    broken_sources: Mapping[str, str]
    """Rule id to what is wrong with its source."""
    group_tags: Mapping[str, Mapping[str, str]]
    configured: ConfiguredResources | None
    configured_by_group: Mapping[str, Sequence[ConfiguredResource]]
    referrers: Mapping[str, Sequence[str]]
    """Group id to the other groups whose rules refer to it."""
    first_snapshots: Mapping[str, str]
    """Region to the day (YYYY-MM-DD) of the first snapshot that looked into it."""
    owners: Owners = field(default_factory=Owners)

    def of(self, rule: TrackedRule) -> RuleFacts:
        """The facts of a rule.

        What the very first snapshot has is taken to have stood before it, or no past day could
        ever be analysed.
        """
        since = rule.known_since
        is_new = since is not None and since > self.first_snapshots.get(rule.region, "")
        resources = self.configured_by_group.get(rule.group_id, ())
        return RuleFacts(
            new_since=since if is_new else None,
            broken_source=self.broken_sources.get(rule.rule_id),
            has_configured_resources=bool(resources),
            resources=in_words(resources, self.referrers.get(rule.group_id, ()), self.configured),
        )


def account_facts(
    latest: Snapshot, first_snapshots: Mapping[str, str], owner_tags: Sequence[str] = ()
) -> AccountFacts:
    """The facts of an account as the latest snapshot has it."""
    return AccountFacts(
        broken_sources=_broken_sources(union([latest])),
        group_tags={group.group_id: group.tags for group in latest.groups},
        configured=latest.configured,
        configured_by_group=by_group(latest.configured) if latest.configured else {},
        referrers=_referrers(latest),
        first_snapshots=first_snapshots,
        owners=owners_in(latest, owner_tags),
    )


def _broken_sources(inventory: Inventory) -> dict[str, str]:
    found = {rule.rule_id: broken_source(rule, inventory) for rule in inventory.latest_rules}
    return {rule_id: broken[1] for rule_id, broken in found.items() if broken}


def _referrers(latest: Snapshot) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for rule in latest.rules:
        if rule.source.kind == "group" and rule.source.value != rule.group_id:
            found.setdefault(rule.source.value, []).append(rule.group_id)
    return found


@dataclass(frozen=True)
class Criteria:
    """What a status depends on, beside a rule and its counts."""

    window: Window
    limits: Limits
    exemptions: Exemptions
    account: AccountFacts


def judge_window(
    rules: Iterable[TrackedRule], counts: Mapping[str, RuleCounts], criteria: Criteria
) -> list[RuleUsage]:
    """The usage of each rule, those that nothing used included; `counts` by rule id."""
    return [judge_rule(rule, counts.get(rule.rule_id, NO_COUNTS), criteria) for rule in rules]


def judge_rule(rule: TrackedRule, counts: RuleCounts, criteria: Criteria) -> RuleUsage:
    """The usage of a rule: its verdict, unless it is exempt."""
    facts = criteria.account.of(rule)
    judged = verdict(counts, criteria.window, facts, criteria.limits)
    said = _with_exemption(judged, *_exemption(rule, criteria))
    silent = replace(counts, used_times=0, sole_times=0, ambiguous_times=0)
    silence = verdict(silent, criteria.window, facts, criteria.limits)
    return RuleUsage(
        rule=rule,
        counts=counts,
        window=criteria.window,
        reason_code=said.reason_code,
        reason=said.reason,
        judged_status=judged.status,
        is_fully_observed=silence.status == Status.UNUSED,
        owner=criteria.account.owners.of(rule),
    )


def _exemption(rule: TrackedRule, criteria: Criteria) -> tuple[Exempted | None, date]:
    """The rule's exemption, if any, and the last day of the window."""
    day = date.fromisoformat(criteria.window.last)
    labels = RuleLabels(
        rule_id=rule.rule_id,
        group_id=rule.group_id,
        group_name=rule.group_name,
        description=rule.description or "",
        rule_tags=rule.tags,
        group_tags=criteria.account.group_tags.get(rule.group_id),
    )
    return exempted(labels, criteria.exemptions, day), day


def _with_exemption(judged: Verdict, exemption: Exempted | None, day: date) -> Verdict:
    """An exemption that has ended is told, and changes nothing."""
    if exemption is None:
        return judged
    until = f" (until {exemption.until})" if exemption.until else ""
    if exemption.holds_on(day):
        words = judged.status.replace("_", " ")
        reason = f"exempt by {exemption.why}{until}; without it {words}: {judged.reason}"
        return Verdict(exemption.code, reason)
    ended = f"{judged.reason}; its exemption by {exemption.why} ended on {exemption.until}"
    return Verdict(judged.reason_code, ended)
