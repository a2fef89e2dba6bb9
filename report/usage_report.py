"""Everything a report says, as values: rules, their days, the coverage, the window."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from report.coverage import Coverage
from report.daily_usage import DailyUsage
from report.findings import Finding
from report.rule_usage import RuleUsage, from_usage_item, is_current
from report.unreadable import Unreadable
from report.verdict import Verdict
from report.window import Window


@dataclass(frozen=True)
class UsageReport:
    """`rules` are the current rules, those to look at first in front.

    `wanted_days` is how long the window should be; it is shorter while the lake is young.
    """

    period_label: str
    window: Window
    rules: tuple[RuleUsage, ...]
    daily: DailyUsage
    coverage: Coverage
    analysed_days: tuple[date, ...]
    wanted_days: int
    unreadable: Unreadable = field(default_factory=Unreadable)
    findings: tuple[Finding, ...] = ()
    """What is to be said of rules beyond their use."""

    @cached_property
    def counts(self) -> Mapping[Verdict, int]:
        """Number of rules by verdict, zero included."""
        return {v: sum(rule.verdict is v for rule in self.rules) for v in Verdict}

    @property
    def stale(self) -> tuple[RuleUsage, ...]:
        """The rules suggested for removal, never-used first."""
        return tuple(rule for rule in self.rules if rule.is_stale)

    @property
    def doubtful(self) -> tuple[RuleUsage, ...]:
        return tuple(rule for rule in self.rules if rule.verdict.is_doubtful)

    @property
    def used(self) -> tuple[RuleUsage, ...]:
        """The rules that something is known to have used, the rarely used among them."""
        return tuple(rule for rule in self.rules if rule.verdict.is_used)

    @property
    def exempt(self) -> tuple[RuleUsage, ...]:
        return tuple(rule for rule in self.rules if rule.verdict is Verdict.EXEMPT)


def current_rules(items: Iterable[Mapping[str, Any]]) -> tuple[RuleUsage, ...]:
    """The usage table's items as rules, without those that are gone, in order of attention."""
    rules = [from_usage_item(item) for item in items if is_current(item)]
    return tuple(sorted(rules, key=lambda rule: rule.attention))


def window_of(rules: Iterable[RuleUsage], fallback: Window) -> Window:
    """The window that the counts are sums over: what the table says, else `fallback`."""
    windows = {(rule.window_from, rule.window_to) for rule in rules}
    if not windows:
        return fallback
    return Window(min(first for first, _ in windows), max(last for _, last in windows))
