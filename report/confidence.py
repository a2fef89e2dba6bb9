"""How far the statuses can be trusted, and what limits that."""

from dataclasses import dataclass

from aws_network.flow_logs.outcomes import LOST
from report.usage_report import UsageReport
from report.wording import count, day, named, number, percent

_ENOUGH_TRACED = 0.95
_ENOUGH_COMPLETE = 0.95
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
        _incomplete(report),
        _unknown_days(report),
        _short_window(report),
        _untraced(report),
        _untraced_nights(report),
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


def _incomplete(report: UsageReport) -> str | None:
    share = report.log_coverage.complete_share
    if share is None or share >= _ENOUGH_COMPLETE:
        return None
    worst = report.log_coverage.vpcs[0]
    return (
        f"The flow logs are complete for only {percent(share)} of the interface-days; the worst "
        f"covered VPC is {named(worst.name, worst.vpc_id)}."
    )


def _unknown_days(report: UsageReport) -> str | None:
    unknown = len(set(report.analysed_days) - report.log_coverage.days)
    if not unknown:
        return None
    return (
        f"How complete the flow logs of each VPC were is not known for {count(unknown, 'day')}; "
        "analyse them again."
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


def _untraced_nights(report: UsageReport) -> str | None:
    nights = report.coverage.untraced_nights()
    if not nights:
        return None
    worst, days = nights[0], count(len({night.day for night in nights}), "day")
    return (
        f"On {days}, a third or more of the accepted requests found no rule; the most on "
        f"{day(worst.day)} in account {worst.account_id}, {worst.region}: "
        f"{percent(float(worst.untraced_share))}."
    )


def _lost(report: UsageReport) -> str | None:
    coverage = report.coverage
    lost = coverage.records(*LOST)
    if lost <= coverage.records() * _TOLERABLE_LOSS:
        return None
    return f"{count(lost, 'record')} {'was' if lost == 1 else 'were'} lost or unreadable."
