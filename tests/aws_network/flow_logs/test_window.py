"""A window of days: both ends inclusive, and numbers of days that add up."""

from datetime import date

import pytest

from aws_network.flow_logs.window import Window


@pytest.mark.parametrize(
    ("first", "last", "missing", "analysed"),
    [
        pytest.param("2026-11-01", "2026-11-01", 0, 1, id="one day"),
        pytest.param("2026-11-01", "2026-11-30", 0, 30, id="a month"),
        pytest.param("2026-12-30", "2027-01-02", 1, 3, id="a day is missing, across a year"),
    ],
)
def test_the_days_analysed_follow(first: str, last: str, missing: int, analysed: int) -> None:
    window = Window(first, last, missing)
    assert window.analysed_days == analysed
    assert window == Window(first, last, missing, analysed)


def test_a_window_by_its_last_day() -> None:
    window = Window.ending(date(2026, 11, 2), 3)
    assert window == Window("2026-10-31", "2026-11-02")
    assert [str(day) for day in window.days] == ["2026-10-31", "2026-11-01", "2026-11-02"]


def test_missing_days_count_for_its_length() -> None:
    window = Window("2026-11-01", "2026-11-30", missing_days=4)
    assert (window.length, len(window.days), window.analysed_days) == (30, 30, 26)


@pytest.mark.parametrize(
    ("day", "is_in"), [("10-31", False), ("11-01", True), ("11-30", True), ("12-01", False)]
)
def test_both_ends_are_in_it(day: str, is_in: bool) -> None:
    assert (date.fromisoformat(f"2026-{day}") in Window("2026-11-01", "2026-11-30")) == is_in


@pytest.mark.parametrize(
    ("first", "last", "missing", "analysed", "message"),
    [
        ("2026-11-31", "2026-12-01", 0, 1, "day is out of range"),
        ("2026-11-02", "2026-11-01", 0, 0, "ends before it begins"),
        ("2026-11-01", "2026-11-30", 1, 30, "30 days, not 30 analysed and 1 missing"),
    ],
)
def test_what_is_no_window(
    first: str, last: str, missing: int, analysed: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Window(first, last, missing, analysed)
