"""A snapshot of an account's network, as the lake keeps it: gzipped JSON lines.

Snapshots lie under `inventory/day=YYYY-MM-DD/`, the UTC day on which they were taken. A day may
have several, and none ever changes: each is named after what it says, and its marker,
`snapshot.json`, is written last. A snapshot without a marker does not exist.
"""

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from aws_network.network.configured_resources import ConfiguredResource, ConfiguredResources
from aws_network.network.groups import SecurityGroup
from aws_network.network.interfaces import NetworkInterface
from aws_network.network.prefix_lists import PrefixList
from aws_network.network.rules import SecurityGroupRule, Source
from aws_network.network.snapshot import Snapshot
from aws_network.stores.lake_tables import INVENTORY, INVENTORY_INTERFACES

PARTS = ("rules", "groups", "interfaces", "prefix_lists")
CONFIGURED = "configured_resources"
"""The part that says what may carry groups without an interface; older snapshots have none."""

MARKER = "snapshot.json"


def snapshots_prefix(day: date) -> str:
    """Where the snapshots of a day lie in the lake; ends with a slash."""
    return INVENTORY.day_prefix(day)


def part_key(day: date, name: str, part: str) -> str:
    """Where a part of a snapshot lies, or its marker. Athena reads the interfaces of all."""
    prefix = snapshots_prefix(day)
    if part == "interfaces":
        return f"{prefix}{INVENTORY_INTERFACES.below_day}{name}.jsonl.gz"
    files = {MARKER: MARKER, CONFIGURED: "configured.json"}
    return f"{prefix}{name}/{files.get(part, f'{part}.jsonl.gz')}"


def name_of(dumped: Mapping[str, bytes]) -> str:
    """What a snapshot is called: a digest of its parts."""
    return hashlib.sha256(b"".join(dumped[part] for part in sorted(dumped))).hexdigest()[:16]


def dump_snapshot(snapshot: Snapshot) -> dict[str, bytes]:
    """The snapshot's parts, by name. The same snapshot gives the same bytes."""
    parts = {part: _dump_lines(getattr(snapshot, part)) for part in PARTS}
    return parts | (
        {CONFIGURED: dump_configured_resources(snapshot.configured)} if snapshot.configured else {}
    )


def load_snapshot(dumped: Mapping[str, bytes]) -> Snapshot:
    """The snapshot that `dump_snapshot` made these parts from."""
    lines = {part: _load_lines(dumped[part]) for part in PARTS}
    return Snapshot(
        rules=tuple(_rule(line) for line in lines["rules"]),
        groups=tuple(SecurityGroup(**line) for line in lines["groups"]),
        interfaces=tuple(_interface(line) for line in lines["interfaces"]),
        prefix_lists=tuple(
            PrefixList(**{**line, "cidrs": tuple(line["cidrs"])}) for line in lines["prefix_lists"]
        ),
        configured=load_configured_resources(dumped[CONFIGURED]) if CONFIGURED in dumped else None,
    )


def _dump_lines(items: Iterable[Any]) -> bytes:
    lines = (json.dumps(asdict(item), ensure_ascii=False, sort_keys=True) for item in items)
    return gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)


def _load_lines(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(data).decode().split("\n") if line]


def _rule(line: dict[str, Any]) -> SecurityGroupRule:
    return SecurityGroupRule(**{**line, "source": Source(**line["source"])})


def _interface(line: dict[str, Any]) -> NetworkInterface:
    lists = {name: tuple(line[name]) for name in ("group_ids", "addresses", "prefixes")}
    return NetworkInterface(**{**line, **lists})


def dump_configured_resources(configured: ConfiguredResources) -> bytes:
    """As the lake keeps them."""
    return json.dumps(asdict(configured), ensure_ascii=False, sort_keys=True).encode()


def load_configured_resources(data: bytes) -> ConfiguredResources:
    """What `dump_configured_resources` made."""
    document: Mapping[str, Any] = json.loads(data)
    found = (
        ConfiguredResource(**{**c, "group_ids": tuple(c["group_ids"])}) for c in document["found"]
    )
    return ConfiguredResources(tuple(found), tuple(document["unchecked"]))
