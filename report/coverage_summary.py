"""The coverage in one line, shown next to every total."""

from dataclasses import dataclass

from aws_network.flow_logs.outcomes import LOST
from report.usage_report import UsageReport
from report.wording import count, number, percent


@dataclass(frozen=True)
class CoverageSummary:
    """Shares are 0 to 1, or None where there is nothing to take a share of."""

    days_analysed: int
    days: int
    complete_share: float | None
    """Of the interface-days: those with complete flow logs."""
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
                f"{_share(self.complete_share)} of interface-days logged completely",
                f"{_share(self.traced_share)} of requests traced to a rule",
                f"{count(self.lost, 'record')} lost or unreadable",
            )
        )


def coverage_summary(report: UsageReport) -> CoverageSummary:
    """The summary of a report's window."""
    return CoverageSummary(
        days_analysed=len(report.analysed_days),
        days=report.window.length,
        complete_share=report.log_coverage.complete_share,
        traced_share=report.coverage.traced_share,
        lost=report.coverage.records(*LOST),
    )


def _share(share: float | None) -> str:
    return "none" if share is None else percent(share)
