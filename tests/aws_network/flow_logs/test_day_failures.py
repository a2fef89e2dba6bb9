"""What becomes of days that fail on their own."""

from datetime import date, timedelta

import pytest

from aws_network.flow_logs.day_failures import (
    AllDaysFailedError,
    SomeDaysFailedError,
    raise_failures,
)

FIRST = date(2026, 11, 5)
DAYS = [FIRST + timedelta(days=number) for number in range(40)]


def failures(*numbers: int, message: str = "no header") -> dict[date, Exception]:
    return {DAYS[number]: ValueError(message) for number in numbers}


def test_no_failure_is_no_error() -> None:
    raise_failures({}, DAYS)


def test_a_day_alone_fails_with_its_own_error() -> None:
    with pytest.raises(ValueError, match=r"^no header$"):
        raise_failures(failures(0), DAYS[:1])


def test_some_days_are_named_in_order_each_with_its_reason() -> None:
    with pytest.raises(SomeDaysFailedError) as raised:
        raise_failures(failures(2, 0), DAYS[:3])
    assert str(raised.value) == (
        "2 of 3 days failed, the others are done: "
        "2026-11-05 ValueError: no header; 2026-11-07 ValueError: no header"
    )


def test_when_every_day_failed_nothing_is_said_to_be_done() -> None:
    with pytest.raises(AllDaysFailedError, match=r"^2 of 2 days failed: 2026-11-05 "):
        raise_failures(failures(0, 1), DAYS[:2])


def test_a_message_stays_short_and_names_every_day() -> None:
    with pytest.raises(SomeDaysFailedError) as raised:
        raise_failures(failures(*range(30), message="word\n" * 500), DAYS)
    told = str(raised.value)
    assert len(told) < 6000
    assert "\n" not in told
    assert all(str(day) in told for day in DAYS[:30])
