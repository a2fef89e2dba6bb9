"""What flow logs record of connections: one record per interface, flow and aggregation interval."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from simulation.connections import Burst, Connection
from simulation.journeys import Sighting, sightings
from simulation.network import Network
from simulation.records import Flow, Record, midnight

HALF_HOUR = 1800


@dataclass(frozen=True)
class Logging:
    """How flow logs are set up, and how well they work.

    `interval`: the aggregation interval in seconds (60 or 600). `unlogged`: interfaces without a
    flow log. `skipped`: (interface, epoch second) whose interval is lost as SKIPDATA.
    """

    interval: int = 60
    unlogged: frozenset[str] = frozenset()
    skipped: frozenset[tuple[str, int]] = frozenset()


ONE_MINUTE = Logging()


@dataclass(frozen=True)
class Logs:
    """The records delivered, by their end, and those that were lost or never logged."""

    records: tuple[Record, ...]
    lost: tuple[Record, ...]


def observe(
    network: Network,
    connections: Iterable[Connection],
    days: Collection[date],
    logging: Logging = ONE_MINUTE,
) -> Logs:
    """The flow logs of the given UTC days, of connections that may reach beyond them."""
    skipped = {(eni, window_of(eni, at, logging.interval)) for eni, at in logging.skipped}
    traffic = _aggregate(network, connections, logging.interval)
    busy: set[tuple[str, int]] = set()
    kept: list[Record] = []
    lost: list[Record] = []
    for (eni, window), records in traffic.items():
        busy.add((eni, window))
        gone = eni in logging.unlogged or (eni, window) in skipped
        (lost if gone else kept).extend(record for record in records if record.day in days)
    kept += _skipdata(network, skipped, days, logging)
    kept += list(_nodata(network, busy | skipped, kept, days, logging))
    kept.sort(key=lambda record: (record.end, record.start, record.interface.interface_id))
    return Logs(tuple(kept), tuple(lost))


def window_of(interface_id: str, at: int, interval: int) -> int:
    """The aggregation interval a second falls in; each interface's clock has its own phase."""
    return (at - _phase(interface_id, interval)) // interval


def _phase(interface_id: str, interval: int) -> int:
    return zlib.crc32(interface_id.encode()) % interval


def _aggregate(
    network: Network, connections: Iterable[Connection], interval: int
) -> dict[tuple[str, int], list[Record]]:
    """(interface, window) -> the records of that window, first seen first."""
    bursts: dict[tuple[str, int], dict[Flow, list[Sighting]]] = defaultdict(dict)
    for connection in connections:
        for seen in sightings(network, connection):
            eni = seen.interface.interface_id
            window = (eni, window_of(eni, seen.burst.at, interval))
            bursts[window].setdefault(seen.flow, []).append(seen)
    return {
        window: [_record(flow, seen) for flow, seen in flows.items()]
        for window, flows in bursts.items()
    }


def _record(flow: Flow, seen: list[Sighting]) -> Record:
    bursts: list[Burst] = [each.burst for each in seen]
    flags = 0
    for burst in bursts:
        flags |= burst.flags
    return Record(
        interface=seen[0].interface,
        start=min(burst.at for burst in bursts),
        end=max(burst.at for burst in bursts),
        flow=flow,
        packets=sum(burst.packets for burst in bursts),
        size=sum(burst.size for burst in bursts),
        flags=flags,
        conversation=seen[0].conversation,
        is_request=bursts[0].from_client,
    )


def _skipdata(
    network: Network, skipped: set[tuple[str, int]], days: Collection[date], logging: Logging
) -> Iterator[Record]:
    for eni, window in sorted(skipped):
        start, end = _bounds(eni, window, logging.interval)
        record = Record(network.interface[eni], start, end, log_status="SKIPDATA")
        if record.day in days:
            yield record


def _nodata(
    network: Network,
    busy: set[tuple[str, int]],
    records: Iterable[Record],
    days: Collection[date],
    logging: Logging,
) -> Iterator[Record]:
    """One quiet interval as NODATA of each half hour of the day of which there is no record yet.

    AWS reports every quiet interval; one in half an hour says as much in far fewer records.
    """
    told = {(each.interface.interface_id, _half_hour(each)) for each in records}
    for interface in network.interfaces:
        eni = interface.interface_id
        if eni not in logging.unlogged:
            for slot in _half_hours(days):
                window = _quiet_window(eni, slot, busy, logging.interval)
                if (eni, slot) not in told and window is not None:
                    start, end = _bounds(eni, window, logging.interval)
                    yield Record(interface, start, end, log_status="NODATA")


def _half_hours(days: Collection[date]) -> Iterator[int]:
    """The epoch second at which each half hour of the days begins."""
    for day in days:
        yield from range(midnight(day), midnight(day) + 86_400, HALF_HOUR)


def _half_hour(record: Record) -> int | None:
    """Where the half hour begins in which the record lies; None if it lies in two."""
    start = record.start - record.start % HALF_HOUR
    return start if record.end < start + HALF_HOUR else None


def _quiet_window(
    interface_id: str, slot: int, busy: set[tuple[str, int]], interval: int
) -> int | None:
    """The first window that lies in the half hour and that nothing else is told of."""
    first = window_of(interface_id, slot - 1, interval) + 1
    after = window_of(interface_id, slot + HALF_HOUR, interval)
    quiet = (each for each in range(first, after) if (interface_id, each) not in busy)
    return next(quiet, None)


def _bounds(interface_id: str, window: int, interval: int) -> tuple[int, int]:
    start = window * interval + _phase(interface_id, interval)
    return start, start + interval - 1
