"""An inventory as the tables that flows are joined with: small, and made without looking at flows.

A label says what a rule's source and an address have in common. A block of addresses carries the
labels of every source that it belongs to:

    its own bits          the block of a rule
    pl-...                an entry of a prefix list
    eni-...               an interface's own address
    sg-.../vpc-...        an address of a member of the group, in a VPC
    maybe/vpc-...         an address of the VPC that no known interface surely had all day: it may
                          have been that of a member of any group used in the VPC
    not-held              any address that no known interface of the VPC surely had all day
    any                   any address at all

A rule admits what carries a label of its source. The last three are doubt: they say that a rule may
have admitted an address. See docs/attribution.md.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from aws_network.network.address_tree import AddressTree, block_bits
from aws_network.network.inventory import Inventory
from aws_network.network.protocols import WITH_PORTS
from aws_network.network.rules import SecurityGroupRule
from aws_network.network.vpcs import peers_by_vpc

MAYBE = "maybe"
NOT_HELD = "not-held"
ANY = "any"

PRIVATE_SPACE = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15", "fc00::/7",
)  # fmt: skip
"""What a VPC may use besides public addresses. Source: "VPC CIDR blocks", Amazon VPC user guide."""
_NEAR = {"4": 1 + 16, "6": 1 + 56}
"""Bits that an address shares with its VPC: an IPv4 block of a VPC is at most a /16, and AWS hands
out IPv6 as /56. Source: "VPC CIDR blocks", Amazon VPC user guide."""


class RuleTerm(NamedTuple):
    """What a rule admits from the addresses of one label, on interfaces of one VPC.

    Ports are inclusive.
    """

    group_id: str
    vpc_id: str | None
    """None: on interfaces of any VPC."""
    direction: str
    protocol: int
    from_port: int
    to_port: int
    label: str
    rule_key: str
    """The rule in one version: each version of a rule that changed on the day is credited apart."""
    certain: bool
    """False where the label only says that the address may belong to the rule's source."""


class VpcMap:
    """Which VPCs a group is used in, and which VPCs can reach each other."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._peers = peers_by_vpc(inventory.peerings or ())

    @cached_property
    def vpcs_of(self) -> dict[str, set[str]]:
        """Group id to the VPCs in which interfaces may carry it."""
        found: dict[str, set[str]] = defaultdict(set)
        for group in self._inventory.groups.values():
            if group.vpc_id:
                found[group.group_id].add(group.vpc_id)
        for pair in self._inventory.group_vpcs or ():
            found[pair.group_id].add(pair.vpc_id)
        for interface in self._inventory.interfaces:
            for group_id in interface.group_ids if interface.vpc_id else ():
                found[group_id].add(str(interface.vpc_id))
        return found

    def groups_by_account(self) -> set[tuple[str, str, str]]:
        """(account, region, group) of the groups that an interface may carry whose records are
        delivered for the account.

        Whoever owns a VPC, or takes part in it, has a group there: the flow log of a shared VPC is
        delivered for its owner, and covers the participants' interfaces.
        """
        groups = self._inventory.groups.values()
        return {
            (*account, group_id)
            for group_id, vpc_ids in self.vpcs_of.items()
            for vpc_id in vpc_ids
            for account in self.accounts_of[vpc_id]
        } | {(group.account_id, group.region, group.group_id) for group in groups}

    @cached_property
    def accounts_of(self) -> dict[str | None, set[tuple[str, str]]]:
        """VPC id to (account, region) of its owner, and of those who have groups in it."""
        accounts: dict[str | None, set[tuple[str, str]]] = defaultdict(set)
        for group in self._inventory.groups.values():
            accounts[group.vpc_id].add((group.account_id, group.region))
        for vpc in self._inventory.vpcs or ():
            accounts[vpc.vpc_id].add((vpc.account_id, vpc.region))
        return accounts

    @cached_property
    def _gateways(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for attachment in self._inventory.attachments or ():
            if attachment.is_active:
                found[attachment.vpc_id].add(attachment.gateway_id)
        return found

    def connects(self, one: str, other: str) -> bool | None:
        """Can two VPCs reach each other's addresses? None where nobody looked."""
        if one == other or other in self._peers[one] or self._gateways[one] & self._gateways[other]:
            return True
        looked = self._inventory.peerings is not None and self._inventory.attachments is not None
        return False if looked else None


def rule_terms(inventory: Inventory) -> Iterator[RuleTerm]:
    """The terms of every rule, those of doubt included."""
    vpcs = VpcMap(inventory)
    client_groups = groups_of_load_balancers(inventory)
    known_blocks = vpc_blocks(inventory)
    for rule in inventory.rules:
        for vpc_id, label, certain in _sources(rule, inventory, vpcs, client_groups, known_blocks):
            yield RuleTerm(
                rule.group_id,
                vpc_id,
                rule.direction,
                rule.protocol,
                *rule.port_range,
                label,
                rule.key,
                certain,
            )


def _sources(
    rule: SecurityGroupRule,
    inventory: Inventory,
    vpcs: VpcMap,
    client_groups: frozenset[str],
    known_blocks: dict[str, tuple[str, ...]],
) -> Iterator[tuple[str | None, str, bool]]:
    """(VPC, label, certain) of what a rule's source has in common with addresses."""
    kind, value = rule.source.kind, rule.source.value
    if kind == "cidr":
        yield None, block_bits(value), True
    elif kind == "prefix_list":
        known = value in inventory.prefix_lists
        yield None, value if known else ANY, known
    elif value in inventory.groups:
        for here in (*sorted(vpcs.vpcs_of[rule.group_id]),) or (None,):
            for there in sorted(vpcs.vpcs_of[value]):
                if here is None or vpcs.connects(here, there) is not False:
                    yield here, f"{value}/{there}", True
                    yield here, f"{MAYBE}/{there}", False
    else:
        peered = rule.source.vpc_id
        yield None, f"{MAYBE}/{peered}" if peered in known_blocks else NOT_HELD, False
    if value in client_groups:
        yield None, ANY, False


def groups_of_load_balancers(inventory: Inventory) -> frozenset[str]:
    """Groups of load balancers that keep the client's address: who admits the group admits clients.

    Source: "Security groups for your Network Load Balancer", Elastic Load Balancing user guide.
    """
    return frozenset(
        group_id
        for interface in inventory.interfaces
        if interface.is_load_balancer
        for group_id in interface.group_ids
    )


def vpc_blocks(inventory: Inventory) -> dict[str, tuple[str, ...]]:
    """VPC id to its CIDR blocks, where the inventory or a peering connection tells them."""
    sides = [vpc for peering in inventory.peerings or () for vpc in peering.vpcs]
    return {vpc.vpc_id: vpc.cidrs for vpc in (*sides, *(inventory.vpcs or ())) if vpc.cidrs}


def address_tree(inventory: Inventory) -> AddressTree:
    """Every block that a rule, a prefix list, a VPC or an interface speaks of, labelled."""
    labels: dict[str, set[str]] = defaultdict(set)
    for bits, label in (*_labels(inventory), *_labels_of_vpcs(inventory)):
        labels[bits].add(label)
    return AddressTree(labels)


def _labels(inventory: Inventory) -> Iterator[tuple[str, str]]:
    for family in "46":
        yield from ((family, label) for label in (ANY, NOT_HELD))
    for rule in inventory.rules:
        if rule.source.kind == "cidr":
            bits = block_bits(rule.source.value)
            yield bits, bits
    for prefix_list_id, cidrs in inventory.prefix_lists.items():
        yield from ((block_bits(cidr), prefix_list_id) for cidr in cidrs)
    for interface in inventory.interfaces:
        for cidr in (*interface.addresses, *interface.prefixes):
            bits = block_bits(cidr)
            yield bits, interface.interface_id
            yield from ((bits, f"{group}/{interface.vpc_id}") for group in interface.group_ids)


def _labels_of_vpcs(inventory: Inventory) -> Iterator[tuple[str, str]]:
    """Where members of groups may be. Of a VPC whose blocks nobody told, that is private space, and
    what lies near its interfaces."""
    blocks = vpc_blocks(inventory)
    for vpc_id, cidrs in blocks.items():
        yield from ((block_bits(cidr), f"{MAYBE}/{vpc_id}") for cidr in cidrs)
    untold = {group.vpc_id for group in inventory.groups.values()} - blocks.keys()
    for vpc_id in filter(None, untold):
        yield from ((block_bits(cidr), f"{MAYBE}/{vpc_id}") for cidr in PRIVATE_SPACE)
    for interface in inventory.interfaces:
        if interface.vpc_id and interface.vpc_id not in blocks:
            for cidr in (*interface.addresses, *interface.prefixes):
                bits = block_bits(cidr)
                yield bits[: _NEAR[bits[0]]], f"{MAYBE}/{interface.vpc_id}"


def held_tree(inventory: Inventory) -> AddressTree:
    """Addresses that a known interface surely had all day, each labelled with its VPCs."""
    vpc_of = {interface.interface_id: interface.vpc_id for interface in inventory.interfaces}
    vpcs: dict[str, set[str]] = defaultdict(set)
    for interface_id, address in inventory.held:
        vpc_id = vpc_of[interface_id]
        if vpc_id:
            vpcs[block_bits(address)].add(vpc_id)
    return AddressTree(vpcs)


def block_labels(
    blocks: Iterable[str], tree: AddressTree, held: AddressTree
) -> Iterator[tuple[str, str]]:
    """Each block with each of its labels, and those of the blocks around it.

    An address that a known interface surely had is nobody else's in its VPC.
    """
    for block in blocks:
        taken = {f"{MAYBE}/{vpc_id}" for vpc_id in held.labels_of(block)}
        yield from ((block, label) for label in tree.labels_of(block) - taken)


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
