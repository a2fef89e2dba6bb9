"""What the counts of a rule, over a window of days, allow us to say of it.

The one thing never to say is `unused` of a rule that traffic used, or may have used. So `unused`
comes last, when nothing stands against it, and every doubt has a name and a reason.
"""

from dataclasses import dataclass
from typing import Literal

Status = Literal["used", "ambiguous", "unused", "unattached", "not_observed"]


@dataclass(frozen=True)
class RuleCounts:
    """A rule over the days of a window; counts are sums over those days."""

    used_times: int = 0
    sole_times: int = 0
    ambiguous_times: int = 0
    days_used: int = 0
    days_ambiguous: int = 0
    days_known: int = 0
    """Days on which the rule was in the inventory."""
    days_attached: int = 0
    """Days on which an interface in use carried the rule's group."""
    days_observed: int = 0
    """Of those: days on which all of these interfaces were logged, without lost records."""
    never_logged: str | None = None
    """What flow logs never record, when the rule admits nothing else."""
    last_used: str | None = None
    """YYYY-MM-DD, also of before the window; None when never."""


@dataclass(frozen=True)
class Window:
    """The days that a verdict speaks of, both inclusive, as YYYY-MM-DD."""

    first: str
    last: str
    missing_days: int = 0
    """Days in between that were not analysed."""


@dataclass(frozen=True)
class Verdict:
    """What a rule is, and why, as a sentence for people."""

    status: Status
    reason: str


def verdict(counts: RuleCounts, window: Window) -> Verdict:
    """The verdict on a rule. Use counts first, then doubt; `unused` only when nothing is left."""
    period = f"from {window.first} to {window.last}"
    if counts.used_times:
        return Verdict(
            "used",
            f"admitted {_count(counts.used_times, 'request record')} on "
            f"{_count(counts.days_used, 'day')} {period}, last on {counts.last_used}",
        )
    if counts.ambiguous_times:
        return Verdict(
            "ambiguous",
            f"{_count(counts.ambiguous_times, 'record')} on {_count(counts.days_ambiguous, 'day')} "
            f"{period} may have been admitted by it; the logs do not tell",
        )
    if not counts.days_known:
        return Verdict("not_observed", f"the rule was not there on any day analysed {period}")
    if not counts.days_attached:
        return Verdict("unattached", f"no interface in use carried its group {period}")
    if counts.never_logged:
        return Verdict(
            "not_observed", f"it admits only what flow logs never record: {counts.never_logged}"
        )
    if window.missing_days:
        return Verdict(
            "not_observed", f"{_count(window.missing_days, 'day')} {period} were not analysed"
        )
    unseen = counts.days_attached - counts.days_observed
    if unseen:
        return Verdict(
            "not_observed",
            f"on {_count(unseen, 'day')} {period} an interface of its group had no flow logs, or "
            "lost records",
        )
    return Verdict(
        "unused",
        f"nothing was admitted by it {period}; every interface of its group was logged on all "
        f"{_count(counts.days_observed, 'day')} that one carried it",
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
