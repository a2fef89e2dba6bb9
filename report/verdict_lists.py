"""The rules that deserve attention, listed by why, each list with what to do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from report.rule_usage import RuleUsage
from report.usage_report import UsageReport
from report.verdict import Verdict

QUIET_DAYS = 30
"""A used rule is quiet when its last use lies at least this many days before the window's end."""


Mark = Literal["unused", "doubt", "used", "exempt"]


@dataclass(frozen=True)
class _Kind:
    key: str
    title: str
    short: str
    meaning: str
    advice: str
    holds: Callable[[UsageReport, RuleUsage], bool]
    mark: Mark = "doubt"

    @property
    def removable(self) -> bool:
        """Whether the report suggests to remove such rules."""
        return self.mark == "unused"


@dataclass(frozen=True)
class VerdictList(_Kind):
    """Rules with one thing in common; `mark` is the colour they are shown with.

    Only those marked `unused` are suggested for removal.
    """

    rules: tuple[RuleUsage, ...] = ()


def verdict_lists(report: UsageReport) -> tuple[VerdictList, ...]:
    """All lists in order of attention, also those with no rule."""
    return tuple(
        VerdictList(
            **vars(kind), rules=tuple(rule for rule in report.rules if kind.holds(report, rule))
        )
        for kind in _KINDS
    )


def _is_quiet(report: UsageReport, rule: RuleUsage) -> bool:
    if rule.verdict is not Verdict.USED or rule.last_used is None:
        return False
    return rule.last_used <= report.window.last - timedelta(days=QUIET_DAYS)


def _because(*codes: str) -> Callable[[UsageReport, RuleUsage], bool]:
    """Whether one of these reasons keeps a rule from being judged."""
    return lambda _, rule: rule.verdict is Verdict.NOT_OBSERVED and rule.reason_code in codes


_OTHER_CODES = (
    "broken_source",
    "never_logged",
    "younger_than_window",
    "too_few_days",
    "not_in_inventory",
    "no_traffic",
)

_KINDS = (
    _Kind(
        "never_used",
        "Never used",
        "never used",
        "The logs covered the rule's interfaces and show no use of it, neither in this window nor "
        "on any earlier analysed day.",
        "Ask the owner, then remove the rule; keep the CSV to be able to put it back.",
        lambda _, rule: rule.is_stale and rule.last_used is None,
        mark="unused",
    ),
    _Kind(
        "no_longer_used",
        "Used before, but not in this window",
        "used before, but not in this window",
        "The rule was used on an earlier day and not once in this window.",
        "Find out what stopped using it; when it is gone for good, remove the rule.",
        lambda _, rule: rule.is_stale and rule.last_used is not None,
        mark="unused",
    ),
    _Kind(
        "broken_source",
        "Broken: the source can be nobody",
        "whose source is broken",
        "The rule refers to a deleted group, an empty prefix list or a peering that is gone. "
        "Nothing can use it as it is; that is a fault, and says nothing about the need for it.",
        "Find out what the rule was meant to let in; repair the source, or remove the rule.",
        _because("broken_source"),
    ),
    _Kind(
        "unattached",
        "Can't tell: the group is on no interface",
        "whose group is on no interface",
        "No network interface carried the group, so nothing could have used the rule.",
        "Look at the group as a whole: it may wait for auto scaling, Lambda or a batch job. "
        "Do not remove single rules on this evidence.",
        lambda _, rule: rule.verdict is Verdict.UNATTACHED,
    ),
    _Kind(
        "not_observed",
        "Can't tell: not enough logs",
        "with too few logs",
        "The flow logs do not cover the rule's interfaces well enough to call it unused.",
        "Switch on or repair the flow log named in the reason, then wait for a full window.",
        lambda _, rule: (
            rule.verdict is Verdict.NOT_OBSERVED and rule.reason_code not in _OTHER_CODES
        ),
    ),
    _Kind(
        "too_young",
        "Can't tell: too few days so far",
        "with too few days",
        "The rule, or its use of an interface, is younger than the days it takes to judge it.",
        "Wait for a full window.",
        _because("younger_than_window", "too_few_days", "not_in_inventory"),
    ),
    _Kind(
        "no_traffic",
        "Can't tell: no traffic at all",
        "on interfaces without any traffic",
        "The group's interfaces were logged, and had no traffic: a standby, or a leftover.",
        "Find out what the interfaces wait for; look at the group as a whole, not at single rules.",
        _because("no_traffic"),
    ),
    _Kind(
        "never_logged",
        "Can't tell: flow logs never record it",
        "that flow logs never record",
        "The rule admits only what flow logs never record, such as instance metadata or DHCP.",
        "Keep the rule, or ask its owner; no flow log will ever tell.",
        _because("never_logged"),
    ),
    _Kind(
        "ambiguous",
        "Can't tell: perhaps used",
        "perhaps used",
        "Traffic fits the rule, but the log does not show which side opened the conversation.",
        "Keep the rule. A flow log with the fields tcp-flags and flow-direction removes the doubt.",
        lambda _, rule: rule.verdict is Verdict.AMBIGUOUS,
    ),
    _Kind(
        "rarely_used",
        "Rarely used",
        "rarely used",
        "The rule was used on very few days of this window: perhaps a monthly or quarterly job.",
        "Keep the rule; ask whether it can be narrowed to what that job needs.",
        lambda _, rule: rule.verdict is Verdict.RARELY_USED,
        mark="used",
    ),
    _Kind(
        "quiet",
        f"Used, but not in the last {QUIET_DAYS} days",
        f"not used in the last {QUIET_DAYS} days",
        "The rule was used in this window, though not lately; perhaps a quarterly job.",
        "Keep the rule and watch it.",
        _is_quiet,
        mark="used",
    ),
    _Kind(
        "exempt",
        "Exempt: nobody is asked",
        "exempt",
        "A tag or a setting exempts these rules; the reason says which, until when, and what the "
        "rule would be without it.",
        "Nothing to do. Look through the list now and then: exemptions outlive their reasons.",
        lambda _, rule: rule.verdict is Verdict.EXEMPT,
        mark="exempt",
    ),
)
