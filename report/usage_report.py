"""The content of a report as values: rules, their days, the coverage, the window."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from aws_network.flow_logs.window import Window
from aws_network.usage.statuses import Status
from report.coverage import Coverage
from report.daily_usage import DailyUsage
from report.findings import Finding
from report.log_coverage import LogCoverage
from report.rule_usage import RuleUsage, from_usage_item, is_current
from report.unreadable import Unreadable
from report.wording import span

_BARE_DAYS = re.compile(r"\d{4}-\d{2}-\d{2}( to \d{4}-\d{2}-\d{2})?")


@dataclass(frozen=True)
class UsageReport:
    """`rules` are the current rules, in the order of attention.

    `wanted_days` is the configured length of the window, which has fewer days at the beginning.
    """

    period_label: str
    window: Window
    rules: tuple[RuleUsage, ...]
    daily: DailyUsage
    coverage: Coverage
    analysed_days: tuple[date, ...]
    wanted_days: int
    log_coverage: LogCoverage = field(default_factory=LogCoverage)
    unreadable: Unreadable = field(default_factory=Unreadable)
    findings: tuple[Finding, ...] = ()
    """Findings on these rules."""

    @property
    def span(self) -> str:
        """The days of the window as text."""
        return _span(self.window)

    @cached_property
    def counts(self) -> Mapping[Status, int]:
        """Number of rules by status, zero included."""
        return {status: sum(rule.status is status for rule in self.rules) for status in Status}

    @property
    def stale(self) -> tuple[RuleUsage, ...]:
        """The unused rules, never-used first."""
        return tuple(rule for rule in self.rules if rule.is_stale)

    @property
    def removable(self) -> tuple[RuleUsage, ...]:
        """Of these, the rules suggested for removal."""
        return tuple(rule for rule in self.stale if rule.is_removable)

    @property
    def doubtful(self) -> tuple[RuleUsage, ...]:
        return tuple(rule for rule in self.rules if rule.status.is_doubtful)

    @property
    def used(self) -> tuple[RuleUsage, ...]:
        """The rules that traffic used, also the rarely used ones."""
        return tuple(rule for rule in self.rules if rule.status.is_used)

    @property
    def exempt(self) -> tuple[RuleUsage, ...]:
        return tuple(rule for rule in self.rules if rule.status is Status.EXEMPT)


def current_rules(items: Iterable[Mapping[str, Any]]) -> tuple[RuleUsage, ...]:
    """The items of the usage table as rules, without deleted ones, in the order of attention."""
    rules = [from_usage_item(item) for item in items if is_current(item)]
    return tuple(sorted(rules, key=lambda rule: rule.attention))


def window_of(rules: Iterable[RuleUsage], fallback: Window) -> Window:
    """The window that the counts cover: that of the table, or else `fallback`."""
    days = [day for rule in rules for day in (rule.window_from, rule.window_to)]
    return Window(str(min(days)), str(max(days))) if days else fallback


def period_label(asked: str, window: Window) -> str:
    """What the report calls its period: the name of a month, or the days of the window.

    A report that is asked for by days covers the whole window that ends with them, not these days.
    """
    return _span(window) if _BARE_DAYS.fullmatch(asked) else asked


def _span(window: Window) -> str:
    return span(window.days[0], window.days[-1])
