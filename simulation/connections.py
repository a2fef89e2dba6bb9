"""What two ends say to each other: a connection is its five-tuple and its bursts of packets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from simulation.security import ICMP, ICMPV6, TCP, UDP

FIN, SYN, RST, SYN_ACK = 1, 2, 4, 18
"""TCP flags as flow logs show them: ACK alone and PSH are never shown."""


@dataclass(frozen=True)
class Burst:
    """Packets that one end sent at one moment (`at`: epoch seconds)."""

    at: int
    from_client: bool
    flags: int = 0
    packets: int = 1
    size: int = 60


@dataclass(frozen=True)
class Connection:
    """A conversation in the order it was meant to happen; the client opened it.

    With `nat_gateway` (an interface id) it leaves the VPC through that gateway, from `nat_port`.
    `vpc_id`: where its addresses are looked up; None where no two interfaces have the same.
    `via`: the interface of a load balancer that passes it on to the server with the address of the
    client, who does not see this part of the way.
    `is_recorded` False: flow logs leave it out, and only the server's groups are asked.
    `is_related`: an error about another conversation; no group is asked about it.
    """

    protocol: int
    client: str
    client_port: int
    server: str
    server_port: int
    bursts: tuple[Burst, ...]
    nat_gateway: str | None = None
    nat_port: int = 0
    vpc_id: str | None = None
    via: str | None = None
    is_recorded: bool = True
    is_related: bool = False

    @property
    def opened(self) -> int:
        return self.bursts[0].at


@dataclass(frozen=True)
class Exchange:
    """One question and its answer; `after` seconds from the connection's opening."""

    after: int = 0
    question: int = 400
    answer: int = 1500
    packets: int = 4


ONE_EXCHANGE = (Exchange(),)


def tcp_connection(
    client: tuple[str, int],
    server: tuple[str, int],
    opened: int,
    *,
    exchanges: Iterable[Exchange] = ONE_EXCHANGE,
    closed_after: int | None = 1,
    reset: bool = False,
    nat: tuple[str, int] | None = None,
) -> Connection:
    """A TCP connection; `closed_after` None leaves it open, `reset` ends it by the server's RST."""
    bursts = [Burst(opened, True, SYN), Burst(opened, False, SYN_ACK)]
    bursts += _data(opened, exchanges)
    if closed_after is not None:
        bursts += _ending(opened + closed_after, reset)
    return _connection(TCP, client, server, bursts, nat)


def refused_connection(client: tuple[str, int], server: tuple[str, int], opened: int) -> Connection:
    """The server has no listener on the port: SYN, then RST."""
    bursts = [Burst(opened, True, SYN), Burst(opened, False, RST)]
    return _connection(TCP, client, server, bursts, None)


def udp_conversation(
    client: tuple[str, int],
    server: tuple[str, int],
    opened: int,
    *,
    exchanges: Iterable[Exchange] = ONE_EXCHANGE,
    answered: bool = True,
    nat: tuple[str, int] | None = None,
) -> Connection:
    """UDP questions, with their answers unless it is one-way like syslog."""
    bursts = [exchange for exchange in _data(opened, exchanges) if answered or exchange.from_client]
    return _connection(UDP, client, server, bursts, nat)


def udp_subscription(
    client: tuple[str, int], server: tuple[str, int], opened: int, pushes: Iterable[int]
) -> Connection:
    """The client asks once; the server sends on, at the given seconds after the opening."""
    bursts = [Burst(opened, True)]
    bursts += [Burst(opened + after, False, 0, 3, 3600) for after in pushes]
    return _connection(UDP, client, server, bursts, None)


def ping(
    client: str, server: str, opened: int, times: Iterable[int] = (0,), *, answered: bool = True
) -> Connection:
    """Echo requests at the given seconds after the opening, ICMP or ICMPv6 by the address."""
    protocol = ICMPV6 if ":" in server else ICMP
    return bare_conversation(protocol, client, server, opened, times, answered=answered)


def bare_conversation(
    protocol: int,
    client: str,
    server: str,
    opened: int,
    times: Iterable[int] = (0,),
    *,
    answered: bool = True,
) -> Connection:
    """A conversation of a protocol without ports: flow logs show port 0 on both sides."""
    bursts = [
        Burst(opened + after, from_client, 0, 1, 84)
        for after in times
        for from_client in ((True, False) if answered else (True,))
    ]
    return _connection(protocol, (client, 0), (server, 0), bursts, None)


def icmp_error(about: Connection) -> Connection:
    """Its server answers that nothing listens there; that is accepted as part of it."""
    protocol = ICMPV6 if ":" in about.server else ICMP
    at = about.opened + 1
    made = bare_conversation(protocol, about.server, about.client, at, answered=False)
    return replace(made, is_related=True)


def _data(opened: int, exchanges: Iterable[Exchange]) -> list[Burst]:
    bursts = []
    for exchange in exchanges:
        at = opened + exchange.after
        bursts.append(Burst(at, True, 0, exchange.packets, exchange.question))
        bursts.append(Burst(at, False, 0, exchange.packets, exchange.answer))
    return bursts


def _ending(at: int, reset: bool) -> list[Burst]:
    if reset:
        return [Burst(at, False, RST)]
    return [Burst(at, True, FIN), Burst(at, False, FIN), Burst(at, True)]


def _connection(
    protocol: int,
    client: tuple[str, int],
    server: tuple[str, int],
    bursts: list[Burst],
    nat: tuple[str, int] | None,
) -> Connection:
    ordered = tuple(sorted(bursts, key=lambda burst: burst.at))
    gateway, nat_port = nat or (None, 0)
    return Connection(protocol, *client, *server, ordered, gateway, nat_port)
