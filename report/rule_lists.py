"""The rules that deserve attention, listed by why, each list with what to do."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from aws_network.usage.statuses import ReasonCode, Status
from report.rule_usage import RuleUsage
from report.usage_report import UsageReport

QUIET_DAYS = 30
"""A used rule is quiet when its last use lies at least this many days before the window's end."""

Mark = Literal["unused", "doubt", "used", "exempt"]


@dataclass(frozen=True)
class RuleList:
    """Rules with one thing in common, and what to do about them; `mark` is their colour."""

    key: str
    title: str
    short: str
    """The title after a count, as in "3 never used"."""
    meaning: str
    advice: str
    holds: Callable[[UsageReport, RuleUsage], bool]
    mark: Mark = "doubt"
    rules: tuple[RuleUsage, ...] = ()

    @property
    def removable(self) -> bool:
        """Whether the report suggests to remove these rules."""
        return self.mark == "unused"


def rule_lists(report: UsageReport) -> tuple[RuleList, ...]:
    """All lists in the order of attention, the empty ones too."""
    return tuple(
        replace(empty, rules=tuple(rule for rule in report.rules if empty.holds(report, rule)))
        for empty in _LISTS
    )


def _is_quiet(report: UsageReport, rule: RuleUsage) -> bool:
    if rule.status is not Status.USED or rule.last_used is None:
        return False
    return rule.last_used <= report.window.last - timedelta(days=QUIET_DAYS)


def _not_observed(*codes: ReasonCode) -> Callable[[UsageReport, RuleUsage], bool]:
    """Whether a rule is not observed for one of these reasons."""
    return lambda _, rule: rule.status is Status.NOT_OBSERVED and rule.reason_code in codes


_TOO_YOUNG = (
    ReasonCode.YOUNGER_THAN_WINDOW,
    ReasonCode.TOO_FEW_DAYS,
    ReasonCode.NOT_IN_INVENTORY,
)
_OTHER_LISTS = (
    *_TOO_YOUNG,
    ReasonCode.BROKEN_SOURCE,
    ReasonCode.NEVER_LOGGED,
    ReasonCode.NO_TRAFFIC,
)
"""Reasons for `not_observed` that have lists of their own; all others mean too few logs."""

_LISTS = (
    RuleList(
        "never_used",
        "Never used",
        "never used",
        "The logs covered the rule's interfaces and show no use of it, neither in this window nor "
        "on any earlier analysed day.",
        "Ask the owner, then remove the rule; keep the CSV to be able to put it back.",
        lambda _, rule: rule.is_stale and rule.last_used is None,
        mark="unused",
    ),
    RuleList(
        "no_longer_used",
        "Used before, but not in this window",
        "used before, but not in this window",
        "The rule was used on an earlier day and not once in this window.",
        "Find out what stopped using it; when it is gone for good, remove the rule.",
        lambda _, rule: rule.is_stale and rule.last_used is not None,
        mark="unused",
    ),
    RuleList(
        "broken_source",
        "Broken: the source can be nobody",
        "whose source is broken",
        "The rule refers to a deleted group, an empty prefix list or a peering that is gone. "
        "Nothing can use it as it is; that is a fault, and says nothing about the need for it.",
        "Find out what the rule was meant to let in; repair the source, or remove the rule.",
        _not_observed(ReasonCode.BROKEN_SOURCE),
    ),
    RuleList(
        "unattached",
        "Can't tell: the group is on no interface",
        "whose group is on no interface",
        "No network interface carried the group, so nothing could have used the rule.",
        "Look at the group as a whole: it may wait for auto scaling, Lambda or a batch job. "
        "Do not remove single rules on this evidence.",
        lambda _, rule: rule.status is Status.UNATTACHED,
    ),
    RuleList(
        "not_observed",
        "Can't tell: not enough logs",
        "with too few logs",
        "The flow logs do not cover the rule's interfaces well enough to call it unused.",
        "Switch on or repair the flow log named in the reason, then wait for a full window.",
        lambda _, rule: rule.status is Status.NOT_OBSERVED and rule.reason_code not in _OTHER_LISTS,
    ),
    RuleList(
        "too_young",
        "Can't tell: too few days so far",
        "with too few days",
        "The rule, or its use of an interface, is younger than the days it takes to judge it.",
        "Wait for a full window.",
        _not_observed(*_TOO_YOUNG),
    ),
    RuleList(
        "no_traffic",
        "Can't tell: no traffic at all",
        "on interfaces without any traffic",
        "The group's interfaces were logged, and had no traffic: a standby, or a leftover.",
        "Find out what the interfaces wait for; look at the group as a whole, not at single rules.",
        _not_observed(ReasonCode.NO_TRAFFIC),
    ),
    RuleList(
        "never_logged",
        "Can't tell: flow logs never record it",
        "that flow logs never record",
        "The rule admits only what flow logs never record, such as instance metadata or DHCP.",
        "Keep the rule, or ask its owner; no flow log will ever tell.",
        _not_observed(ReasonCode.NEVER_LOGGED),
    ),
    RuleList(
        "ambiguous",
        "Can't tell: perhaps used",
        "perhaps used",
        "Traffic fits the rule, but the log does not show which side opened the conversation.",
        "Keep the rule. A flow log with the fields tcp-flags and flow-direction removes the doubt.",
        lambda _, rule: rule.status is Status.AMBIGUOUS,
    ),
    RuleList(
        "rarely_used",
        "Rarely used",
        "rarely used",
        "The rule was used on very few days of this window: perhaps a monthly or quarterly job.",
        "Keep the rule; ask whether it can be narrowed to what that job needs.",
        lambda _, rule: rule.status is Status.RARELY_USED,
        mark="used",
    ),
    RuleList(
        "quiet",
        f"Used, but not in the last {QUIET_DAYS} days",
        f"not used in the last {QUIET_DAYS} days",
        "The rule was used in this window, though not lately; perhaps a quarterly job.",
        "Keep the rule and watch it.",
        _is_quiet,
        mark="used",
    ),
    RuleList(
        "exempt",
        "Exempt: nobody is asked",
        "exempt",
        "A tag or a setting exempts these rules; the reason says which, until when, and what the "
        "rule would be without it.",
        "Nothing to do. Look through the list now and then: exemptions outlive their reasons.",
        lambda _, rule: rule.status is Status.EXEMPT,
        mark="exempt",
    ),
)
