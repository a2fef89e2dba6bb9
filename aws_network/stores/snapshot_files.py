"""The files of a snapshot in the lake: gzipped JSON lines.

Snapshots are in `inventory/day=YYYY-MM-DD/`, by the UTC day on which they were taken. A day may
have several, and none ever changes: each is named after a digest of its content, and its marker,
`snapshot.json`, is written last. A snapshot without a marker is not valid.
"""

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from aws_network.network.configured_resources import ConfiguredResource, ConfiguredResources
from aws_network.network.flow_log import FlowLog, TrafficType
from aws_network.network.groups import SecurityGroup
from aws_network.network.interfaces import NetworkInterface
from aws_network.network.prefix_lists import PrefixList
from aws_network.network.rules import SecurityGroupRule, Source
from aws_network.network.snapshot import OPTIONAL_PARTS, Snapshot
from aws_network.network.vpcs import GroupVpc, Peering, TransitGatewayAttachment, Vpc
from aws_network.stores.lake_tables import INVENTORY, INVENTORY_INTERFACES

PARTS = ("rules", "groups", "interfaces", "prefix_lists")
CONFIGURED = "configured_resources"
"""The part that says which resources name a group in their configuration; optional too."""

MARKER = "snapshot.json"


def snapshots_prefix(day: date) -> str:
    """The folder of the snapshots of a day; ends with a slash."""
    return INVENTORY.day_prefix(day)


def part_key(day: date, name: str, part: str) -> str:
    """The key of a part of a snapshot, or of its marker. Athena reads the interfaces of all."""
    prefix = snapshots_prefix(day)
    if part == "interfaces":
        return f"{prefix}{INVENTORY_INTERFACES.below_day}{name}.jsonl.gz"
    files = {MARKER: MARKER, CONFIGURED: "configured.json"}
    return f"{prefix}{name}/{files.get(part, f'{part}.jsonl.gz')}"


def name_of(dumped: Mapping[str, bytes]) -> str:
    """The name of a snapshot: a digest of its parts."""
    return hashlib.sha256(b"".join(dumped[part] for part in sorted(dumped))).hexdigest()[:16]


def dump_snapshot(snapshot: Snapshot) -> dict[str, bytes]:
    """The snapshot's parts, by name. The same snapshot gives the same bytes."""
    optional = [part for part in OPTIONAL_PARTS if getattr(snapshot, part) is not None]
    parts = {part: _dump_lines(getattr(snapshot, part)) for part in (*PARTS, *optional)}
    if snapshot.configured:
        parts[CONFIGURED] = dump_configured_resources(snapshot.configured)
    return parts


def load_snapshot(dumped: Mapping[str, bytes]) -> Snapshot:
    """The snapshot that `dump_snapshot` made these parts from."""
    parts: dict[str, Any] = {
        part: tuple(map(read_line, _load_lines(dumped[part])))
        for part, read_line in _READ.items()
        if part in dumped or part in PARTS
    }
    if CONFIGURED in dumped:
        return Snapshot(**parts, configured=load_configured_resources(dumped[CONFIGURED]))
    return Snapshot(**parts)


def load_flow_logs(data: bytes) -> list[FlowLog]:
    """The flow logs of a snapshot, from that part alone."""
    return list(map(_flow_log, _load_lines(data)))


def _dump_lines(items: Iterable[Any]) -> bytes:
    values = (item if isinstance(item, str) else asdict(item) for item in items)
    lines = (json.dumps(value, ensure_ascii=False, sort_keys=True) for value in values)
    return gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)


def _load_lines(data: bytes) -> list[Any]:
    return [json.loads(line) for line in gzip.decompress(data).decode().split("\n") if line]


def _rule(line: dict[str, Any]) -> SecurityGroupRule:
    return SecurityGroupRule(**{**line, "source": Source(**line["source"])})


def _interface(line: dict[str, Any]) -> NetworkInterface:
    lists = {name: tuple(line[name]) for name in ("group_ids", "addresses", "prefixes")}
    return NetworkInterface(**{**line, **lists})


def _prefix_list(line: dict[str, Any]) -> PrefixList:
    return PrefixList(**{**line, "cidrs": tuple(line["cidrs"])})


def _flow_log(line: dict[str, Any]) -> FlowLog:
    return FlowLog(**{**line, "traffic_type": TrafficType(line["traffic_type"])})


def _vpc(line: dict[str, Any]) -> Vpc:
    return Vpc(**{**line, "cidrs": tuple(line["cidrs"])})


def _peering(line: dict[str, Any]) -> Peering:
    one, other = map(_vpc, line["vpcs"])
    return Peering(line["peering_id"], (one, other), line["is_active"])


_READ: dict[str, Callable[[Any], Any]] = {
    "rules": _rule,
    "groups": lambda line: SecurityGroup(**line),
    "interfaces": _interface,
    "prefix_lists": _prefix_list,
    "flow_logs": _flow_log,
    "vpcs": _vpc,
    "peerings": _peering,
    "attachments": lambda line: TransitGatewayAttachment(**line),
    "group_vpcs": lambda line: GroupVpc(**line),
    "mirror_targets": str,
    "endpoint_services": str,
}
"""Part to what makes a value of one of its lines."""


def dump_configured_resources(configured: ConfiguredResources) -> bytes:
    """As the lake keeps them."""
    return json.dumps(asdict(configured), ensure_ascii=False, sort_keys=True).encode()


def load_configured_resources(data: bytes) -> ConfiguredResources:
    """The reverse of `dump_configured_resources`."""
    document: Mapping[str, Any] = json.loads(data)
    found = (
        ConfiguredResource(**{**c, "group_ids": tuple(c["group_ids"])}) for c in document["found"]
    )
    return ConfiguredResources(tuple(found), tuple(document["unchecked"]))
