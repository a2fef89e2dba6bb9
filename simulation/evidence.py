"""What flow logs and a snapshot of the inventory can prove, and what they must leave open."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from functools import cached_property

from simulation.formats import FlowLogFormat
from simulation.network import OTHER_DIRECTION, GroupMembers, Interface, Network, Rule
from simulation.records import Conversation
from simulation.security import TCP, UDP, Request, fits_peer, fits_service, rules_of_interface

_PRIVATE = [
    ipaddress.ip_network(cidr)
    for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
]


class Evidence:
    """Judges conversations as a careful reader of the logs could, who has the snapshot beside
    them; remembers what it found out about each request."""

    def __init__(self, network: Network, log_format: FlowLogFormat) -> None:
        self.network = network
        self.log_format = log_format
        self._possible: dict[tuple[str, Request], frozenset[str]] = {}

    def of(
        self, conversation: Conversation, *, opening_seen: bool, peer_heard: bool
    ) -> tuple[frozenset[str], frozenset[str]]:
        """The rules that are proven to have admitted it, and those that may have.

        `opening_seen`: its records of the day show SYN or SYN-ACK, in a format that has flags.
        `peer_heard`: some of them are of packets that the peer sent.
        """
        request = conversation.request
        interface = self.network.interface[conversation.interface_id]
        reverse = None
        if not self._is_evident(conversation, opening_seen):
            port = conversation.client_port
            reverse = replace(request, direction=OTHER_DIRECTION[request.direction], port=port)
        if not interface.in_snapshot:
            readings = [request, reverse] if reverse else [request]
            own = conversation.own_address
            return frozenset(), frozenset().union(*(self._in_region(r, own) for r in readings))
        reversed_rules = self._reversed(conversation, interface, reverse, peer_heard)
        proven = frozenset() if reversed_rules else self._proven(interface, request)
        return proven, self._possibly(interface, request) | reversed_rules

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
        other_end = self.network.interface_at(reverse.peer)
        if peer_heard and other_end and other_end.in_snapshot:
            direction = OTHER_DIRECTION[reverse.direction]
            mirrored = replace(reverse, direction=direction, peer=conversation.own_address)
            if not self._possibly(other_end, mirrored):
                return frozenset()
        return self._possibly(interface, reverse)

    def _possibly(self, interface: Interface, request: Request) -> frozenset[str]:
        key = (interface.interface_id, request)
        if key not in self._possible:
            rules = rules_of_interface(self.network, interface, request.direction)
            self._possible[key] = frozenset(
                rule.rule_id for rule in rules if self._may_admit(rule, request)
            )
        return self._possible[key]

    def _proven(self, interface: Interface, request: Request) -> frozenset[str]:
        rules = rules_of_interface(self.network, interface, request.direction)
        return frozenset(rule.rule_id for rule in rules if self._is_known_to_admit(rule, request))

    def _in_region(self, request: Request, own_address: str) -> frozenset[str]:
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
            if rule.direction == reading.direction and self._may_admit(rule, reading)
        )

    def _is_known_to_admit(self, rule: Rule, request: Request) -> bool:
        if isinstance(rule.peer, GroupMembers) and not self._is_known(request.peer):
            return False
        return fits_service(rule, request, by_icmp_type=False) and fits_peer(
            self.network, rule, request.peer
        )

    def _may_admit(self, rule: Rule, request: Request) -> bool:
        """A group's members are known only as far as the snapshot goes: whoever holds a VPC's
        address that no interface of the snapshot holds may have carried any group, and the members
        of another account's group may have any address."""
        if not fits_service(rule, request, by_icmp_type=False):
            return False
        if isinstance(rule.peer, GroupMembers) and not self._is_known(request.peer):
            own = any(rule.peer.group_id == group.group_id for group in self.network.groups)
            return self._may_be_of_a_vpc(request.peer) if own else True
        return fits_peer(self.network, rule, request.peer)

    def _is_known(self, address: str) -> bool:
        member = self.network.interface_at(address)
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
