"""How sure the report is of its verdicts, and what limits it."""

from dataclasses import dataclass

from aws_network.flow_logs.outcomes import LOST
from report.usage_report import UsageReport
from report.wording import count, number, percent

_ENOUGH_TRACED = 0.95
_TOLERABLE_LOSS = 0.001
"""Less than this share of the records; the rules it touches are "not observed" on their own."""


@dataclass(frozen=True)
class Confidence:
    """`limits` are sentences, the weightiest first; without any the verdicts rest on full logs."""

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
    return (
        f"Only {number(analysed)} of the window's {count(length, 'day')} have analysed flow logs."
    )


def _unread(report: UsageReport) -> str | None:
    objects, days = report.unreadable.objects, report.unreadable.blind_days
    if not objects:
        return None
    return (
        f"{count(objects, 'flow-log object')} of {count(days, 'day')} could not be read; on such a "
        "day no rule of the object's account and region counts as observed."
    )


def _short_window(report: UsageReport) -> str | None:
    length, wanted = report.window.length, report.wanted_days
    if length >= wanted:
        return None
    return (
        f"The analysed flow logs reach back {count(length, 'day')} so far, not the "
        f"{number(wanted)} of a full window; what is used more rarely does not show yet."
    )


def _untraced(report: UsageReport) -> str | None:
    share = report.coverage.traced_share
    if share is None:
        return "The flow logs hold no accepted request at all."
    if share >= _ENOUGH_TRACED:
        return None
    return f"Only {percent(share)} of the accepted requests could be traced to a rule for certain."


def _lost(report: UsageReport) -> str | None:
    coverage = report.coverage
    lost = coverage.records(*LOST)
    if lost <= coverage.records() * _TOLERABLE_LOSS:
        return None
    return f"{count(lost, 'record')} {'was' if lost == 1 else 'were'} lost or unreadable."
