"""A security-group evaluator that is slow and obvious: it asks every rule about every request."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import cache

from simulation.network import (
    Cidr,
    Direction,
    GroupMembers,
    Interface,
    ListedPrefixes,
    Network,
    Rule,
)

ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
PROTOCOL_NAMES = {"icmp": ICMP, "tcp": TCP, "udp": UDP, "icmpv6": ICMPV6}
ECHO_REQUEST = {ICMP: 8, ICMPV6: 128}


@dataclass(frozen=True)
class Request:
    """The opening of a conversation, as one interface sees it.

    `direction` is ingress when `peer` opened it, egress when the interface did. `port` is the
    service port, 0 for protocols without ports. `via`: the interface of a load balancer that
    passed it on with the client's address.
    """

    direction: Direction
    protocol: int
    port: int
    peer: str
    via: str | None = None


def admitting_rules(network: Network, interface: Interface, request: Request) -> list[Rule]:
    """Every rule, of every group the interface carries, that admits the request."""
    return [
        rule
        for rule in rules_of_interface(network, interface, request.direction)
        if admits(network, rule, request, interface.vpc_id)
    ]


def rules_of_interface(network: Network, interface: Interface, direction: Direction) -> list[Rule]:
    return [
        rule
        for group_id in interface.group_ids
        for rule in network.rules_of.get((group_id, direction), [])
    ]


def admits(network: Network, rule: Rule, request: Request, vpc_id: str | None = None) -> bool:
    """`vpc_id`: of the interface that is asked, where the peer's address is looked up."""
    return (
        rule.direction == request.direction
        and fits_service(rule, request, by_icmp_type=True)
        and fits_peer(network, rule, request, vpc_id)
    )


def fits_service(rule: Rule, request: Request, *, by_icmp_type: bool) -> bool:
    """Do protocol and port fit? Logs do not show an ICMP message's type, the network sees it."""
    if rule.protocol == "-1":
        return True
    protocol = PROTOCOL_NAMES.get(rule.protocol)
    if (int(rule.protocol) if protocol is None else protocol) != request.protocol:
        return False
    if request.protocol in (TCP, UDP):
        return rule.first <= request.port <= rule.last
    if request.protocol in ECHO_REQUEST and by_icmp_type:
        return rule.first in (-1, ECHO_REQUEST[request.protocol])
    return True


def fits_peer(network: Network, rule: Rule, request: Request, vpc_id: str | None) -> bool:
    match rule.peer:
        case Cidr(cidr):
            return _contains(cidr, request.peer)
        case ListedPrefixes(prefix_list_id):
            entries = network.prefix_list[prefix_list_id].entries
            return any(_contains(cidr, request.peer) for cidr, _ in entries)
        case GroupMembers(group_id):
            return _is_member(network, group_id, request.peer, vpc_id) or (
                request.via is not None and group_id in network.interface[request.via].group_ids
            )


def _is_member(network: Network, group_id: str, address: str, vpc_id: str | None) -> bool:
    """A load balancer that keeps the client's address is asked for its own group instead, see
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
    """
    foreign = network.foreign_group.get(group_id)
    if foreign:
        return foreign.peering_status == "active" and address in foreign.addresses
    member = network.interface_at(address, vpc_id)
    return member is not None and group_id in member.group_ids


def acl_denies(
    network: Network, interface: Interface, direction: Direction, packet: Request
) -> bool:
    """Does the subnet's ACL deny a packet (`port`: its destination port) to or from `peer`?

    Traffic between interfaces of one subnet does not pass its ACL.
    """
    neighbour = network.interface_at(packet.peer, interface.vpc_id)
    if neighbour and neighbour.subnet_id == interface.subnet_id:
        return False
    return any(
        denial.subnet_id == interface.subnet_id
        and denial.direction == direction
        and denial.protocol == packet.protocol
        and denial.first <= packet.port <= denial.last
        and _contains(denial.cidr, packet.peer)
        for denial in network.denials
    )


@cache
def _contains(cidr: str, address: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(cidr)
