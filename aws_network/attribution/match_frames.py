"""The match tables of all days of a run, as Spark DataFrames.

Days with the same snapshots around them share an era: a backfill of a year under one snapshot costs
as much as one day.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas
from pyspark.sql import DataFrame, SparkSession

from aws_network.attribution.ipv4_trie import ipv4_trie
from aws_network.attribution.match_tables import address_tree, block_labels, port_floors, rule_terms
from aws_network.network.inventory import Inventory

UNKNOWN = "unknown"
"""How the key begins that stands for all unknown interfaces of an account and region."""


@dataclass(frozen=True)
class MatchFrames:
    """One DataFrame per question that attribution asks of the inventory."""

    days: DataFrame
    """day, era"""
    interfaces: DataFrame
    """era, interface_id, vpc_id, in_use, has_groups"""
    interface_groups: DataFrame
    """era, interface_key, group_id: an interface and its groups; an unknown one may have any."""
    terms: DataFrame
    """era and the fields of RuleTerm"""
    labels: DataFrame
    """era, block, label"""
    interface_blocks: DataFrame
    """era, block, interface_id, vpc_id: whose own address lies in the block"""
    block_groups: DataFrame
    """era, block, peer_groups: an array of the groups of the interface whose address it is"""
    arrays: DataFrame
    """trie, floors: one row of two arrays, the IPv4 blocks (see ipv4_trie) and each port's floor"""
    blocks: DataFrame
    """bits, block: a block's bits (see address_tree) and its number, by which all frames name it"""
    block_bits: list[str]
    """The bits of each block, at the place of its number"""
    lengths: dict[str, list[int]]
    """family, "4" or "6", to the lengths that the bits of its blocks have"""


def match_frames(spark: SparkSession, inventories: Mapping[date, Inventory]) -> MatchFrames:
    """The frames for the days of `inventories`; days may share an Inventory object."""
    eras = {id(inventory): inventory for inventory in inventories.values()}
    number = {key: era for era, key in enumerate(eras)}
    numbered = [(number[key], inventory) for key, inventory in eras.items()]
    trees = {era: address_tree(inventory) for era, inventory in numbered}
    blocks = sorted({block for tree in trees.values() for block in tree.blocks})
    block_number = {bits: block for block, bits in enumerate(blocks)}
    labels = [
        (era, block_number[bits], label)
        for era, tree in trees.items()
        for bits, label in block_labels(blocks, tree)
    ]
    floors = port_floors(rule for _, inventory in numbered for rule in inventory.rules)

    def frame(schema: str, rows: Iterable[tuple[Any, ...]]) -> DataFrame:
        return local_frame(spark, schema, rows)

    def each(rows_of: Callable[[Inventory], Iterable[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
        return [(era, *row) for era, inventory in numbered for row in rows_of(inventory)]

    vpcs = {(era, i.interface_id): i.vpc_id for era, inv in numbered for i in inv.interfaces}
    return MatchFrames(
        days=frame(
            "day string, era int",
            [(str(day), number[id(inventory)]) for day, inventory in inventories.items()],
        ),
        interfaces=frame(
            "era int, interface_id string, vpc_id string, in_use boolean, has_groups boolean",
            each(_interfaces),
        ),
        interface_groups=frame(
            "era int, interface_key string, group_id string", each(_interface_groups)
        ),
        terms=frame(
            "era int, group_id string, direction string, protocol int, from_port int, to_port int, "
            "label string, rule_key string, certain boolean",
            each(rule_terms),
        ),
        labels=frame("era int, block int, label string", labels),
        interface_blocks=frame(
            "era int, block int, interface_id string, vpc_id string",
            (
                (era, block, label, vpcs[era, label])
                for era, block, label in labels
                if label.startswith("eni-")
            ),
        ),
        block_groups=frame("era int, block int, peer_groups array<string>", _block_groups(labels)),
        arrays=frame(
            "trie array<int>, floors array<int>",
            [(ipv4_trie(blocks), [floor for _, floor in floors])],
        ),
        blocks=frame("bits string, block int", block_number.items()),
        block_bits=blocks,
        lengths={
            family: sorted({len(bits) for bits in blocks if bits[0] == family}) for family in "46"
        },
    )


def _block_groups(labels: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, list[str]]]:
    groups: dict[tuple[int, int], list[str]] = {}
    for era, block, label in labels:
        if label.startswith("sg-"):
            groups.setdefault((era, block), []).append(label)
    return [(era, block, sorted(found)) for (era, block), found in groups.items()]


def local_frame(spark: SparkSession, schema: str, rows: Iterable[tuple[Any, ...]]) -> DataFrame:
    """A small table as a DataFrame that is cheap to use many times.

    Through Arrow the rows go to the JVM as they are; from a list, each use of the frame would start
    Python workers to unpickle them again. And it is a checkpoint, since the optimizer compares
    plans, with all rows of a plain local table, at every step.
    """
    spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", "true")
    names = [column.split(" ")[0] for column in schema.split(", ")]
    table = pandas.DataFrame(list(rows), columns=names, dtype=object)
    return spark.createDataFrame(table, schema).localCheckpoint()


def _interfaces(inventory: Inventory) -> Iterable[tuple[str, str | None, bool, bool]]:
    for each in inventory.interfaces:
        yield each.interface_id, each.vpc_id, each.in_use, bool(each.group_ids)


def _interface_groups(inventory: Inventory) -> Iterable[tuple[str, str]]:
    for interface in inventory.interfaces:
        yield from ((interface.interface_id, group_id) for group_id in interface.group_ids)
    for group in inventory.groups.values():
        yield f"{UNKNOWN}/{group.account_id}/{group.region}", group.group_id
