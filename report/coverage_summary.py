"""The coverage in one line, shown next to every total."""

from collections.abc import Iterator
from dataclasses import dataclass

from aws_network.flow_logs.outcomes import LOST
from report.daily_usage import RuleDay
from report.usage_report import UsageReport
from report.wording import count, number, percent


@dataclass(frozen=True)
class CoverageSummary:
    """Shares are 0 to 1, or None where there is nothing to take a share of."""

    days_analysed: int
    days: int
    logged_share: float | None
    """Of the interfaces that carry groups, day by day: those with flow logs."""
    traced_share: float | None
    """Of the accepted requests: those traced to a rule."""
    lost: int
    """Records lost by AWS, or unreadable."""

    @property
    def text(self) -> str:
        """The summary as a line for people."""
        return ", ".join(
            (
                f"{number(self.days_analysed)} of {count(self.days, 'day')} analysed",
                f"{_share(self.logged_share)} of interfaces logged",
                f"{_share(self.traced_share)} of requests traced to a rule",
                f"{count(self.lost, 'record')} lost or unreadable",
            )
        )


def coverage_summary(report: UsageReport) -> CoverageSummary:
    """The summary of a report's window."""
    return CoverageSummary(
        days_analysed=len(report.analysed_days),
        days=report.window.length,
        logged_share=_logged_share(report),
        traced_share=report.coverage.traced_share,
        lost=report.coverage.records(*LOST),
    )


def _logged_share(report: UsageReport) -> float | None:
    """An interface counts once for each of its groups and each day."""
    carried = logged = 0
    for day in _days_of_groups(report):
        carried += day.interfaces
        logged += min(day.interfaces, day.interfaces_logged)
    return logged / carried if carried else None


def _days_of_groups(report: UsageReport) -> Iterator[RuleDay]:
    """All rules of a group have the same interfaces, so one rule of each group is enough."""
    for rule_id in {rule.sg_id: rule.sg_rule_id for rule in report.rules}.values():
        yield from report.daily.get(rule_id, {}).values()


def _share(share: float | None) -> str:
    return "none" if share is None else percent(share)
