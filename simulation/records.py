"""A flow-log record, with what its line does not say: whose conversation it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from simulation.network import Direction, Interface
from simulation.security import Request

Action = Literal["ACCEPT", "REJECT"]
LogStatus = Literal["OK", "NODATA", "SKIPDATA"]


@dataclass(frozen=True)
class Conversation:
    """A connection as one interface takes part in it, asked about at the second `opened`.

    `is_related`: no rule is asked, since it is an error about another conversation.
    """

    interface_id: str
    request: Request
    client_port: int
    own_address: str
    opened: int
    is_related: bool = False


@dataclass(frozen=True)
class Flow:
    """What one record counts the packets of. `source` and `target` are as srcaddr and dstaddr
    show them, `packet_source` and `packet_target` as the packet has them."""

    direction: Direction
    action: Action
    protocol: int
    source: str
    source_port: int
    target: str
    target_port: int
    packet_source: str
    packet_target: str


@dataclass(frozen=True)
class Record:
    """One line of a flow log; `start` and `end` are epoch seconds, both inclusive, and so is
    `interval_end`, the last second of the aggregation interval.

    `conversation` is None where no security group rule is asked (a NAT gateway) and in records
    without data, whose `flow` is None too. `is_request`: sent by the end that opened it.
    `is_recorded` False: traffic of which AWS writes no record; this one is there for the truth.
    """

    interface: Interface
    start: int
    end: int
    interval_end: int
    log_status: LogStatus = "OK"
    flow: Flow | None = None
    packets: int = 0
    size: int = 0
    flags: int = 0
    conversation: Conversation | None = None
    is_request: bool = False
    is_recorded: bool = True

    @property
    def day(self) -> date:
        """The UTC day on which it began; an object of the next day may hold it."""
        return day_of(self.start)


def day_of(second: int) -> date:
    return datetime.fromtimestamp(second, UTC).date()


def timestamp(second: int) -> str:
    """An epoch second as the AWS CLI prints it."""
    return datetime.fromtimestamp(second, UTC).isoformat()


def midnight(day: date) -> int:
    """Epoch seconds at which the UTC day begins."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
