"""Objects and lines of the flow logs that could not be read, and the reasons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from aws_network.flow_logs.objects import REASONS

COLUMNS = ("account_id", "region", "object", "reason", "hides_records", "lines", "detail")
"""The columns that `from_rows` reads."""


@dataclass(frozen=True)
class Unread:
    """An object of a day that was not read, or lines of an object."""

    day: date
    account_id: str
    region: str
    object: str
    reason: str
    """In words."""
    detail: str
    hides_records: bool
    """Whether it may contain records that were not read."""
    lines: int | None
    """None: the whole object."""


@dataclass(frozen=True)
class Unreadable:
    """Everything unreadable in the window, the most serious first."""

    rows: tuple[Unread, ...] = ()

    @property
    def objects(self) -> int:
        """Number of objects that were not read and may contain records."""
        return sum(row.lines is None and row.hides_records for row in self.rows)

    @property
    def left_alone(self) -> int:
        """Number of objects without new records: duplicates, and files that are not flow logs."""
        return sum(row.lines is None and not row.hides_records for row in self.rows)

    @property
    def lines(self) -> int:
        """Number of unreadable lines in readable objects."""
        return sum(row.lines or 0 for row in self.rows)

    @property
    def blind_days(self) -> int:
        """Number of days with an unreadable object that may contain records."""
        return len({row.day for row in self.rows if row.lines is None and row.hides_records})


def from_rows(days: Iterable[tuple[date, Iterable[Mapping[str, Any]]]]) -> Unreadable:
    """Shape the rows of sg_flow_unreadable_daily."""
    rows = [_row(day, row) for day, rows in days for row in rows]
    return Unreadable(tuple(sorted(rows, key=_severity)))


def _row(day: date, row: Mapping[str, Any]) -> Unread:
    return Unread(
        day=day,
        account_id=row["account_id"] or "",
        region=row["region"] or "",
        object=row["object"] or "",
        reason=REASONS.get(row["reason"] or "", row["reason"] or "not known"),
        detail=row["detail"] or "",
        hides_records=row["hides_records"],
        lines=row["lines"],
    )


def _severity(row: Unread) -> tuple[object, ...]:
    return not row.hides_records, row.lines is not None, -(row.lines or 0), row.day, row.object
