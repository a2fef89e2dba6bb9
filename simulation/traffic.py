"""What flow logs record of connections: one record per interface, flow and aggregation interval."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from simulation.connections import Burst, Connection
from simulation.journeys import Sighting, sightings
from simulation.network import Interface, Network
from simulation.records import Flow, Record, midnight


@dataclass(frozen=True)
class Logging:
    """How flow logs are set up, and how well they work.

    `interval`: the aggregation interval in seconds (60 or 600). `unlogged`: interfaces without a
    flow log. `skipped`: (interface, epoch second) whose interval is lost as SKIPDATA.
    `nodata_per_day`: at most so many quiet intervals of a day are reported of each interface of
    the snapshot (AWS reports every one).
    """

    interval: int = 60
    unlogged: frozenset[str] = frozenset()
    skipped: frozenset[tuple[str, int]] = frozenset()
    nodata_per_day: int = 2


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
    kept += _nodata(network, busy | skipped, days, logging)
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
    network: Network, busy: set[tuple[str, int]], days: Collection[date], logging: Logging
) -> Iterator[Record]:
    for interface in network.interfaces:
        if interface.in_snapshot and interface.interface_id not in logging.unlogged:
            for day in days:
                yield from _quiet_records(interface, day, busy, logging)


def _quiet_records(
    interface: Interface, day: date, busy: set[tuple[str, int]], logging: Logging
) -> Iterator[Record]:
    eni, interval = interface.interface_id, logging.interval
    first = window_of(eni, midnight(day), interval) + 1
    last = window_of(eni, midnight(day + timedelta(days=1)), interval)
    quiet = [window for window in range(first, last) if (eni, window) not in busy]
    step = max(1, len(quiet) // max(1, logging.nodata_per_day))
    for window in quiet[::step][: logging.nodata_per_day]:
        start, end = _bounds(eni, window, interval)
        yield Record(interface, start, end, log_status="NODATA")


def _bounds(interface_id: str, window: int, interval: int) -> tuple[int, int]:
    start = window * interval + _phase(interface_id, interval)
    return start, start + interval - 1
