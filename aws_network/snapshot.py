"""A snapshot of an account's network, as the lake keeps it: gzipped JSON lines.

A snapshot lives under `inventory/day=YYYY-MM-DD/`, the UTC day on which it was taken. Its marker,
`snapshot.json`, is written last: a snapshot without it does not exist.
"""

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from aws_network.groups import SecurityGroup
from aws_network.interfaces import NetworkInterface
from aws_network.latent_carriers import LatentCarriers, dump_latent, load_latent
from aws_network.prefix_lists import PrefixList
from aws_network.rules import SecurityGroupRule, Source

FILES = {
    "rules": "rules.jsonl.gz",
    "groups": "groups.jsonl.gz",
    "interfaces": "interfaces/interfaces.jsonl.gz",
    "prefix_lists": "prefix_lists.jsonl.gz",
}
"""Part of a snapshot to its object. Athena reads the interfaces: alone in their folder."""

LATENT = "latent.json"
"""Where a snapshot says what may carry groups without an interface; older ones have none."""

MARKER = "snapshot.json"


@dataclass(frozen=True)
class Snapshot:
    """Everything that decides which rule admits which flow, at one moment."""

    rules: tuple[SecurityGroupRule, ...]
    groups: tuple[SecurityGroup, ...]
    interfaces: tuple[NetworkInterface, ...]
    prefix_lists: tuple[PrefixList, ...]
    latent: LatentCarriers | None = None
    """What may carry groups without an interface; None where nobody looked."""


def snapshot_prefix(day: date) -> str:
    """Where the snapshot of a day lies in the lake; ends with a slash."""
    return f"inventory/day={day}/"


def dump_snapshot(snapshot: Snapshot) -> dict[str, bytes]:
    """The snapshot's objects, by name. The same snapshot gives the same bytes."""
    objects = {name: _dump_lines(getattr(snapshot, part)) for part, name in FILES.items()}
    return objects | ({LATENT: dump_latent(snapshot.latent)} if snapshot.latent else {})


def load_snapshot(objects: Mapping[str, bytes]) -> Snapshot:
    """The snapshot that `dump_snapshot` made these objects from."""
    return Snapshot(
        rules=tuple(_rule(line) for line in _load_lines(objects[FILES["rules"]])),
        groups=tuple(SecurityGroup(**line) for line in _load_lines(objects[FILES["groups"]])),
        interfaces=tuple(_interface(line) for line in _load_lines(objects[FILES["interfaces"]])),
        prefix_lists=tuple(
            PrefixList(**{**line, "cidrs": tuple(line["cidrs"])})
            for line in _load_lines(objects[FILES["prefix_lists"]])
        ),
        latent=load_latent(objects[LATENT]) if LATENT in objects else None,
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
