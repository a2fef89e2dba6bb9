"""The rules that need attention, in lists by reason, each with what to do."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from aws_network.usage.statuses import ReasonCode, Status
from report.rule_usage import RuleUsage
from report.usage_report import UsageReport

QUIET_DAYS = 30
"""A used rule is quiet if its last use is at least this many days before the end of the window."""

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
    by_hand: bool = True
    """False where something else than a person manages the rules."""
    rules: tuple[RuleUsage, ...] = ()

    @property
    def removable(self) -> bool:
        """Whether the report suggests to remove these rules."""
        return self.mark == "unused" and self.by_hand


def rule_lists(report: UsageReport) -> tuple[RuleList, ...]:
    """All lists in the order of attention, the empty ones too."""
    return tuple(
        replace(empty, rules=tuple(rule for rule in report.rules if empty.holds(report, rule)))
        for empty in _LISTS
    )


def _is_quiet(report: UsageReport, rule: RuleUsage) -> bool:
    if rule.status is not Status.USED or rule.last_used is None:
        return False
    return rule.last_used <= report.window.days[-1] - timedelta(days=QUIET_DAYS)


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
        "The flow logs cover the rule's interfaces and show no use of it, in this window or on any "
        "earlier analysed day.",
        "Ask the owner, then remove the rule. Keep the CSV to be able to restore it.",
        lambda _, rule: rule.is_removable and rule.last_used is None,
        mark="unused",
    ),
    RuleList(
        "no_longer_used",
        "Used before, but not in this window",
        "used before, but not in this window",
        "The rule was used on an earlier day, but not in this window.",
        "Find out what stopped using it. If that will not come back, remove the rule.",
        lambda _, rule: rule.is_removable and rule.last_used is not None,
        mark="unused",
    ),
    RuleList(
        "managed",
        "Unused, but managed elsewhere",
        "managed elsewhere",
        "A service, a controller of a cluster or a stack manages these rules. If somebody removes "
        "one by hand, its manager makes it again, or a later update fails.",
        "Do not remove these rules by hand. Change them where they are managed.",
        lambda _, rule: rule.is_stale and bool(rule.managed_by),
        mark="unused",
        by_hand=False,
    ),
    RuleList(
        "broken_source",
        "Broken source: the rule admits nobody",
        "with a broken source",
        "The rule refers to a deleted group, an empty prefix list or a deleted peering connection. "
        "Nothing can use it as it is. That is an error, not proof that the rule is not needed.",
        "Find out what the rule was meant to admit. Then repair the source or remove the rule.",
        _not_observed(ReasonCode.BROKEN_SOURCE),
    ),
    RuleList(
        "unattached",
        "Can't tell: the group is on no interface",
        "whose group is on no interface",
        "No network interface in use carried the group, so nothing could use the rule.",
        "Look at the group as a whole: Auto Scaling, Lambda or a batch job may attach it later. "
        "Do not remove single rules for this reason.",
        lambda _, rule: rule.status is Status.UNATTACHED,
    ),
    RuleList(
        "not_observed",
        "Can't tell: not enough logs",
        "with too few logs",
        "The flow logs do not cover the rule's interfaces completely.",
        "Enable or repair the flow log of these interfaces, then wait for a full window.",
        lambda _, rule: rule.status is Status.NOT_OBSERVED and rule.reason_code not in _OTHER_LISTS,
    ),
    RuleList(
        "too_young",
        "Can't tell: too few days so far",
        "with too few days",
        "The rule is younger than the window, or its group was on an interface for too few days.",
        "Wait for a full window.",
        _not_observed(*_TOO_YOUNG),
    ),
    RuleList(
        "no_traffic",
        "Can't tell: no traffic at all",
        "on interfaces without traffic",
        "The group's interfaces were logged and had no traffic. They may be a standby, or no "
        "longer needed.",
        "Find out what the interfaces are for. Look at the group as a whole, not at single rules.",
        _not_observed(ReasonCode.NO_TRAFFIC),
    ),
    RuleList(
        "never_logged",
        "Can't tell: flow logs never record it",
        "that flow logs never record",
        "The rule admits only traffic that flow logs never record, such as instance metadata or "
        "DHCP.",
        "Keep the rule, or ask its owner. Flow logs cannot answer this.",
        _not_observed(ReasonCode.NEVER_LOGGED),
    ),
    RuleList(
        "ambiguous",
        "Can't tell: possibly used",
        "possibly used",
        "Traffic may have used the rule, but the logs do not prove it.",
        "Keep the rule. With the fields tcp-flags and flow-direction in the flow log, most TCP "
        "traffic leaves no doubt.",
        lambda _, rule: rule.status is Status.AMBIGUOUS,
    ),
    RuleList(
        "rarely_used",
        "Rarely used",
        "rarely used",
        "The rule was used on very few days of this window, perhaps by a monthly or quarterly job.",
        "Keep the rule. Ask whether it can be narrowed to what that job needs.",
        lambda _, rule: rule.status is Status.RARELY_USED,
        mark="used",
    ),
    RuleList(
        "quiet",
        f"Used, but not in the last {QUIET_DAYS} days",
        f"not used in the last {QUIET_DAYS} days",
        "The rule was used in this window, but not recently, perhaps by a quarterly job.",
        "Keep the rule and watch it.",
        _is_quiet,
        mark="used",
    ),
    RuleList(
        "exempt",
        "Exempt",
        "exempt",
        "A tag or a setting exempts these rules. The reason names it, its end date, and the status "
        "without it.",
        "Nothing to do. Review the list from time to time: exemptions may outlive their reasons.",
        lambda _, rule: rule.status is Status.EXEMPT,
        mark="exempt",
    ),
)
