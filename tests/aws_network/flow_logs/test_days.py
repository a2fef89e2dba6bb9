"""Days and times, as arguments of the jobs."""

from datetime import UTC, date, datetime

import pytest

from aws_network.flow_logs.days import (
    LONGEST_RANGE,
    InvalidDayError,
    parse_day,
    parse_days,
    parse_time,
)

TODAY = date(2026, 11, 24)


def test_both_ends_are_included_across_months() -> None:
    assert parse_days("2026-10-30", "2026-11-02", TODAY) == [
        date(2026, 10, 30),
        date(2026, 10, 31),
        date(2026, 11, 1),
        date(2026, 11, 2),
    ]


def test_one_day_and_yesterday_and_the_longest_range() -> None:
    assert parse_days("2026-11-23", "2026-11-23", TODAY) == [date(2026, 11, 23)]
    assert len(parse_days("2025-10-20", "2026-11-23", TODAY)) == LONGEST_RANGE
    assert parse_day("2024-02-29", "from_day") == date(2024, 2, 29)


REFUSED = [
    ("2026-11-02", "2026-11-01", "from_day 2026-11-02 is after to_day 2026-11-01"),
    ("2026-11-23", "2026-11-24", "to_day 2026-11-24 has not ended yet"),
    ("2026-11-25", "2026-11-26", "to_day 2026-11-26 has not ended yet"),
    ("2025-10-19", "2026-11-23", "is more than 400 days"),
    ("2026-11-1", "2026-11-02", "from_day: '2026-11-1' is not a day"),
    ("20261101", "2026-11-02", "from_day: '20261101' is not a day"),
    ("2026-W45-1", "2026-11-02", "from_day: '2026-W45-1' is not a day"),
    ("2026-11-01", "2026-02-30", "to_day: '2026-02-30' is not a day"),
    ("2026-11-01", "2026-11-02 ", "to_day: '2026-11-02 ' is not a day"),
    ("2026-11-01", "", "to_day: '' is not a day"),
    ("2026-11-01", "yesterday", "write YYYY-MM-DD"),
    ("2026-11-01", "2026-11-02T00:00:00Z", "is not a day"),
]


@pytest.mark.parametrize(("first", "last", "reason"), REFUSED)
def test_a_range_that_cannot_be_analysed(first: str, last: str, reason: str) -> None:
    with pytest.raises(InvalidDayError) as raised:
        parse_days(first, last, TODAY)
    assert reason in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T02:00:00Z",
        "2026-11-24T02:00:00.000Z",
        "2026-11-24T02:00:00+00:00",
        "2026-11-24T03:00:00+01:00",
        "2026-11-23T21:00:00-05:00",
    ],
)
def test_a_time_is_read_in_utc(text: str) -> None:
    assert parse_time(text) == datetime(2026, 11, 24, 2, tzinfo=UTC)
    assert parse_time(text).utcoffset() == UTC.utcoffset(None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-11-24T02:00:00", "has no time zone"),
        ("2026-11-24", "has no time zone"),
        ("tomorrow", "is not a time"),
        ("", "is not a time"),
        ("2026-11-24T25:00:00Z", "is not a time"),
    ],
)
def test_no_time_is_guessed(text: str, reason: str) -> None:
    with pytest.raises(InvalidDayError, match=reason):
        parse_time(text)
