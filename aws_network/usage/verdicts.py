"""The status of a rule, from its counts over a window of days.

A rule that traffic used, or may have used, must never be called `unused`. So `unused` comes last,
when no doubt is left, and every doubt has a reason code and a sentence.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from aws_network.flow_logs.window import Window
from aws_network.usage.statuses import ReasonCode, Status

RARELY_NEEDS_DAYS = 28
"""Days for which a rule must be known before it can be called rarely used: a shorter time cannot
reveal a monthly job."""


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
    """Of those: days on which all of these interfaces were logged all day, without lost records."""
    days_unlogged: int = 0
    """Days attached on which one of these interfaces had no flow logs at all."""
    days_rejects_only: int = 0
    """Days on which one of these interfaces had only flow logs that record rejected traffic."""
    days_lost: int = 0
    """Days on which records of these interfaces, or of unknown ones that may have carried the
    group, were lost or could not be read."""
    days_active: int = 0
    """Days on which one of these interfaces had any traffic at all."""
    never_logged: str | None = None
    """Traffic that the rule may have admitted and that flow logs never record."""
    last_used: str | None = None
    """YYYY-MM-DD, also of before the window; None when never."""


@dataclass(frozen=True)
class RuleFacts:
    """What the inventory says about a rule beside its use; texts are clauses for people."""

    new_since: str | None = None
    """The day (YYYY-MM-DD) it was first seen; None when the first snapshot of all had it."""
    broken_source: str | None = None
    """Why its source can be nobody."""
    has_configured_resources: bool = False
    """Whether something may carry its group later, as a launch template does."""
    resources: str = ""
    """What that is, and what was not looked at; empty when there is nothing to say."""


@dataclass(frozen=True)
class Limits:
    """Thresholds, from the settings."""

    minimum_days: int = 7
    """Days on which a rule must have been observed before it can be called unused."""
    rarely_used_threshold: int = 3
    """A rule that was used on fewer days than this is rarely used."""


@dataclass(frozen=True)
class Verdict:
    """The status of a rule, and why: a code for programs, and a clause for people."""

    reason_code: ReasonCode
    reason: str

    @property
    def status(self) -> Status:
        """The status that the reason code explains."""
        return self.reason_code.status


NO_FACTS = RuleFacts()
DEFAULT_LIMITS = Limits()


def verdict(
    counts: RuleCounts,
    window: Window,
    facts: RuleFacts = NO_FACTS,
    limits: Limits = DEFAULT_LIMITS,
) -> Verdict:
    """The verdict on a rule: use first, then doubts; `unused` only if there is no doubt."""
    period = f"from {window.first} to {window.last}"
    if counts.used_times:
        return _used(counts, period, limits)
    if counts.ambiguous_times:
        return _ambiguous(counts, period)
    doubts = (
        *_of_the_rule(counts, facts, period),
        *_of_the_days(counts, window, facts),
        *_of_the_logs(counts, limits, period),
    )
    return doubts[0] if doubts else _unused(counts, window)


def _used(counts: RuleCounts, period: str, limits: Limits) -> Verdict:
    """Used; rarely used only if it is so even when every ambiguous day counts as a day of use."""
    reason = (
        f"admitted {_count(counts.used_times, 'request record')} on "
        f"{_count(counts.days_used, 'day')} {period}, last on {counts.last_used}"
    )
    days_of_use = counts.days_used + counts.days_ambiguous
    if counts.days_known >= RARELY_NEEDS_DAYS and days_of_use < limits.rarely_used_threshold:
        return Verdict(ReasonCode.USED_ON_FEW_DAYS, reason)
    return Verdict(ReasonCode.USED, reason)


def _ambiguous(counts: RuleCounts, period: str) -> Verdict:
    open_question = (
        "the logs do not prove it"
        if counts.days_attached
        else "no snapshot shows an interface in use that carried its group, but one may have"
    )
    return Verdict(
        ReasonCode.MAY_HAVE_BEEN_USED,
        f"{_count(counts.ambiguous_times, 'record')} on {_count(counts.days_ambiguous, 'day')} "
        f"{period} may have been admitted by it; {open_question}",
    )


def _of_the_rule(counts: RuleCounts, facts: RuleFacts, period: str) -> Iterator[Verdict]:
    """Doubts about the rule itself, the most serious first."""
    if not counts.days_known:
        yield Verdict(
            ReasonCode.NOT_IN_INVENTORY,
            f"the inventory did not have it on any analysed day {period}",
        )
    if not counts.days_attached and counts.days_lost:
        yield _lost(counts, period)
    if not counts.days_attached:
        resources = f"; {facts.resources}" if facts.resources else ""
        code = (
            ReasonCode.CONFIGURED_RESOURCE
            if facts.has_configured_resources
            else ReasonCode.NO_INTERFACE
        )
        yield Verdict(code, f"no interface in use carried its group {period}{resources}")
    if facts.broken_source:
        yield Verdict(ReasonCode.BROKEN_SOURCE, f"its source is broken: {facts.broken_source}")
    if counts.never_logged:
        yield Verdict(
            ReasonCode.NEVER_LOGGED,
            f"it may have admitted what flow logs never record: {counts.never_logged}",
        )


def _of_the_days(counts: RuleCounts, window: Window, facts: RuleFacts) -> Iterator[Verdict]:
    """Doubts because days are missing, or the rule was another one on some of them."""
    period = f"from {window.first} to {window.last}"
    if facts.new_since and facts.new_since >= window.first:
        yield Verdict(
            ReasonCode.YOUNGER_THAN_WINDOW,
            f"it was first seen with its present ports and source on {facts.new_since}; the window "
            f"began on {window.first}",
        )
    if window.missing_days:
        yield Verdict(
            ReasonCode.DAYS_NOT_ANALYSED,
            f"{_count(window.missing_days, 'day')} {period} were not analysed",
        )
    if counts.days_known < window.analysed_days:
        yield Verdict(
            ReasonCode.YOUNGER_THAN_WINDOW,
            f"the inventory had it with its present ports and source on {counts.days_known:,} of "
            f"the {_count(window.analysed_days, 'day')} analysed {period}",
        )


def _of_the_logs(counts: RuleCounts, limits: Limits, period: str) -> Iterator[Verdict]:
    """Doubts because the interfaces of the group were not observed completely, or too shortly."""
    if counts.days_unlogged:
        yield Verdict(
            ReasonCode.NO_FLOW_LOGS,
            f"on {_count(counts.days_unlogged, 'day')} {period} an interface of its group had no "
            "flow logs",
        )
    if counts.days_lost:
        yield _lost(counts, period)
    if counts.days_rejects_only:
        yield Verdict(
            ReasonCode.ONLY_REJECTS_LOGGED,
            f"on {_count(counts.days_rejects_only, 'day')} {period} the flow logs of an interface "
            "of its group recorded rejected traffic only, as far as they show",
        )
    if counts.days_observed < counts.days_attached:
        missing = counts.days_attached - counts.days_observed
        yield Verdict(
            ReasonCode.MISSING_HOURS,
            f"on {_count(missing, 'day')} {period} the flow logs of an interface of its group lack "
            "half an hour or more",
        )
    if not counts.days_active:
        yield Verdict(
            ReasonCode.NO_TRAFFIC,
            f"the interfaces of its group had no traffic {period}; they may be on standby",
        )
    if counts.days_observed < limits.minimum_days:
        yield Verdict(
            ReasonCode.TOO_FEW_DAYS,
            f"an interface carried its group on {_count(counts.days_observed, 'day')} {period}; "
            f"{limits.minimum_days} are needed",
        )


def _lost(counts: RuleCounts, period: str) -> Verdict:
    return Verdict(
        ReasonCode.LOST_RECORDS,
        f"on {_count(counts.days_lost, 'day')} {period} records of interfaces that carried its "
        "group, or may have, were lost, could not be read, or were not written",
    )


def _unused(counts: RuleCounts, window: Window) -> Verdict:
    """Never used since it was first seen, or last used before the window."""
    seen = (
        f"all interfaces of its group were logged on all {_count(counts.days_observed, 'day')} "
        "on which it was attached"
    )
    period = f"from {window.first} to {window.last}"
    if counts.last_used is None:
        reason = f"it admitted no request {period}, nor on any earlier analysed day; {seen}"
        return Verdict(ReasonCode.NEVER_USED, reason)
    ago = (date.fromisoformat(window.last) - date.fromisoformat(counts.last_used)).days
    reason = (
        f"it admitted no request {period}; it was last used on {counts.last_used}, "
        f"{_count(ago, 'day')} before the end of the window; {seen}"
    )
    return Verdict(ReasonCode.NO_LONGER_USED, reason)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
