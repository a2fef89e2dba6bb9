"""What flow logs and a snapshot of the inventory can prove, and what they must leave open."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from functools import cached_property

from simulation.formats import FlowLogFormat
from simulation.history import History
from simulation.network import OTHER_DIRECTION, GroupMembers, Interface, Network, Rule
from simulation.records import Conversation
from simulation.security import TCP, UDP, Request, fits_peer, fits_service, rules_of_interface

_PRIVATE = [
    ipaddress.ip_network(cidr)
    for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
]


NFS = 2049
KEEPERS = ("network_load_balancer", "global_accelerator_managed")
"""Kinds of interfaces that may pass packets on with the address of the client."""


class Evidence:
    """Judges conversations as a careful reader of the logs could, who may have any picture of the
    network beside them: what is proven is proven by each, what is possible is so in any."""

    def __init__(self, history: History, log_format: FlowLogFormat) -> None:
        self.history = history
        self._views = [_View(network, log_format) for network in history.networks]

    def of(
        self, conversation: Conversation, *, opening_seen: bool, peer_heard: bool
    ) -> tuple[frozenset[str], frozenset[str]]:
        """The rules that are proven to have admitted it, and those that may have.

        `opening_seen`: its records of the day show SYN or SYN-ACK, in a format that has flags.
        `peer_heard`: some of them are of packets that the peer sent.
        """
        knowing = [view for view in self._views if view.knows(conversation.interface_id)]
        judged = [view.known(conversation, opening_seen, peer_heard) for view in knowing]
        if not knowing or knowing[-1] is not self._views[-1]:
            vpc_id = self.history.interfaces[conversation.interface_id].vpc_id
            possible = self._views[-1].unknown(conversation, vpc_id, opening_seen)
            judged.append((frozenset(), possible))
        proven = frozenset.intersection(*(proven for proven, _ in judged))
        return proven, frozenset().union(*(possible for _, possible in judged))


class _View:
    """A picture of the network, and what it says; remembers what it found of each request."""

    def __init__(self, network: Network, log_format: FlowLogFormat) -> None:
        self.network = network
        self.log_format = log_format
        self._possible: dict[tuple[str, Request], frozenset[str]] = {}

    def knows(self, interface_id: str) -> bool:
        interface = self.network.interface.get(interface_id)
        return interface is not None and interface.in_snapshot and interface.status == "in-use"

    def known(
        self, conversation: Conversation, opening_seen: bool, peer_heard: bool
    ) -> tuple[frozenset[str], frozenset[str]]:
        """What is proven and what is possible, of an interface whose groups are known."""
        request, interface = conversation.request, self.network.interface[conversation.interface_id]
        reverse = self._reverse(conversation, opening_seen)
        reversed_rules = self._reversed(conversation, interface, reverse, peer_heard)
        is_open = bool(reversed_rules) or (reverse and _looks_reversed(conversation))
        proven = frozenset() if is_open else self._proven(interface, request)
        return proven, self._possibly(interface, request) | reversed_rules

    def unknown(
        self, conversation: Conversation, vpc_id: str, opening_seen: bool
    ) -> frozenset[str]:
        """What is possible, of an interface of whose groups nobody knows more than the VPC, and
        not even that where the logs do not name it."""
        place = vpc_id if "vpc-id" in self.log_format.names else None
        reverse = self._reverse(conversation, opening_seen)
        readings = [conversation.request, reverse] if reverse else [conversation.request]
        own = conversation.own_address
        return frozenset().union(*(self._in_region(reading, own, place) for reading in readings))

    def _reverse(self, conversation: Conversation, opening_seen: bool) -> Request | None:
        """How it reads if the other end opened it; None where that is out of the question."""
        if self._is_evident(conversation, opening_seen):
            return None
        request, port = conversation.request, conversation.client_port
        direction = OTHER_DIRECTION[request.direction]
        return replace(request, direction=direction, port=port, via=None)

    def _is_evident(self, conversation: Conversation, opening_seen: bool) -> bool:
        """Does anything but the rules show who opened it: flags, or one port that no client uses?

        Clients may bind to ports from 512 up.
        """
        request = conversation.request
        if request.protocol == TCP and self.log_format.has_flags and opening_seen:
            return True
        return request.protocol in (TCP, UDP) and request.port < 512 <= conversation.client_port

    def _reversed(
        self,
        conversation: Conversation,
        interface: Interface,
        reverse: Request | None,
        peer_heard: bool,
    ) -> frozenset[str]:
        """The rules that may admit the conversation if the other end opened it; none if the peer
        is a known interface whose own rules exclude it. From a silent peer nothing follows: it
        may have rejected what this interface sent."""
        if reverse is None:
            return frozenset()
        other_end = self.network.interface_at(reverse.peer, interface.vpc_id)
        tells = peer_heard and not conversation.is_related and not self._keepers(interface.vpc_id)
        if tells and other_end and other_end.in_snapshot:
            direction = OTHER_DIRECTION[reverse.direction]
            mirrored = replace(reverse, direction=direction, peer=conversation.own_address)
            if not self._possibly(other_end, mirrored):
                return frozenset()
        return self._possibly(interface, reverse)

    def _possibly(self, interface: Interface, request: Request) -> frozenset[str]:
        key = (interface.interface_id, request)
        if key not in self._possible:
            rules = rules_of_interface(self.network, interface, request.direction)
            vpc_id = interface.vpc_id
            self._possible[key] = frozenset(
                rule.rule_id for rule in rules if self._may_admit(rule, request, vpc_id)
            )
        return self._possible[key]

    def _proven(self, interface: Interface, request: Request) -> frozenset[str]:
        rules = rules_of_interface(self.network, interface, request.direction)
        direct, vpc_id = replace(request, via=None), interface.vpc_id
        return frozenset(
            rule.rule_id for rule in rules if self._is_known_to_admit(rule, direct, vpc_id)
        )

    def _in_region(self, request: Request, own_address: str, vpc_id: str | None) -> frozenset[str]:
        """Rules that may admit a request seen by an interface whose groups nobody knows. Without
        flow-direction the log does not even tell which end the interface is."""
        readings = [request]
        if not self.log_format.has_direction:
            direction = OTHER_DIRECTION[request.direction]
            readings.append(replace(request, direction=direction, peer=own_address))
        return frozenset(
            rule.rule_id
            for rule in self.network.rules
            for reading in readings
            if rule.direction == reading.direction
            and self._may_be_carried(rule.group_id, vpc_id)
            and self._may_admit(rule, reading, vpc_id)
        )

    def _may_be_carried(self, group_id: str, vpc_id: str | None) -> bool:
        """In a VPC, if that is known."""
        associated = [
            association.vpc_id
            for association in self.network.group_associations
            if association.group_id == group_id
        ]
        return vpc_id in (None, self.network.group[group_id].vpc_id, *associated)

    def _is_known_to_admit(self, rule: Rule, request: Request, vpc_id: str) -> bool:
        if isinstance(rule.peer, GroupMembers) and not self._is_known(request.peer, vpc_id):
            return False
        return fits_service(rule, request, by_icmp_type=False) and fits_peer(
            self.network, rule, request, vpc_id
        )

    def _may_admit(self, rule: Rule, request: Request, vpc_id: str | None) -> bool:
        """A group's members are known only as far as the snapshot goes: whoever holds a VPC's
        address that no interface of the snapshot holds may have carried any group, and the members
        of another account's group may have any address."""
        if not fits_service(rule, request, by_icmp_type=False):
            return False
        if not isinstance(rule.peer, GroupMembers):
            return fits_peer(self.network, rule, request, vpc_id)
        if any(rule.peer.group_id in balancer.group_ids for balancer in self._keepers(vpc_id)):
            return True
        if self._is_known(request.peer, vpc_id):
            return fits_peer(self.network, rule, replace(request, via=None), vpc_id)
        own = any(rule.peer.group_id == group.group_id for group in self.network.groups)
        return self._may_be_of_a_vpc(request.peer) if own else True

    def _keepers(self, vpc_id: str | None) -> list[Interface]:
        """The load balancers of a VPC that may have passed packets on with other addresses."""
        return [
            interface
            for interface in self.network.interfaces
            if interface.kind in KEEPERS and vpc_id in (None, interface.vpc_id)
        ]

    def _is_known(self, address: str, vpc_id: str | None) -> bool:
        member = self.network.interface_at(address, vpc_id)
        return member is not None and member.in_snapshot

    def _may_be_of_a_vpc(self, address: str) -> bool:
        """Private IPv4, or IPv6 of a /56 (what a VPC has) around an interface of the snapshot."""
        ip = ipaddress.ip_address(address)
        if ip.version == 4:
            return any(ip in network for network in _PRIVATE)
        return any(ip in network for network in self._ipv6_networks)

    @cached_property
    def _ipv6_networks(self) -> set[ipaddress.IPv6Network]:
        return {
            ipaddress.IPv6Network((address, 56), strict=False)
            for interface in self.network.interfaces
            if interface.in_snapshot
            for address in interface.ipv6_addresses
        }


def _looks_reversed(conversation: Conversation) -> bool:
    """Did a client of a reserved port ask for a high port? A reader takes it for the service,
    unless the high port is that of NFS."""
    request = conversation.request
    if request.protocol not in (TCP, UDP) or request.port == NFS:
        return False
    return conversation.client_port < 1024 <= request.port
