"""What there is to record of connections: one record per interface, flow and interval."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from simulation.connections import Connection
from simulation.history import History
from simulation.intervals import Window, bounds, window_of
from simulation.paths import ObservedBurst, observed_bursts
from simulation.records import Flow, Record

Traffic = Mapping[Window, list[Record]]


def aggregate(history: History, connections: Iterable[Connection], interval: int) -> Traffic:
    """The records of all the traffic, by interval, first seen first."""
    flows: dict[Window, dict[Flow, list[ObservedBurst]]] = defaultdict(dict)
    for connection in connections:
        for seen in observed_bursts(history, connection):
            eni = seen.interface.interface_id
            window = (eni, window_of(eni, seen.burst.at, interval))
            flows[window].setdefault(seen.flow, []).append(seen)
    return {
        window: [_record(flow, seen, bounds(*window, interval)[1]) for flow, seen in shown.items()]
        for window, shown in flows.items()
    }


def _record(flow: Flow, seen: list[ObservedBurst], interval_end: int) -> Record:
    bursts = [sight.burst for sight in seen]
    flags = 0
    for burst in bursts:
        flags |= burst.flags
    return Record(
        interface=seen[0].interface,
        start=min(burst.at for burst in bursts),
        end=max(burst.at for burst in bursts),
        interval_end=interval_end,
        flow=flow,
        packets=sum(burst.packets for burst in bursts),
        size=sum(burst.size for burst in bursts),
        flags=flags,
        conversation=seen[0].conversation,
        is_request=bursts[0].from_client,
        is_recorded=seen[0].is_recorded,
    )
