"""A connection's packets on their way: which interfaces they pass, and what those say of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simulation.connections import RST, SYN, SYN_ACK, Burst, Connection
from simulation.history import EVER, History
from simulation.network import OTHER_DIRECTION, Direction, Interface, Network
from simulation.records import Conversation, Flow
from simulation.security import TCP, Request, acl_denies, admitting_rules


@dataclass(frozen=True)
class ObservedBurst:
    """A burst as an interface sees it, with its verdict."""

    interface: Interface
    flow: Flow
    burst: Burst
    conversation: Conversation | None
    is_recorded: bool


@dataclass(frozen=True)
class _Hop:
    interface: Interface
    flow: Flow
    conversation: Conversation | None


def observed_bursts(history: History, connection: Connection) -> Iterator[ObservedBurst]:
    """What the interfaces on the way see, as long as all of them are there. Security groups are
    stateful: they are asked about the opening only; ACLs are asked about every packet. Who hears no
    answer only tries again."""
    network = history.at(connection.opened)
    requests, replies = _request_path(network, connection), _reply_path(network, connection)
    reached = _passes(requests)
    heard = reached and _passes(replies)
    until = _end(history, connection, [*requests, *replies])
    for burst in connection.bursts:
        if burst.at >= until or not (burst.from_client or reached):
            continue
        if connection.protocol == TCP and not heard and burst.flags not in (SYN, SYN_ACK, RST):
            continue
        for hop in requests if burst.from_client else replies:
            yield ObservedBurst(
                hop.interface, hop.flow, burst, hop.conversation, connection.is_recorded
            )
            if hop.flow.action == "REJECT":
                break


def arrives(network: Network, connection: Connection) -> bool:
    """Do all who are asked admit its opening?"""
    return _passes(_request_path(network, connection))


def _end(history: History, connection: Connection, path: list[_Hop]) -> int:
    """The second in which the first of the interfaces is not there any more."""
    ids = {hop.interface.interface_id for hop in path}
    return min(
        (history.detached_after(interface_id, connection.opened) for interface_id in ids),
        default=EVER,
    )


def _passes(path: list[_Hop]) -> bool:
    return all(hop.flow.action == "ACCEPT" for hop in path)


def _request_path(network: Network, connection: Connection) -> list[_Hop]:
    client, server = _ends(network, connection)
    path = []
    if client:
        path.append(_hop(network, connection, client, "egress", is_request=True))
    if connection.nat_gateway:
        path += _nat_hops(network, connection)[:2]
    if server:
        path.append(_hop(network, connection, server, "ingress", is_request=True))
    return path


def _reply_path(network: Network, connection: Connection) -> list[_Hop]:
    client, server = _ends(network, connection)
    path = []
    if server:
        path.append(_hop(network, connection, server, "egress", is_request=False))
    if connection.nat_gateway:
        path += _nat_hops(network, connection)[2:]
    if client:
        path.append(_hop(network, connection, client, "ingress", is_request=False))
    return path


def _ends(network: Network, connection: Connection) -> tuple[Interface | None, Interface | None]:
    """The interfaces that send and that receive the requests, where they are of this network."""
    server = network.interface_at(connection.server, connection.vpc_id)
    if not connection.is_recorded:
        return None, server
    if connection.via:
        return network.interface[connection.via], server
    return network.interface_at(connection.client, connection.vpc_id), server


def _hop(
    network: Network,
    connection: Connection,
    interface: Interface,
    direction: Direction,
    *,
    is_request: bool,
) -> _Hop:
    conversation = _conversation(connection, interface, direction, is_request=is_request)
    request = conversation.request
    target_port = connection.server_port if is_request else connection.client_port
    packet = Request(direction, connection.protocol, target_port, request.peer)
    denied = acl_denies(network, interface, direction, packet) or (
        is_request
        and not connection.is_related
        and not admitting_rules(network, interface, request)
    )
    flow = _flow(connection, interface, direction, is_request=is_request, denied=denied)
    return _Hop(interface, flow, conversation)


def _conversation(
    connection: Connection, interface: Interface, direction: Direction, *, is_request: bool
) -> Conversation:
    opening = direction if is_request else OTHER_DIRECTION[direction]
    own, peer = connection.client, connection.server
    if opening == "ingress":
        own, peer = peer, own
    via = connection.via if opening == "ingress" else None
    return Conversation(
        interface.interface_id,
        Request(opening, connection.protocol, connection.server_port, peer, via),
        connection.client_port,
        own,
        connection.opened,
        connection.is_related,
    )


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
