"""UTC calendar days, as in the delivery path of flow logs and in every table of the lake."""

import re
from datetime import UTC, date, datetime, timedelta

LONGEST_RANGE = 400
"""Most days in one run, and longest window that a status can cover."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class InvalidDayError(ValueError):
    """A day, or a range of days, that cannot be analysed."""


def parse_day(text: str, parameter: str) -> date:
    """The day that YYYY-MM-DD names. Raises InvalidDayError, naming the parameter."""
    try:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidDayError(f"{parameter}: {text!r} is not a day; write YYYY-MM-DD") from None


def parse_days(from_day: str, to_day: str, today: date) -> list[date]:
    """All days from `from_day` to `to_day`, both inclusive, in order.

    Raises InvalidDayError for a reversed range, for more than LONGEST_RANGE days, and for days
    that have not ended by the beginning of `today`: their flow logs are not complete yet.
    """
    first, last = parse_day(from_day, "from_day"), parse_day(to_day, "to_day")
    if first > last:
        raise InvalidDayError(f"from_day {first} is after to_day {last}; swap them")
    if last >= today:
        raise InvalidDayError(
            f"to_day {last} has not ended yet; the last day to analyse is the day before {today}"
        )
    if (last - first).days >= LONGEST_RANGE:
        raise InvalidDayError(
            f"{first} to {last} is more than {LONGEST_RANGE} days; split the range"
        )
    return days_between(first, last)


def days_between(first: date, last: date) -> list[date]:
    """The days from `first` to `last`, both inclusive; none if reversed."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def days_before(day: date, number: int) -> list[date]:
    """The `number` days that end with the one before `day`."""
    return days_between(day - timedelta(days=number), day - timedelta(days=1))


def midnight(day: date) -> int:
    """The second, since 1970, at which a day begins."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def parse_time(text: str) -> datetime:
    """A time in UTC from ISO 8601 with a time zone, as Step Functions and EventBridge write it."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidDayError(
            f"{text!r} is not a time; write it like 2026-11-24T02:00:00Z"
        ) from None
    if moment.tzinfo is None:
        raise InvalidDayError(f"{text!r} has no time zone; write it like 2026-11-24T02:00:00Z")
    return moment.astimezone(UTC)
