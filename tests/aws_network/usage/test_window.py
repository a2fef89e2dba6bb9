"""The window of days that a verdict speaks of."""

from datetime import date

import pytest

from aws_network.flow_logs.window import Window
from aws_network.usage.window import window_of

WINDOWS: list[tuple[str, list[int], int, Window]] = [
    ("one day", [5], 90, Window("2026-11-05", "2026-11-05", 0)),
    ("a window longer than what was analysed", [3, 4, 5], 7, Window("2026-11-03", "2026-11-05", 0)),
    ("the last days only", [1, 2, 3, 4, 5], 2, Window("2026-11-04", "2026-11-05", 0)),
    ("a window of exactly what was analysed", [1, 2, 3], 3, Window("2026-11-01", "2026-11-03", 0)),
    ("days in between are missing", [1, 5, 9], 90, Window("2026-11-01", "2026-11-09", 6)),
    ("missing before the window: no matter", [1, 8, 9], 2, Window("2026-11-08", "2026-11-09", 0)),
    ("missing at its beginning", [1, 8, 9], 4, Window("2026-11-06", "2026-11-09", 2)),
    ("in any order, some twice", [5, 3, 4, 4], 90, Window("2026-11-03", "2026-11-05", 0)),
    ("a window of one day", [1, 2], 1, Window("2026-11-02", "2026-11-02", 0)),
]


@pytest.mark.parametrize(
    ("days", "length", "window"), [each[1:] for each in WINDOWS], ids=[each[0] for each in WINDOWS]
)
def test_windows(days: list[int], length: int, window: Window) -> None:
    assert window_of([date(2026, 11, day) for day in days], length) == window


def test_across_a_year() -> None:
    days = [date(2026, 12, 30), date(2027, 1, 2)]
    assert window_of(days, 90) == Window("2026-12-30", "2027-01-02", 2)
