"""Flow logs as AWS delivers them: records, and the objects that hold them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

ACCOUNT, REGION = "123456789012", "eu-west-1"
FIELDS = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start "
    "end action log-status vpc-id tcp-flags flow-direction pkt-srcaddr pkt-dstaddr"
)


@dataclass(frozen=True)
class Interface:
    """An interface that flow logs record, whether the exports have it or not."""

    name: str
    vpc_id: str
    subnet_id: str
    address: str
    since: datetime
    is_busy: bool


@dataclass(frozen=True)
class FlowLog:
    """A flow log, and for whom it is delivered."""

    name: str
    resource_id: str
    traffic_type: str
    account: str
    since: datetime
    hours_of_object: int = 24
    """How many hours of a day are in one object."""

    def records(self, record: "Record") -> bool:
        """Does it have the record? One without data says nothing of accepted or rejected."""
        of = record.interface
        return (
            self.resource_id in (of.name, of.subnet_id, of.vpc_id)
            and (self.traffic_type == "ALL" or record.action in ("-", self.traffic_type))
            and self.since <= record.start
        )


@dataclass(frozen=True)
class Record:
    """A line of a flow log; `fields` stand before and after start and end."""

    interface: Interface
    start: datetime
    end: datetime
    action: str
    status: str
    packet: str = "- - - - - - -"
    """srcaddr to bytes"""
    packet_end: str = "- - - - -"
    """vpc-id to pkt-dstaddr"""

    def line(self, account: str) -> str:
        """As AWS writes it."""
        times = f"{int(self.start.timestamp())} {int(self.end.timestamp())}"
        return (
            f"5 {account} {self.interface.name} {self.packet} {times} {self.action} {self.status} "
            f"{self.packet_end}"
        )


def stamps(record: Record, log: FlowLog, is_twice: bool) -> Iterator[str]:
    """The stamps of the objects with a record, YYYYMMDDTHHmm: one, or two if they came twice.

    An interval that crosses midnight comes with the first object of the next day.
    """
    part = record.end.hour // log.hours_of_object
    time = f"{(part + 1) * log.hours_of_object - 1:02}5"
    if record.start.date() < record.end.date():
        time = "000"
    for minute in "58" if is_twice else "5":
        yield f"{record.end:%Y%m%d}T{time}{minute}"


def key(log: FlowLog, stamp: str) -> str:
    """The name of an object."""
    return (
        f"AWSLogs/{log.account}/vpcflowlogs/{REGION}/{stamp[:4]}/{stamp[4:6]}/{stamp[6:8]}/"
        f"{log.account}_vpcflowlogs_{REGION}_{log.name}_{stamp}Z_0a1b2c3d.log.gz"
    )
