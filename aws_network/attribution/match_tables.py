"""An inventory as the tables that flows are joined with: small, and made without looking at flows.

Labels say what a rule's source and an address have in common. A block of addresses carries the
labels of every source it belongs to: the bits of a rule's CIDR, `pl-...` for an entry of a prefix
list, and for an interface's own address `sg-...` for each of its groups and its own `eni-...`.

Two more labels stand for doubt. A rule may refer to a group whose members are not all known: an
interface that came and went between two snapshots leaves no trace but its address. So an address
near a known interface (MAYBE_INTERFACE) may be a member of any group we know, and any address that
is not a known interface's (ANYWHERE) may belong to a group or a prefix list that we do not know.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from aws_network.network.address_tree import AddressTree, block_bits
from aws_network.network.interfaces import NetworkInterface
from aws_network.network.inventory import Inventory
from aws_network.network.protocols import WITH_PORTS
from aws_network.network.rules import SecurityGroupRule

MAYBE_INTERFACE = "maybe-interface"
ANYWHERE = "anywhere"

_NEAR = {"4": 1 + 16, "6": 1 + 56}
"""Bits that an address shares with its VPC: an IPv4 block of a VPC is at most a /16, and AWS hands
out IPv6 as /56. Source: "VPC CIDR blocks", Amazon VPC user guide."""


class RuleTerm(NamedTuple):
    """What a rule admits from the addresses of one label. Ports are inclusive."""

    group_id: str
    direction: str
    protocol: int
    from_port: int
    to_port: int
    label: str
    rule_key: str
    """The rule in one version: each version of a rule that changed on the day is credited apart."""
    certain: bool
    """False where the label only says that the address may belong to the rule's source."""


def rule_terms(inventory: Inventory) -> Iterator[RuleTerm]:
    """The terms of every rule, those of doubt included."""
    for rule in inventory.rules:
        first, last = rule.port_range
        for label, certain in _source_labels(rule, inventory):
            yield RuleTerm(
                rule.group_id,
                rule.direction,
                rule.protocol,
                first,
                last,
                label,
                rule.key,
                certain,
            )


def _source_labels(rule: SecurityGroupRule, inventory: Inventory) -> Iterator[tuple[str, bool]]:
    kind, value = rule.source.kind, rule.source.value
    if kind == "cidr":
        yield block_bits(value), True
    elif kind == "prefix_list":
        known = value in inventory.prefix_lists
        yield (value, True) if known else (ANYWHERE, False)
    else:
        yield value, True
        yield (MAYBE_INTERFACE if value in inventory.groups else ANYWHERE), False


def address_tree(inventory: Inventory) -> AddressTree:
    """Every block that a rule, a prefix list or an interface speaks of, labelled."""
    labels: dict[str, set[str]] = defaultdict(set)
    for bits, label in _labels(inventory):
        labels[bits].add(label)
    return AddressTree(labels)


def _labels(inventory: Inventory) -> Iterator[tuple[str, str]]:
    yield "4", ANYWHERE
    yield "6", ANYWHERE
    for rule in inventory.rules:
        if rule.source.kind == "cidr":
            bits = block_bits(rule.source.value)
            yield bits, bits
    for prefix_list_id, cidrs in inventory.prefix_lists.items():
        yield from ((block_bits(cidr), prefix_list_id) for cidr in cidrs)
    for interface in inventory.interfaces:
        yield from _interface_labels(interface)


def _interface_labels(interface: NetworkInterface) -> Iterator[tuple[str, str]]:
    for cidr in (*interface.addresses, *interface.prefixes):
        bits = block_bits(cidr)
        yield bits, interface.interface_id
        yield from ((bits, group_id) for group_id in interface.group_ids)
        yield bits[: _NEAR[bits[0]]], MAYBE_INTERFACE


def block_labels(blocks: Iterable[str], tree: AddressTree) -> Iterator[tuple[str, str]]:
    """Each block with each of its labels. An address of a known interface leaves no doubt."""
    for block in blocks:
        labels = tree.labels_of(block)
        if any(label.startswith("eni-") for label in labels):
            labels -= {MAYBE_INTERFACE, ANYWHERE}
        yield from ((block, label) for label in labels)


def port_floors(rules: Iterable[SecurityGroupRule]) -> list[tuple[int, int]]:
    """Each port with the lowest port that every rule treats as it treats this one.

    Rules cut the ports into a few ranges. A rule admits a port exactly when it admits the floor of
    the port's range, so the thousands of ephemeral ports become a handful of questions.
    """
    cuts = {0}
    for rule in rules:
        if rule.protocol in WITH_PORTS:
            first, last = rule.port_range
            cuts |= {first, last + 1}
    floors = sorted(cuts)
    return [(port, floors[bisect_right(floors, port) - 1]) for port in range(65536)]
