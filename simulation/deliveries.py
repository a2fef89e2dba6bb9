"""The objects that flow logs deliver to S3."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from simulation.flow_logs import FlowLog, Logging
from simulation.formats import delivery_path, encoded
from simulation.logs import Logs
from simulation.network import Network
from simulation.records import Record

SECOND_STAMP = 300
"""Seconds by which the stamp of an object that comes a second time is later."""


@dataclass(frozen=True)
class Delivery:
    """An object; `key` is its path from AWSLogs on, `delivered_at` an epoch second."""

    flow_log: FlowLog
    key: Path
    records: tuple[Record, ...]
    delivered_at: int


def deliveries(network: Network, logs: Logs, logging: Logging) -> list[Delivery]:
    """The objects of all flow logs in the order of their keys."""
    found = [
        delivery
        for flow_log in logging.flow_logs
        for delivery in _of_flow_log(network, flow_log, logs, logging)
    ]
    return sorted(found, key=lambda delivery: delivery.key)


def _of_flow_log(
    network: Network, flow_log: FlowLog, logs: Logs, logging: Logging
) -> Iterator[Delivery]:
    """What came late, of an object's share of a day, is an object of its own."""
    objects: dict[tuple[int, int], list[Record]] = defaultdict(list)
    again: dict[tuple[int, int], list[Record]] = defaultdict(list)
    for record in logs.by_flow_log[flow_log.flow_log_id]:
        delivered_at = logging.delivered_at(flow_log, record)
        assert delivered_at is not None
        share = (logging.object_of(record).first, delivered_at)
        objects[share].append(record)
        if logging.is_repeated(flow_log, record):
            again[share].append(record)
    for later, shares in ((0, objects), (SECOND_STAMP, again)):
        for (start, delivered_at), records in shares.items():
            key = delivery_path(
                network,
                flow_log.log_format,
                start + later,
                f"{flow_log.flow_log_id} {delivered_at}",
                flow_log.flow_log_id,
                flow_log.account_id,
            )
            yield Delivery(flow_log, key, tuple(records), delivered_at + later)


def write_flow_logs(folder: Path, network: Network, objects: Iterable[Delivery]) -> list[Path]:
    """Writes folder/AWSLogs/... and returns the files in order."""
    paths = []
    for delivery in objects:
        path = folder / delivery.flow_log.prefix / delivery.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(delivery.records, network, delivery.flow_log.log_format))
        paths.append(path)
    return paths
