"""The things of a VPC that decide who may talk to whom, as plain values."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Direction = Literal["ingress", "egress"]

OTHER_DIRECTION: dict[Direction, Direction] = {"ingress": "egress", "egress": "ingress"}


@dataclass(frozen=True)
class Cidr:
    """A rule's peer: every address of an IPv4 or IPv6 network."""

    cidr: str


@dataclass(frozen=True)
class ListedPrefixes:
    """A rule's peer: the entries of a managed prefix list."""

    prefix_list_id: str


@dataclass(frozen=True)
class GroupMembers:
    """A rule's peer: the private addresses of the interfaces that carry a group.

    `peering_id` is set when the group belongs to a peered VPC (of this or another account).
    """

    group_id: str
    peering_id: str | None = None


Peer = Cidr | ListedPrefixes | GroupMembers


@dataclass(frozen=True)
class Rule:
    """A security group rule, as EC2 names its parts.

    `protocol` is '-1', 'tcp', 'udp', 'icmp', 'icmpv6' or a number as text. For TCP and UDP
    `first` and `last` are the inclusive port range; for ICMP they are type and code, -1 = any.
    """

    rule_id: str
    group_id: str
    direction: Direction
    protocol: str
    first: int
    last: int
    peer: Peer
    description: str | None = None
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Group:
    group_id: str
    name: str
    vpc_id: str
    description: str = "managed by the platform team"
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ForeignGroup:
    """A group of a peered VPC in another account: only its members' traffic is seen here."""

    group_id: str
    account_id: str
    vpc_id: str
    peering_id: str
    addresses: tuple[str, ...]
    peering_status: str = "active"


@dataclass(frozen=True)
class PrefixList:
    """A managed prefix list; `owner_id` is 'AWS' for AWS's own."""

    prefix_list_id: str
    name: str
    owner_id: str
    family: Literal["IPv4", "IPv6"]
    entries: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Interface:
    """A network interface. `addresses[0]` is its primary private IPv4 address.

    An interface that appeared and vanished between two snapshots has `in_snapshot` False.
    """

    interface_id: str
    vpc_id: str
    subnet_id: str
    addresses: tuple[str, ...]
    group_ids: tuple[str, ...]
    ipv6_addresses: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    public_address: str | None = None
    instance_id: str | None = None
    kind: str = "interface"
    description: str = ""
    requester_id: str | None = None
    zone: str = "us-east-1a"
    in_snapshot: bool = True
    tags: tuple[tuple[str, str], ...] = ()

    @property
    def primary(self) -> str:
        return self.addresses[0]


@dataclass(frozen=True)
class Denial:
    """A network ACL entry that denies what enters or leaves a subnet; all else is allowed.

    An ACL is stateless: `first`..`last` is compared with the destination port of each packet.
    """

    subnet_id: str
    direction: Direction
    cidr: str
    protocol: int
    first: int
    last: int


@dataclass(frozen=True)
class Network:
    """One region of one account, with what peers with it."""

    account_id: str
    region: str
    groups: tuple[Group, ...]
    rules: tuple[Rule, ...]
    interfaces: tuple[Interface, ...]
    prefix_lists: tuple[PrefixList, ...] = ()
    foreign_groups: tuple[ForeignGroup, ...] = ()
    denials: tuple[Denial, ...] = ()
    _at: dict[str, Interface | None] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def interface_at(self, address: str) -> Interface | None:
        """The interface that holds a private (or IPv6) address, also in a delegated prefix."""
        if address not in self._at:
            self._at[address] = self._find_interface(address)
        return self._at[address]

    def _find_interface(self, address: str) -> Interface | None:
        known = self._by_address.get(address)
        if known:
            return known
        ip = ipaddress.ip_address(address)
        for interface in self.interfaces:
            if any(ip in ipaddress.ip_network(prefix) for prefix in interface.prefixes):
                return interface
        return None

    @cached_property
    def _by_address(self) -> dict[str, Interface]:
        return {
            address: interface
            for interface in self.interfaces
            for address in interface.addresses + interface.ipv6_addresses
        }

    @cached_property
    def rules_of(self) -> dict[tuple[str, Direction], list[Rule]]:
        """(group, direction) -> its rules."""
        rules: dict[tuple[str, Direction], list[Rule]] = defaultdict(list)
        for rule in self.rules:
            rules[rule.group_id, rule.direction].append(rule)
        return rules

    @cached_property
    def prefix_list(self) -> dict[str, PrefixList]:
        return {each.prefix_list_id: each for each in self.prefix_lists}

    @cached_property
    def foreign_group(self) -> dict[str, ForeignGroup]:
        return {each.group_id: each for each in self.foreign_groups}

    @cached_property
    def group(self) -> dict[str, Group]:
        return {each.group_id: each for each in self.groups}

    @cached_property
    def interface(self) -> dict[str, Interface]:
        return {each.interface_id: each for each in self.interfaces}
