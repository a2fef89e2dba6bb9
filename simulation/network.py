"""The things of a VPC that decide who may talk to whom, as plain values."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from simulation.vpcs import (
    EndpointService,
    GroupVpcAssociation,
    MirrorTarget,
    TransitGatewayVpcAttachment,
    Vpc,
    VpcPeering,
)

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
    """A security group; `owner_id` None: of the network's own account."""

    group_id: str
    name: str
    vpc_id: str
    description: str = "managed by the platform team"
    tags: tuple[tuple[str, str], ...] = ()
    owner_id: str | None = None


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
    `attached_at`: epoch second; None means long ago. Nothing is attached to one that is available.
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
    owner_id: str | None = None
    attached_at: int | None = None
    status: Literal["in-use", "available"] = "in-use"

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
    """One region of an account at one time, with what peers with it.

    `participants`: other accounts, which have groups and interfaces in shared VPCs. Those of the
    `vpcs` that other accounts own are there for what is peered with them.
    """

    account_id: str
    region: str
    groups: tuple[Group, ...]
    rules: tuple[Rule, ...]
    interfaces: tuple[Interface, ...]
    prefix_lists: tuple[PrefixList, ...] = ()
    foreign_groups: tuple[ForeignGroup, ...] = ()
    denials: tuple[Denial, ...] = ()
    vpcs: tuple[Vpc, ...] = ()
    peerings: tuple[VpcPeering, ...] = ()
    transit_gateway_attachments: tuple[TransitGatewayVpcAttachment, ...] = ()
    group_associations: tuple[GroupVpcAssociation, ...] = ()
    mirror_targets: tuple[MirrorTarget, ...] = ()
    endpoint_services: tuple[EndpointService, ...] = ()
    participants: tuple[str, ...] = ()
    owner_sees_participants: bool = False
    _at: dict[tuple[str, str | None], Interface | None] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def interface_at(self, address: str, vpc_id: str | None = None) -> Interface | None:
        """The interface that an address means in a VPC: one of the VPC itself, else one of those
        connected with it; without a VPC, any. The address may lie in a delegated prefix."""
        key = (address, vpc_id)
        if key not in self._at:
            holders = self._by_address.get(address) or self._by_prefix(address)
            self._at[key] = self._nearest(holders, vpc_id)
        return self._at[key]

    def _nearest(self, holders: list[Interface], vpc_id: str | None) -> Interface | None:
        if vpc_id is None:
            return holders[0] if holders else None
        reached = [
            interface for interface in holders if self.are_connected(interface.vpc_id, vpc_id)
        ]
        return min(reached, key=lambda interface: interface.vpc_id != vpc_id, default=None)

    def are_connected(self, one: str, other: str) -> bool:
        """Do the VPCs reach each other, by a peering or through a transit gateway?"""
        if one == other or any(peering.connects(one, other) for peering in self.peerings):
            return True
        gateways = [
            {
                attachment.transit_gateway_id
                for attachment in self.transit_gateway_attachments
                if attachment.vpc_id == vpc
            }
            for vpc in (one, other)
        ]
        return bool(gateways[0] & gateways[1])

    def _by_prefix(self, address: str) -> list[Interface]:
        ip = ipaddress.ip_address(address)
        return [
            interface
            for interface in self.interfaces
            if any(ip in ipaddress.ip_network(prefix) for prefix in interface.prefixes)
        ]

    @cached_property
    def _by_address(self) -> dict[str, list[Interface]]:
        holders: dict[str, list[Interface]] = defaultdict(list)
        for interface in self.interfaces:
            for address in interface.addresses + interface.ipv6_addresses:
                holders[address].append(interface)
        return holders

    def group_owner(self, group_id: str) -> str:
        """The account that owns a group."""
        foreign = self.foreign_group.get(group_id)
        if foreign:
            return foreign.account_id
        return self.group[group_id].owner_id or self.account_id

    def vpc_owner(self, vpc_id: str) -> str:
        """The account that owns a VPC."""
        return (
            self.vpc[vpc_id].owner_id or self.account_id if vpc_id in self.vpc else self.account_id
        )

    @cached_property
    def vpc(self) -> dict[str, Vpc]:
        return {vpc.vpc_id: vpc for vpc in self.vpcs}

    @property
    def accounts(self) -> tuple[str, ...]:
        return (self.account_id, *self.participants)

    @cached_property
    def rules_of(self) -> dict[tuple[str, Direction], list[Rule]]:
        """(group, direction) -> its rules."""
        rules: dict[tuple[str, Direction], list[Rule]] = defaultdict(list)
        for rule in self.rules:
            rules[rule.group_id, rule.direction].append(rule)
        return rules

    @cached_property
    def rule(self) -> dict[str, Rule]:
        return {rule.rule_id: rule for rule in self.rules}

    @cached_property
    def prefix_list(self) -> dict[str, PrefixList]:
        return {prefix_list.prefix_list_id: prefix_list for prefix_list in self.prefix_lists}

    @cached_property
    def foreign_group(self) -> dict[str, ForeignGroup]:
        return {group.group_id: group for group in self.foreign_groups}

    @cached_property
    def group(self) -> dict[str, Group]:
        return {group.group_id: group for group in self.groups}

    @cached_property
    def interface(self) -> dict[str, Interface]:
        return {interface.interface_id: interface for interface in self.interfaces}
