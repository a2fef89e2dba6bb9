"""The match tables of all days of a run, as Spark DataFrames.

Days with the same inventory share its tables: a backfill of a year under one snapshot costs as much
as one day. `inventory_id` numbers the different inventories of a run.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas
from pyspark.sql import DataFrame, SparkSession

from aws_network.attribution.ipv4_trie import ipv4_trie
from aws_network.attribution.match_tables import (
    VpcMap,
    address_tree,
    block_labels,
    held_tree,
    port_floors,
    rule_terms,
)
from aws_network.network.address_tree import AddressTree
from aws_network.network.inventory import Inventory

UNKNOWN = "unknown"
"""The key of all unknown interfaces of a VPC, or of an account and region, begins with it."""


@dataclass(frozen=True)
class MatchFrames:
    """One DataFrame per question that attribution asks of the inventory."""

    days: DataFrame
    """day, inventory_id, is_bracketed"""
    interfaces: DataFrame
    """inventory_id, interface_id, vpc_id, in_use, has_groups, required: the half hours (see
    `slots` of the flows) in which a flow log has records of it, if it covers it all day; came and
    left: whether it came or left during the day, nobody knows when"""
    interface_groups: DataFrame
    """inventory_id, interface_key, vpc_id, group_id: an interface and its groups; an unknown one
    may have any that may be used in its VPC"""
    terms: DataFrame
    """inventory_id, the fields of RuleTerm, and `changes`: not a block, so that members or entries
    may have been others"""
    labels: DataFrame
    """inventory_id, block, label"""
    held: DataFrame
    """inventory_id, block, vpc_id: what a known interface of the VPC surely had all day"""
    interface_blocks: DataFrame
    """inventory_id, block, interface_id, vpc_id: whose own address lies in the block"""
    block_groups: DataFrame
    """inventory_id, block, peer_groups: an array of the groups of whose address it is"""
    flow_logs: DataFrame
    """flow_log_id, records_accepted: what DescribeFlowLogs says; empty where nobody looked"""
    flow_log_vpcs: DataFrame
    """flow_log_id, vpc_id: the VPC of all interfaces that a flow log covers"""
    arrays: DataFrame
    """trie, floors: one row of two arrays, the IPv4 blocks (see ipv4_trie) and each port's floor"""
    blocks: DataFrame
    """bits, block: a block's bits (see address_tree) and its number, by which all frames name it"""
    block_bits: list[str]
    """The bits of each block, at the place of its number"""
    lengths: dict[str, list[int]]
    """family, "4" or "6", to the lengths that the bits of its blocks have"""


class _Numbered:
    """The different inventories of a run, and their blocks, by number."""

    def __init__(self, inventories: Mapping[date, Inventory]) -> None:
        distinct = {id(inventory): inventory for inventory in inventories.values()}
        number = {key: place for place, key in enumerate(distinct)}
        self.inventories = list(enumerate(distinct.values()))
        self.days = [
            (str(day), number[id(given)], given.is_bracketed) for day, given in inventories.items()
        ]
        trees = [(place, address_tree(inventory)) for place, inventory in self.inventories]
        self.blocks = sorted({block for _, tree in trees for block in tree.blocks})
        self.block_number = {bits: block for block, bits in enumerate(self.blocks)}
        self.labels = [row for place, tree in trees for row in self._labels(place, tree)]

    def rows(self, rows_of: Callable[[Inventory], Iterable[tuple[Any, ...]]]) -> list[Any]:
        """The rows of each inventory, after its number."""
        return [(place, *row) for place, given in self.inventories for row in rows_of(given)]

    def _labels(self, place: int, tree: AddressTree) -> Iterator[tuple[int, int, str]]:
        held = held_tree(self.inventories[place][1])
        for bits, label in block_labels(self.blocks, tree, held):
            yield place, self.block_number[bits], label

    def held(self, inventory: Inventory) -> Iterator[tuple[int, str]]:
        """Block and VPC of the addresses that an interface surely had all day."""
        tree = held_tree(inventory)
        for block, bits in enumerate(self.blocks):
            yield from ((block, vpc_id) for vpc_id in tree.labels_of(bits))

    def interface_blocks(self) -> Iterator[tuple[int, int, str, str | None]]:
        """Inventory, block, interface and VPC of the interfaces' own addresses."""
        vpcs = {
            (place, interface.interface_id): interface.vpc_id
            for place, inventory in self.inventories
            for interface in inventory.interfaces
        }
        for place, block, label in self.labels:
            if label.startswith("eni-"):
                yield place, block, label, vpcs[place, label]

    def block_groups(self) -> list[tuple[int, int, list[str]]]:
        """Inventory, block, and the groups of the interfaces whose address it is."""
        groups: dict[tuple[int, int], set[str]] = defaultdict(set)
        for place, block, label in self.labels:
            if label.startswith("sg-"):
                groups[place, block].add(label.split("/")[0])
        return [(place, block, sorted(found)) for (place, block), found in groups.items()]


def match_frames(spark: SparkSession, inventories: Mapping[date, Inventory]) -> MatchFrames:
    """The frames for the days of `inventories`; days may share an Inventory object."""
    numbered = _Numbered(inventories)
    logs = {
        log.flow_log_id: log.records_accepted
        for _, inventory in numbered.inventories
        for log in inventory.flow_logs or ()
    }
    vpcs: dict[str, str] = {}
    for _, inventory in numbered.inventories:
        vpcs |= inventory.flow_log_vpcs()
    floors = port_floors(rule for _, given in numbered.inventories for rule in given.rules)
    families = {
        family: sorted({len(bits) for bits in numbered.blocks if bits[0] == family})
        for family in "46"
    }

    def frame(schema: str, rows: Iterable[tuple[Any, ...]]) -> DataFrame:
        return local_frame(spark, schema, rows)

    return MatchFrames(
        days=frame("day string, inventory_id int, is_bracketed boolean", numbered.days),
        interfaces=frame(_INTERFACES, numbered.rows(_interfaces)),
        interface_groups=frame(_INTERFACE_GROUPS, numbered.rows(_interface_groups)),
        terms=frame(_TERMS, numbered.rows(_terms)),
        labels=frame("inventory_id int, block int, label string", numbered.labels),
        held=frame("inventory_id int, block int, vpc_id string", numbered.rows(numbered.held)),
        interface_blocks=frame(_INTERFACE_BLOCKS, numbered.interface_blocks()),
        block_groups=frame(_BLOCK_GROUPS, numbered.block_groups()),
        flow_logs=frame("flow_log_id string, records_accepted boolean", logs.items()),
        flow_log_vpcs=frame("flow_log_id string, vpc_id string", vpcs.items()),
        arrays=frame(
            "trie array<int>, floors array<int>",
            [(ipv4_trie(numbered.blocks), [floor for _, floor in floors])],
        ),
        blocks=frame("bits string, block int", numbered.block_number.items()),
        block_bits=numbered.blocks,
        lengths=families,
    )


_INTERFACES = (
    "inventory_id int, interface_id string, vpc_id string, in_use boolean, has_groups boolean, "
    "required bigint, came boolean, left boolean"
)
_INTERFACE_GROUPS = "inventory_id int, interface_key string, vpc_id string, group_id string"
_TERMS = (
    "inventory_id int, group_id string, vpc_id string, direction string, protocol int, "
    "from_port int, to_port int, label string, rule_key string, certain boolean, changes boolean"
)
_INTERFACE_BLOCKS = "inventory_id int, block int, interface_id string, vpc_id string"
_BLOCK_GROUPS = "inventory_id int, block int, peer_groups array<string>"


def _interfaces(inventory: Inventory) -> Iterator[tuple[Any, ...]]:
    for interface in inventory.interfaces:
        yield (
            interface.interface_id,
            interface.vpc_id,
            interface.in_use,
            bool(interface.group_ids),
            inventory.required_slots(interface.interface_id),
            interface.interface_id in inventory.came and not interface.attached_at,
            interface.interface_id in inventory.left,
        )


def _terms(inventory: Inventory) -> Iterator[tuple[Any, ...]]:
    changing = {rule.key for rule in inventory.rules if rule.source.kind != "cidr"}
    for term in rule_terms(inventory):
        yield (*term, term.rule_key in changing)


def _interface_groups(inventory: Inventory) -> Iterator[tuple[str, str | None, str]]:
    for interface in inventory.interfaces:
        for group_id in interface.group_ids:
            yield interface.interface_id, interface.vpc_id, group_id
    vpcs = VpcMap(inventory)
    for group_id, vpc_ids in vpcs.vpcs_of.items():
        yield from ((f"{UNKNOWN}/{vpc_id}", vpc_id, group_id) for vpc_id in vpc_ids)
    for account, region, group_id in vpcs.groups_by_account():
        yield f"{UNKNOWN}/{account}/{region}", None, group_id


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
