"""Snapshots survive the lake, byte for byte."""

import gzip
from dataclasses import replace
from datetime import date

import pytest

from aws_network.snapshot import FILES, Snapshot, dump_snapshot, load_snapshot, snapshot_prefix
from tests.aws_network.samples import EMPTY, SNAPSHOT


@pytest.mark.parametrize("snapshot", [SNAPSHOT, EMPTY], ids=["something of all", "nothing"])
def test_what_was_dumped_is_loaded(snapshot: Snapshot) -> None:
    assert load_snapshot(dump_snapshot(snapshot)) == snapshot


def test_the_same_snapshot_gives_the_same_bytes() -> None:
    once = dump_snapshot(SNAPSHOT)
    turned = [
        replace(rule, tags=dict(reversed(list(rule.tags.items())))) for rule in SNAPSHOT.rules
    ]
    assert dump_snapshot(replace(SNAPSHOT, rules=tuple(turned))) == once
    assert dump_snapshot(load_snapshot(once)) == once


def test_one_object_a_part_and_one_line_an_item() -> None:
    objects = dump_snapshot(SNAPSHOT)
    assert set(objects) == set(FILES.values())
    for part, name in FILES.items():
        lines = gzip.decompress(objects[name]).split(b"\n")
        assert len(lines) == len(getattr(SNAPSHOT, part)) + 1
        assert lines[-1] == b""


def test_where_it_lies() -> None:
    assert snapshot_prefix(date(2026, 11, 5)) == "inventory/day=2026-11-05/"
