"""The silence of an interface as a flow log tells of it: NODATA.

AWS writes a record for every quiet interval. One in each half hour of which there is no other
record says as much: that the flow log was at work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simulation.flow_logs import FlowLog
from simulation.history import History
from simulation.intervals import HALF_HOUR, Span, Window, bounds, window_of
from simulation.network import Interface
from simulation.records import Record


def nodata(
    history: History, flow_log: FlowLog, records: Iterable[Record], span: Span
) -> Iterator[Record]:
    """What the flow log has to add to its other records, as long as interfaces are in use."""
    told = {(record.interface.interface_id, _half_hour(record)) for record in records}
    busy = {_window(record, flow_log.interval) for record in records}
    for interface in history.interfaces.values():
        if flow_log.covers(interface):
            for since, until in history.spans_in_use.get(interface.interface_id, []):
                logged = Span(max(since, flow_log.created_at, span.first), min(until, span.after))
                yield from _quiet(interface, flow_log.interval, logged, told, busy)


def _quiet(
    interface: Interface,
    interval: int,
    span: Span,
    told: set[tuple[str, int | None]],
    busy: set[Window],
) -> Iterator[Record]:
    eni = interface.interface_id
    first = span.first - span.first % HALF_HOUR
    for slot in range(first, span.after, HALF_HOUR):
        if (eni, slot) not in told:
            within = Span(max(slot, span.first), min(slot + HALF_HOUR, span.after))
            for window in _windows(eni, within, interval):
                if (eni, window) not in busy:
                    start, end = bounds(eni, window, interval)
                    yield Record(interface, start, end, end, log_status="NODATA")
                    break


def _windows(interface_id: str, span: Span, interval: int) -> range:
    """The intervals that lie in the span as a whole."""
    first = window_of(interface_id, span.first - 1, interval) + 1
    return range(first, window_of(interface_id, span.after, interval))


def _window(record: Record, interval: int) -> Window:
    eni = record.interface.interface_id
    return eni, window_of(eni, record.end, interval)


def _half_hour(record: Record) -> int | None:
    """Where the half hour begins in which the record lies; None if it lies in two."""
    start = record.start - record.start % HALF_HOUR
    return start if record.end < start + HALF_HOUR else None
