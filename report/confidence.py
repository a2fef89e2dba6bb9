"""How far the statuses can be trusted, and what limits that."""

from dataclasses import dataclass

from aws_network.flow_logs.outcomes import LOST
from report.usage_report import UsageReport
from report.wording import count, number, percent

_ENOUGH_TRACED = 0.95
_TOLERABLE_LOSS = 0.001
"""Share of the records. The rules concerned are "not observed" anyway."""


@dataclass(frozen=True)
class Confidence:
    """`limits` are sentences, the most serious first; none if the logs are complete."""

    limits: tuple[str, ...]

    @property
    def label(self) -> str:
        return "Limited" if self.limits else "Good"


def confidence(report: UsageReport) -> Confidence:
    """Judge the coverage of the window's days and records."""
    limits = (
        _missing_days(report),
        _unread(report),
        _short_window(report),
        _untraced(report),
        _lost(report),
    )
    return Confidence(tuple(limit for limit in limits if limit))


def _missing_days(report: UsageReport) -> str | None:
    analysed, length = len(report.analysed_days), report.window.length
    if analysed == length:
        return None
    return f"Only {number(analysed)} of the window's {count(length, 'day')} were analysed."


def _unread(report: UsageReport) -> str | None:
    objects, days = report.unreadable.objects, report.unreadable.blind_days
    if not objects:
        return None
    return (
        f"{count(objects, 'flow-log object')} of {count(days, 'day')} could not be read. No rule "
        "of the object's account and region counts as observed on such a day."
    )


def _short_window(report: UsageReport) -> str | None:
    length, wanted = report.window.length, report.wanted_days
    if length >= wanted:
        return None
    return (
        f"The analysed flow logs cover {count(length, 'day')} so far; a full window has "
        f"{number(wanted)}. Rules that are used more rarely may not show as used yet."
    )


def _untraced(report: UsageReport) -> str | None:
    share = report.coverage.traced_share
    if share is None:
        return "The flow logs contain no accepted request."
    if share >= _ENOUGH_TRACED:
        return None
    return f"Only {percent(share)} of the accepted requests could be traced to a rule."


def _lost(report: UsageReport) -> str | None:
    coverage = report.coverage
    lost = coverage.records(*LOST)
    if lost <= coverage.records() * _TOLERABLE_LOSS:
        return None
    return f"{count(lost, 'record')} {'was' if lost == 1 else 'were'} lost or unreadable."
