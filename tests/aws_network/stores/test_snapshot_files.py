"""Snapshots survive the lake, byte for byte."""

import gzip
from dataclasses import replace
from datetime import date

import pytest

from aws_network.network.snapshot import OPTIONAL_PARTS, Snapshot
from aws_network.stores.snapshot_files import (
    CONFIGURED,
    PARTS,
    dump_snapshot,
    load_snapshot,
    name_of,
    part_key,
)
from tests.aws_network.samples import EMPTY, FULL, NOTHING_THERE, ODD_TEXT, SNAPSHOT


@pytest.mark.parametrize(
    "snapshot",
    [SNAPSHOT, EMPTY, FULL, NOTHING_THERE],
    ids=["required parts", "nothing", "all parts", "optional parts with nothing in them"],
)
def test_what_was_dumped_is_loaded(snapshot: Snapshot) -> None:
    assert load_snapshot(dump_snapshot(snapshot)) == snapshot


def test_tags_are_loaded_too() -> None:
    """Which do not make two interfaces or VPCs differ."""
    loaded = load_snapshot(dump_snapshot(FULL))
    assert [interface.tags for interface in loaded.interfaces] == [{"owner": ODD_TEXT}, {}]
    assert [vpc.tags for vpc in loaded.vpcs or ()] == [{}, {"Owner": "東京"}]


def test_the_same_snapshot_gives_the_same_bytes() -> None:
    once = dump_snapshot(SNAPSHOT)
    turned = [
        replace(rule, tags=dict(reversed(list(rule.tags.items())))) for rule in SNAPSHOT.rules
    ]
    assert dump_snapshot(replace(SNAPSHOT, rules=tuple(turned))) == once
    assert dump_snapshot(load_snapshot(once)) == once


def test_one_object_a_part_and_one_line_an_item() -> None:
    objects = dump_snapshot(SNAPSHOT)
    assert set(objects) == set(PARTS)
    for part in PARTS:
        lines = gzip.decompress(objects[part]).split(b"\n")
        assert len(lines) == len(getattr(SNAPSHOT, part)) + 1
        assert lines[-1] == b""


def test_a_part_that_nobody_looked_at_has_no_object() -> None:
    assert set(dump_snapshot(FULL)) == {*PARTS, *OPTIONAL_PARTS, CONFIGURED}
    assert set(dump_snapshot(NOTHING_THERE)) == {*PARTS, *OPTIONAL_PARTS}
    assert set(dump_snapshot(EMPTY)) == set(PARTS)


def test_its_name_tells_it_from_every_other() -> None:
    assert name_of(dump_snapshot(SNAPSHOT)) == name_of(dump_snapshot(SNAPSHOT))
    assert name_of(dump_snapshot(SNAPSHOT)) != name_of(dump_snapshot(EMPTY))


@pytest.mark.parametrize(
    ("part", "key"),
    [
        ("rules", "inventory/day=2026-11-05/0a1b/rules.jsonl.gz"),
        ("interfaces", "inventory/day=2026-11-05/interfaces/0a1b.jsonl.gz"),
        ("snapshot.json", "inventory/day=2026-11-05/0a1b/snapshot.json"),
    ],
)
def test_where_it_lies(part: str, key: str) -> None:
    assert part_key(date(2026, 11, 5), "0a1b", part) == key
