"""The last use of rules before a window: right after a rerun, without reading all days again."""

from datetime import date
from typing import Any

import pytest

from aws_network.stores.lake import Lake
from aws_network.stores.lake_tables import RULE_USAGE_DAILY
from aws_network.stores.last_uses import last_uses_before

WINDOW_BEGINS = date(2026, 11, 10)


def put_day(lake: Lake, day: str, uses: dict[str, int]) -> None:
    nothing: dict[str, Any] = {column.name: None for column in RULE_USAGE_DAILY.columns}
    rows = [
        {**nothing, "sg_rule_id": rule_id, "rule_version": "v1", "used_times": times}
        for rule_id, times in uses.items()
    ]
    lake.put_rows(RULE_USAGE_DAILY, date.fromisoformat(day), rows)


def test_the_last_use_is_found_in_whole_months_and_in_the_one_that_the_window_cuts(
    lake: Lake,
) -> None:
    put_day(lake, "2026-09-30", {"sgr-1": 3, "sgr-2": 1})
    put_day(lake, "2026-10-01", {"sgr-1": 1, "sgr-2": 0})
    put_day(lake, "2026-11-09", {"sgr-3": 1})
    put_day(lake, "2026-11-10", {"sgr-4": 1})
    assert last_uses_before(lake, WINDOW_BEGINS) == {
        ("sgr-1", "v1"): "2026-10-01",
        ("sgr-2", "v1"): "2026-09-30",
        ("sgr-3", "v1"): "2026-11-09",
    }


def test_a_day_that_is_analysed_again_is_seen(lake: Lake) -> None:
    put_day(lake, "2026-10-01", {"sgr-1": 1})
    assert last_uses_before(lake, WINDOW_BEGINS) == {("sgr-1", "v1"): "2026-10-01"}
    put_day(lake, "2026-10-01", {"sgr-1": 0, "sgr-2": 1})
    assert last_uses_before(lake, WINDOW_BEGINS) == {("sgr-2", "v1"): "2026-10-01"}


def test_a_day_that_is_added_later_is_seen(lake: Lake) -> None:
    put_day(lake, "2026-10-01", {"sgr-1": 1})
    last_uses_before(lake, WINDOW_BEGINS)
    put_day(lake, "2026-10-05", {"sgr-1": 1})
    assert last_uses_before(lake, WINDOW_BEGINS) == {("sgr-1", "v1"): "2026-10-05"}


def test_a_month_is_read_once(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    put_day(lake, "2026-10-01", {"sgr-1": 1})
    put_day(lake, "2026-11-08", {"sgr-2": 1})
    first = last_uses_before(lake, WINDOW_BEGINS)
    read: list[date] = []
    rows = Lake.rows

    def spied(self: Lake, table: Any, day: date, columns: Any = None) -> Any:
        read.append(day)
        return rows(self, table, day, columns)

    monkeypatch.setattr(Lake, "rows", spied)
    assert last_uses_before(lake, WINDOW_BEGINS) == first
    assert read == [date(2026, 11, 8)]
