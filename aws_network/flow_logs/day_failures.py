"""Days that fail on their own: the others continue, and an error at the end names every one."""

import logging
from collections.abc import Collection, Mapping
from datetime import date

logger = logging.getLogger(__name__)

_MOST_NAMED = 15
_LONGEST_REASON = 300


class SomeDaysFailedError(RuntimeError):
    """Some days failed, the others are done. The state machine looks for this name."""


class AllDaysFailedError(RuntimeError):
    """None of several days could be done."""


def raise_failures(failures: Mapping[date, Exception], days: Collection[date]) -> None:
    """Raises one error for the failures of some of the `days`; returns if there are none.

    If there was only one day, its own error is raised.
    """
    for day, error in sorted(failures.items()):
        logger.error("%s failed: %s: %s", day, type(error).__name__, error)
    if not failures:
        return
    if len(days) == 1:
        raise next(iter(failures.values()))
    is_every_day = len(failures) == len(days)
    kind = AllDaysFailedError if is_every_day else SomeDaysFailedError
    raise kind(
        f"{len(failures)} of {len(days)} days failed"
        f"{'' if is_every_day else ', the others are done'}: {_named(failures)}"
    )


def _named(failures: Mapping[date, Exception]) -> str:
    """`2026-11-05 FormatError: ...; 2026-11-07 QueryFailedError: ...` in the order of the days."""
    days = sorted(failures)
    parts = [f"{day} {_reason(failures[day])}" for day in days[:_MOST_NAMED]]
    further = days[_MOST_NAMED:]
    if further:
        parts.append(f"also {', '.join(map(str, further))}: see the job's log")
    return "; ".join(parts)


def _reason(error: Exception) -> str:
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return text if len(text) <= _LONGEST_REASON else f"{text[: _LONGEST_REASON - 3]}..."
