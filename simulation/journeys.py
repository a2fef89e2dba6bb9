"""A connection's packets on their way: which interfaces they pass, and what those say of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simulation.connections import RST, SYN, SYN_ACK, Burst, Connection
from simulation.network import OTHER_DIRECTION, Direction, Interface, Network
from simulation.records import Conversation, Flow
from simulation.security import TCP, Request, acl_denies, admitting_rules


@dataclass(frozen=True)
class Sighting:
    """An interface saw a burst and passed its verdict on it."""

    interface: Interface
    flow: Flow
    burst: Burst
    conversation: Conversation | None


@dataclass(frozen=True)
class _Hop:
    interface: Interface
    flow: Flow
    conversation: Conversation | None


def sightings(network: Network, connection: Connection) -> Iterator[Sighting]:
    """What the interfaces on the way see. Security groups are stateful: they are asked about the
    opening only; ACLs are asked about every packet. Who hears no answer only tries again."""
    requests, replies = _request_path(network, connection), _reply_path(network, connection)
    reached = _passes(requests)
    heard = reached and _passes(replies)
    for burst in connection.bursts:
        if not burst.from_client and not reached:
            continue
        if connection.protocol == TCP and not heard and burst.flags not in (SYN, SYN_ACK, RST):
            continue
        for hop in requests if burst.from_client else replies:
            yield Sighting(hop.interface, hop.flow, burst, hop.conversation)
            if hop.flow.action == "REJECT":
                break


def _passes(path: list[_Hop]) -> bool:
    return all(hop.flow.action == "ACCEPT" for hop in path)


def _request_path(network: Network, connection: Connection) -> list[_Hop]:
    client = network.interface_at(connection.client)
    server = network.interface_at(connection.server)
    path = []
    if client:
        path.append(_hop(network, connection, client, "egress", is_request=True))
    if connection.nat_gateway:
        path += _nat_hops(network, connection)[:2]
    if server:
        path.append(_hop(network, connection, server, "ingress", is_request=True))
    return path


def _reply_path(network: Network, connection: Connection) -> list[_Hop]:
    client = network.interface_at(connection.client)
    server = network.interface_at(connection.server)
    path = []
    if server:
        path.append(_hop(network, connection, server, "egress", is_request=False))
    if connection.nat_gateway:
        path += _nat_hops(network, connection)[2:]
    if client:
        path.append(_hop(network, connection, client, "ingress", is_request=False))
    return path


def _hop(
    network: Network,
    connection: Connection,
    interface: Interface,
    direction: Direction,
    *,
    is_request: bool,
) -> _Hop:
    opening = direction if is_request else OTHER_DIRECTION[direction]
    at_client = opening == "egress"
    own = connection.client if at_client else connection.server
    peer = connection.server if at_client else connection.client
    request = Request(opening, connection.protocol, connection.server_port, peer)
    target_port = connection.server_port if is_request else connection.client_port
    packet = Request(direction, connection.protocol, target_port, peer)
    denied = acl_denies(network, interface, direction, packet) or (
        is_request and not admitting_rules(network, interface, request)
    )
    conversation = Conversation(interface.interface_id, request, connection.client_port, own)
    flow = _flow(connection, interface, direction, is_request=is_request, denied=denied)
    return _Hop(interface, flow, conversation)


def _flow(
    connection: Connection,
    interface: Interface,
    direction: Direction,
    *,
    is_request: bool,
    denied: bool,
) -> Flow:
    """srcaddr and dstaddr show the interface's primary address on its own side."""
    source = (connection.client, connection.client_port)
    target = (connection.server, connection.server_port)
    if not is_request:
        source, target = target, source
    ingress = direction == "ingress"
    return Flow(
        direction=direction,
        action="REJECT" if denied else "ACCEPT",
        protocol=connection.protocol,
        source=source[0] if ingress else _shown(interface, source[0]),
        source_port=source[1],
        target=_shown(interface, target[0]) if ingress else target[0],
        target_port=target[1],
        packet_source=source[0],
        packet_target=target[0],
    )


def _shown(interface: Interface, address: str) -> str:
    return address if ":" in address else interface.primary


def _nat_hops(network: Network, connection: Connection) -> list[_Hop]:
    """A NAT gateway logs four flows: in from the client, out to the server, and both replies.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html
    """
    assert connection.nat_gateway is not None
    gateway = network.interface[connection.nat_gateway]
    own = (gateway.primary, connection.nat_port)
    client = (connection.client, connection.client_port)
    server = (connection.server, connection.server_port)
    return [
        _nat_hop(connection, gateway, "ingress", client, (own[0], server[1]), client[0], server[0]),
        _nat_hop(connection, gateway, "egress", own, server, own[0], server[0]),
        _nat_hop(connection, gateway, "ingress", server, own, server[0], own[0]),
        _nat_hop(connection, gateway, "egress", (own[0], server[1]), client, server[0], client[0]),
    ]


def _nat_hop(
    connection: Connection,
    gateway: Interface,
    direction: Direction,
    source: tuple[str, int],
    target: tuple[str, int],
    packet_source: str,
    packet_target: str,
) -> _Hop:
    protocol = connection.protocol
    flow = Flow(direction, "ACCEPT", protocol, *source, *target, packet_source, packet_target)
    return _Hop(gateway, flow, None)
