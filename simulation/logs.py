"""What flow logs write and deliver of the traffic, and what is missing from them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from simulation.connections import Connection
from simulation.flow_logs import FlowLog, Logging
from simulation.history import History
from simulation.intervals import Span, bounds, span_of, window_of
from simulation.nodata import nodata
from simulation.records import Record
from simulation.traffic import Traffic, aggregate


@dataclass(frozen=True)
class Logs:
    """Records in the order of their ends.

    `records`: those that were delivered, each once, though several flow logs may hold it. `lost`:
    those that SKIPDATA or a missing object lost. `unlogged`: those that no flow log was there to
    write, or that AWS never records. `by_flow_log`: what each flow log delivered.
    """

    records: tuple[Record, ...]
    lost: tuple[Record, ...]
    unlogged: tuple[Record, ...]
    by_flow_log: Mapping[str, tuple[Record, ...]]


def observe(
    history: History, connections: Iterable[Connection], days: Collection[date], logging: Logging
) -> Logs:
    """The flow logs of successive UTC days, of connections that may reach beyond them."""
    traffic = aggregate(history, connections, logging.interval)
    return delivered(history, traffic, span_of(days, logging.tail), logging)


def delivered(
    history: History, traffic: Traffic, span: Span, logging: Logging, by: int | None = None
) -> Logs:
    """What becomes of the records that end in the span; with `by`, as it is at that second."""
    sorting = _Sorting(logging, by)
    skipped = {(eni, window_of(eni, second, logging.interval)) for eni, second in logging.skipped}
    for window, records in traffic.items():
        for record in records:
            if record.end in span:
                sorting.add(record, is_skipped=window in skipped)
    for eni, number in sorted(skipped):
        start, end = bounds(eni, number, logging.interval)
        if end in span:
            sorting.write(Record(history.interfaces[eni], start, end, end, log_status="SKIPDATA"))
    for flow_log in logging.flow_logs:
        sorting.written[flow_log.flow_log_id] += nodata(
            history, flow_log, sorting.written[flow_log.flow_log_id], span
        )
    return sorting.logs()


class _Sorting:
    """Records on their way into flow logs, or not."""

    def __init__(self, logging: Logging, by: int | None) -> None:
        self.logging, self.by = logging, by
        self.written: dict[str, list[Record]] = {
            flow_log.flow_log_id: [] for flow_log in logging.flow_logs
        }
        self.lost: list[Record] = []
        self.unlogged: list[Record] = []

    def add(self, record: Record, *, is_skipped: bool) -> None:
        if not record.is_recorded or not self._writers(record):
            self.unlogged.append(record)
        elif is_skipped or not self.write(record):
            self.lost.append(record)

    def write(self, record: Record) -> bool:
        """Writes the record in all flow logs that should have it: does any deliver it?"""
        writers = self._writers(record)
        for flow_log in writers:
            self.written[flow_log.flow_log_id].append(record)
        return any(self._has_come(flow_log, record) for flow_log in writers)

    def _writers(self, record: Record) -> list[FlowLog]:
        covering = self.logging.covering(record.interface)
        return [flow_log for flow_log in covering if flow_log.records(record)]

    def _has_come(self, flow_log: FlowLog, record: Record) -> bool:
        at = self.logging.delivered_at(flow_log, record)
        return at is not None and (self.by is None or at <= self.by)

    def logs(self) -> Logs:
        by_flow_log = {
            flow_log.flow_log_id: _in_order(
                record
                for record in self.written[flow_log.flow_log_id]
                if self._has_come(flow_log, record)
            )
            for flow_log in self.logging.flow_logs
        }
        once = {_identity(record): record for records in by_flow_log.values() for record in records}
        by_flow_log |= dict(self.logging.others)
        lost, unlogged = _in_order(self.lost), _in_order(self.unlogged)
        return Logs(_in_order(once.values()), lost, unlogged, by_flow_log)


def _identity(record: Record) -> tuple[object, ...]:
    """Flow logs over one interface share the records of its traffic."""
    if record.flow:
        return (id(record),)
    return record.interface.interface_id, record.start, record.log_status


def _in_order(records: Iterable[Record]) -> tuple[Record, ...]:
    return tuple(
        sorted(
            records, key=lambda record: (record.end, record.start, record.interface.interface_id)
        )
    )
