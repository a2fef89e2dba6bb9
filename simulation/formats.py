"""Flow-log files as AWS delivers them to S3: text or Parquet, default or custom format.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from simulation.network import Network
from simulation.records import Flow, Record

Value = str | int | None

DEFAULT_FIELDS = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start "
    "end action log-status"
)
CUSTOM_FIELDS = (
    DEFAULT_FIELDS + " vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region "
    "az-id flow-direction traffic-path"
)


@dataclass(frozen=True)
class FlowLogFormat:
    """How a flow log was set up; `fields` as in the AWS console's log format, without `${}`."""

    fields: str = DEFAULT_FIELDS
    file_format: Literal["text", "parquet"] = "text"
    hive: bool = False
    constants: tuple[tuple[str, str], ...] = ()
    """Fields that are the same in every record."""

    @cached_property
    def names(self) -> list[str]:
        return self.fields.split()

    @property
    def log_format(self) -> str:
        """The LogFormat string as DescribeFlowLogs shows it."""
        return " ".join(f"${{{name}}}" for name in self.names)

    @cached_property
    def version(self) -> int:
        """The version field holds the highest version among the fields."""
        return max(_VERSIONS.get(name, 2) for name in self.names)

    @property
    def has_flags(self) -> bool:
        return "tcp-flags" in self.names

    @property
    def has_direction(self) -> bool:
        return "flow-direction" in self.names


FORMATS = {
    "default": FlowLogFormat(),
    "custom": FlowLogFormat(CUSTOM_FIELDS),
    "parquet": FlowLogFormat(CUSTOM_FIELDS, "parquet", hive=True),
    "default-parquet": FlowLogFormat(DEFAULT_FIELDS, "parquet"),
}

TRANSIT_GATEWAY = FlowLogFormat(
    "version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id "
    "tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id "
    "tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr "
    "srcport dstport protocol packets bytes start end log-status type packets-lost-no-route "
    "packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region "
    "flow-direction pkt-src-aws-service pkt-dst-aws-service",
    constants=(
        ("version", "6"),
        ("resource-type", "TransitGateway"),
        ("tgw-id", "tgw-0d3f1a2b4c5e60718"),
        ("tgw-attachment-id", "tgw-attach-0a1c2e3f4b5d60718"),
    ),
)
"""The default format of a transit gateway's flow log; it has no action."""

_V3 = "vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr"
_VERSIONS = dict.fromkeys(_V3.split(), 3) | {
    "region": 4,
    "az-id": 4,
    "flow-direction": 5,
    "traffic-path": 5,
}
_INT32 = {"version", "srcport", "dstport", "protocol", "tcp-flags", "traffic-path"}
_INT64 = {"packets", "bytes", "start", "end"}

_OF_RECORD: dict[str, Callable[[Record], Value]] = {
    "interface-id": lambda record: record.interface.interface_id,
    "start": lambda record: record.start,
    "end": lambda record: record.end,
    "log-status": lambda record: record.log_status,
}
_OF_TRAFFIC: dict[str, Callable[[Record, Flow], Value]] = {
    "srcaddr": lambda _, flow: flow.source,
    "dstaddr": lambda _, flow: flow.target,
    "srcport": lambda _, flow: flow.source_port,
    "dstport": lambda _, flow: flow.target_port,
    "protocol": lambda _, flow: flow.protocol,
    "packets": lambda record, _: record.packets,
    "bytes": lambda record, _: record.size,
    "action": lambda _, flow: flow.action,
    "vpc-id": lambda record, _: record.interface.vpc_id,
    "subnet-id": lambda record, _: record.interface.subnet_id,
    "instance-id": lambda record, _: record.interface.instance_id,
    "tcp-flags": lambda record, _: record.flags,
    "type": lambda _, flow: "IPv6" if ":" in flow.source else "IPv4",
    "pkt-srcaddr": lambda _, flow: flow.packet_source,
    "pkt-dstaddr": lambda _, flow: flow.packet_target,
    "az-id": lambda record, _: zone_id(record.interface.zone),
    "flow-direction": lambda _, flow: flow.direction,
    "traffic-path": lambda record, flow: _traffic_path(record, flow),
}


def zone_id(zone: str) -> str:
    """An availability zone's id; which one a zone name stands for differs from account to account.

    >>> zone_id("us-east-1a")
    'use1-az1'
    """
    area, side, number = zone[:-1].split("-")
    return f"{area}{side[0]}{number}-az{ord(zone[-1]) - ord('a') + 1}"


def _traffic_path(record: Record, flow: Flow) -> int | None:
    """1 through another resource of the VPC, 8 through an internet gateway; egress only."""
    if flow.direction == "ingress":
        return None
    outside = record.interface.public_address is not None and flow.target.startswith(
        ("198.51.100.", "203.0.113.", "192.0.2.")
    )
    return 8 if outside else 1


def values(record: Record, network: Network, log_format: FlowLogFormat) -> list[Value]:
    """The record's fields in the format's order; None where AWS writes '-'."""
    constant: dict[str, Value] = {
        "version": log_format.version,
        "account-id": record.interface.owner_id or network.account_id,
        "region": network.region if record.flow else None,
        **dict(log_format.constants),
    }
    return [
        constant[name] if name in constant else _value(record, name) for name in log_format.names
    ]


def _value(record: Record, name: str) -> Value:
    if name in _OF_RECORD:
        return _OF_RECORD[name](record)
    of_traffic = _OF_TRAFFIC.get(name)
    return of_traffic(record, record.flow) if of_traffic and record.flow else None


def line(record: Record, network: Network, log_format: FlowLogFormat) -> str:
    """The record as a line of a text flow log, without its newline."""
    return " ".join("-" if v is None else str(v) for v in values(record, network, log_format))


def delivery_path(
    network: Network,
    log_format: FlowLogFormat,
    start: int,
    part: int | str = 0,
    flow_log_id: str = "fl-0a1b2c3d4e5f60718",
    account_id: str | None = None,
) -> Path:
    """The key, from AWSLogs on, of the file whose window begins at `start` (epoch seconds).

    `account_id`: who made the flow log, if it is not the network's account.
    """
    at = datetime.fromtimestamp(start, UTC)
    account, region = account_id or network.account_id, network.region
    if log_format.hive:
        owner = f"aws-account-id={account}/aws-service=vpcflowlogs/aws-region={region}"
        day = f"year={at:%Y}/month={at:%m}/day={at:%d}"
    else:
        owner, day = f"{account}/vpcflowlogs/{region}", f"{at:%Y/%m/%d}"
    token = hashlib.sha256(f"{account}{region}{start}{part}".encode()).hexdigest()[:8]
    ending = "log.parquet" if log_format.file_format == "parquet" else "log.gz"
    stamp = f"{at:%Y%m%dT%H%MZ}"
    name = f"{account}_vpcflowlogs_{region}_{flow_log_id}_{stamp}_{token}.{ending}"
    return Path("AWSLogs") / owner / day / name


def encoded(records: Iterable[Record], network: Network, log_format: FlowLogFormat) -> bytes:
    """A file of records, compressed."""
    rows = [values(record, network, log_format) for record in records]
    if log_format.file_format == "parquet":
        return _parquet(rows, log_format)
    lines = [log_format.fields]
    lines += [" ".join("-" if v is None else str(v) for v in row) for row in rows]
    return gzip.compress(("\n".join(lines) + "\n").encode(), compresslevel=6, mtime=0)


def parquet_schema(log_format: FlowLogFormat) -> pa.Schema:
    """Column names with underscores, integers of the width AWS documents, the rest strings."""
    return pa.schema(
        (
            name.replace("-", "_"),
            pa.int32() if name in _INT32 else pa.int64() if name in _INT64 else pa.string(),
        )
        for name in log_format.names
    )


def _parquet(rows: Sequence[Sequence[Value]], log_format: FlowLogFormat) -> bytes:
    schema = parquet_schema(log_format)
    columns = [
        pa.array(["-" if v is None else v for v in column] if kind == pa.string() else column, kind)
        for column, kind in zip(zip(*rows, strict=True), schema.types, strict=True)
    ]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), sink, compression="gzip")
    return bytes(sink.getvalue().to_pybytes())
