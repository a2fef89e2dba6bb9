"""Flow logs: which interfaces each one covers, what it records of them, and what goes wrong."""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from simulation.formats import FORMATS, FlowLogFormat
from simulation.intervals import DAY, Span
from simulation.network import Interface, Network
from simulation.records import Record

TrafficType = Literal["ALL", "ACCEPT", "REJECT"]
LONG_AGO = 1_704_067_200
"""The first second of 2024: when flow logs were made that have always been there."""
HOUR = 3_600
DELIVERY_TIME = 420
"""Seconds from the end of an object's share of the day to its arrival."""


@dataclass(frozen=True)
class FlowLog:
    """A flow log that delivers to S3. `resource_id`: a VPC, a subnet, an interface, or something
    else (a transit gateway, a regional NAT gateway) that covers no interface.

    `account_id` made it, and its objects lie in the folder of that account. `interval`: its longest
    aggregation interval in seconds, 60 or 600; those over one interface have the same.
    """

    flow_log_id: str
    resource_id: str
    account_id: str
    log_format: FlowLogFormat = FORMATS["custom"]
    traffic_type: TrafficType = "ALL"
    interval: int = 600
    created_at: int = LONG_AGO
    bucket: str = "flow-logs"
    prefix: str = ""

    @property
    def is_of_interfaces(self) -> bool:
        return self.resource_id.startswith(("vpc-", "subnet-", "eni-"))

    def covers(self, interface: Interface) -> bool:
        return self.resource_id in (interface.vpc_id, interface.subnet_id, interface.interface_id)

    def records(self, record: Record) -> bool:
        """Does it write the record of a flow? It does so from its creation on."""
        wanted = record.flow is None or self.traffic_type in ("ALL", record.flow.action)
        began = record.interval_end - self.interval + 1
        return wanted and self.created_at <= began and self.covers(record.interface)


@dataclass(frozen=True)
class Disruption:
    """Records of a flow log that come late, or never (`delivered_at` None).

    `is_reported`: meanwhile DescribeFlowLogs says that delivery fails.
    """

    flow_log_id: str
    span: Span
    delivered_at: int | None = None
    is_reported: bool = False


@dataclass(frozen=True)
class Repetition:
    """Records of a flow log that come in two objects, the second one with a later stamp."""

    flow_log_id: str
    span: Span


@dataclass(frozen=True)
class Logging:
    """The flow logs of a region, and what goes wrong with them.

    `skipped`: (interface, epoch second) whose interval is lost in all flow logs, as SKIPDATA.
    `by_interval`: a record lies in the folder of the day in which its interval ends, not of the day
    in which its last packet was seen. `tail`: seconds after the last day that are logged too.
    `others`: the records of flow logs that cover no interface, by flow log. `object_hours`: those
    at which an object begins, instead of one every five minutes; of a day that has only begun,
    the first one is there early.
    """

    flow_logs: tuple[FlowLog, ...]
    skipped: frozenset[tuple[str, int]] = frozenset()
    disruptions: tuple[Disruption, ...] = ()
    repetitions: tuple[Repetition, ...] = ()
    by_interval: bool = False
    tail: int = 0
    others: tuple[tuple[str, tuple[Record, ...]], ...] = ()
    object_hours: tuple[int, ...] = (0, 1, 6, 12, 18)
    _covering: dict[tuple[str, str, str], list[FlowLog]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @property
    def interval(self) -> int:
        return next(flow_log.interval for flow_log in self.flow_logs if flow_log.is_of_interfaces)

    def covering(self, interface: Interface) -> list[FlowLog]:
        """The flow logs over an interface."""
        key = (interface.interface_id, interface.subnet_id, interface.vpc_id)
        if key not in self._covering:
            self._covering[key] = [
                flow_log for flow_log in self.flow_logs if flow_log.covers(interface)
            ]
        return self._covering[key]

    def place(self, record: Record) -> int:
        """The second that decides in which object a record lies."""
        return record.interval_end if self.by_interval else record.end

    def object_of(self, record: Record) -> Span:
        """The seconds whose records lie in the same object."""
        place = self.place(record)
        day = place - place % DAY
        hours = (*self.object_hours, 24)
        number = bisect_right(hours, (place - day) // HOUR)
        return Span(day + hours[number - 1] * HOUR, day + hours[number] * HOUR)

    def disruption(self, flow_log: FlowLog, record: Record) -> Disruption | None:
        """What the record's object suffers."""
        for disruption in self.disruptions:
            if (
                disruption.flow_log_id == flow_log.flow_log_id
                and self.place(record) in disruption.span
            ):
                return disruption
        return None

    def is_repeated(self, flow_log: FlowLog, record: Record) -> bool:
        place = self.place(record)
        return any(
            repetition.flow_log_id == flow_log.flow_log_id and place in repetition.span
            for repetition in self.repetitions
        )

    def delivered_at(self, flow_log: FlowLog, record: Record) -> int | None:
        """When the record's object comes; None if it never does."""
        disruption = self.disruption(flow_log, record)
        if disruption:
            return disruption.delivered_at
        return self.object_of(record).after + DELIVERY_TIME


def flow_logs_of(
    network: Network,
    resources: Iterable[str],
    log_format: FlowLogFormat = FORMATS["custom"],
    interval: int = 600,
) -> tuple[FlowLog, ...]:
    """A flow log of each of the resources."""
    return tuple(
        FlowLog(flow_log_id(resource), resource, network.account_id, log_format, interval=interval)
        for resource in resources
    )


def flow_log_id(resource_id: str, number: int = 0) -> str:
    """An id for the n-th flow log of a resource."""
    first, second = (zlib.crc32(f"{part}{resource_id}{number}".encode()) for part in "ab")
    return f"fl-0{first:08x}{second:08x}"
