"""Aggregation intervals: each interface counts its packets by a clock of its own."""

from __future__ import annotations

import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache

from simulation.records import midnight

DAY = 86_400
HALF_HOUR = 1_800

Window = tuple[str, int]
"""An interface's id and the number of one of its aggregation intervals."""


@dataclass(frozen=True)
class Span:
    """Epoch seconds from `first` to before `after`."""

    first: int
    after: int

    def __contains__(self, second: int) -> bool:
        return self.first <= second < self.after


def span_of(days: Collection[date], tail: int = 0) -> Span:
    """From the first of successive days to the last, and so many seconds of the day after."""
    return Span(midnight(min(days)), midnight(max(days)) + DAY + tail)


def window_of(interface_id: str, at: int, interval: int) -> int:
    """The aggregation interval a second falls in."""
    return (at - _phase(interface_id, interval)) // interval


def bounds(interface_id: str, window: int, interval: int) -> tuple[int, int]:
    """The first and the last second of an aggregation interval."""
    start = window * interval + _phase(interface_id, interval)
    return start, start + interval - 1


@cache
def _phase(interface_id: str, interval: int) -> int:
    return zlib.crc32(interface_id.encode()) % interval
