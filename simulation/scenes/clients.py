"""Traffic whose ports and flags mislead: who asked whom, and was anybody asked at all?"""

from __future__ import annotations

from dataclasses import replace

from simulation.connections import (
    Connection,
    Exchange,
    icmp_error,
    tcp_connection,
    udp_conversation,
)
from simulation.drawing import Drawing
from simulation.network import Interface

DAY = 86_400
LOW_PORTS = (20, 513, 514, 600, 700, 873, 989, 995, 1023)
"""FTP's data, rsh and rlogin, NFS and other reserved ports, rsync, FTPS, POP3S."""


def low_client_ports(drawing: Drawing) -> None:
    """Clients bind below 1024 and ask for high ports, near and far. Rules for the low ports, the
    other way round, are for nobody."""
    base, rng = drawing.base, drawing.rng
    group = drawing.group("transfer", base)
    own = drawing.interface(base, group)
    peers = [f"198.51.100.{number}" for number in (41, 42, 43, 44)]
    drawing.rule(group, "ingress", "tcp", (1024, 65_535), "198.51.100.40/30")
    drawing.rule(group, "ingress", "tcp", 50_100, "198.51.100.44/32")
    drawing.rule(group, "egress", "tcp", (1024, 65_535), "203.0.113.40/30")
    for port in rng.sample(LOW_PORTS, 3):
        drawing.rule(group, "egress", "tcp", port, "198.51.100.40/29")
        drawing.rule(group, "ingress", "tcp", port, "203.0.113.40/30")
        _talk(drawing, (rng.choice(peers[:3]), port), (own.primary, _high(drawing)))
        _talk(drawing, (peers[3], port), (own.primary, 50_100))
        _talk(drawing, (own.primary, port), (f"203.0.113.{rng.randint(40, 43)}", _high(drawing)))


def _high(drawing: Drawing) -> int:
    return drawing.rng.choice((7010, 30_865, drawing.rng.randint(40_000, 60_000)))


def _talk(drawing: Drawing, client: tuple[str, int], server: tuple[str, int]) -> None:
    """A TCP connection of some hours, or one that opened on a day before."""
    at = drawing.moment(0, 0.9)
    if drawing.rng.random() < 0.5:
        drawing.connect(tcp_connection(client, server, at), vpc_id=drawing.base)
    else:
        _connect_old(drawing, client, server, at, drawing.rng.randint(1, 2))


def _connect_old(
    drawing: Drawing, client: tuple[str, int], server: tuple[str, int], opened: int, days: int
) -> None:
    """Opened so many days before the second given, and silent until then."""
    talk = [Exchange(days * DAY + after) for after in (0, 2_000, 50_000)]
    made = tcp_connection(client, server, opened - days * DAY, exchanges=talk, closed_after=None)
    drawing.connect(made, vpc_id=drawing.base)


def fixed_client_ports(drawing: Drawing) -> None:
    """Twenty peers are asked from one port: libp2p by TCP, SIP and syslog by UDP. The rule that
    would admit them at that port is for nobody; or it is all the other way round, and they ask."""
    base, rng = drawing.base, drawing.rng
    group = drawing.group("peer-to-peer", base)
    own = drawing.interface(base, group)
    for protocol, port in (("tcp", 4001), ("udp", rng.choice((5060, 514)))):
        drawing.rule(group, "egress", protocol, (1024, 65_535), "203.0.113.0/24")
        drawing.rule(group, "ingress", protocol, port, "203.0.113.0/24")
        opened = drawing.moment(0.1, 0.8)
        old, is_service = rng.random() < 0.5, rng.random() < 0.3
        for number in range(20):
            client = (own.primary, port)
            server = (f"203.0.113.{60 + number}", rng.choice((port, rng.randint(20_000, 60_000))))
            if is_service:
                client, server = server, client
            if protocol == "tcp" and old:
                _connect_old(drawing, client, server, opened, 1)
            elif protocol == "tcp":
                drawing.connect(tcp_connection(client, server, opened + number), vpc_id=base)
            else:
                made = udp_conversation(client, server, opened + number, answered=port == 5060)
                drawing.connect(made, vpc_id=base)


def old_syns(drawing: Drawing) -> None:
    """Connections between two high ports whose opening no day of the logs shows, or another one."""
    base, rng = drawing.base, drawing.rng
    brokers, consumers = drawing.group("brokers", base), drawing.group("consumers", base)
    broker, consumer = drawing.interface(base, brokers), drawing.interface(base, consumers)
    drawing.rule(brokers, "ingress", "tcp", 9092, consumers)
    drawing.rule(brokers, "ingress", "tcp", 9093, consumers)
    drawing.rule(brokers, "egress", "tcp", (1024, 65_535), "10.1.0.0/16")
    drawing.rule(consumers, "egress", "tcp", (9000, 9100), brokers)
    drawing.rule(consumers, "ingress", "tcp", (32_768, 65_535), "10.1.0.0/16")
    for at in (drawing.span.first + 3_600, drawing.moment(0.2, 0.8)):
        source = drawing.ports.take(consumer.primary)
        _connect_old(drawing, source, (broker.primary, 9092), at, rng.randint(1, 3))


def one_way(drawing: Drawing) -> None:
    """Syslog from port 514 to 5140, and UDP to closed ports, of which ICMP errors come back. Rules
    that fit the way back, and rules for ICMP, are for nobody."""
    base, rng = drawing.base, drawing.rng
    group = drawing.group("collector", base)
    own = drawing.interface(base, group)
    drawing.rule(group, "ingress", "udp", 5140, "198.51.100.0/24")
    drawing.rule(group, "egress", "udp", 514, "198.51.100.0/24")
    drawing.rule(group, "egress", "udp", (33_000, 34_000), "203.0.113.0/25")
    drawing.rule(group, "ingress", "icmp", -1, "203.0.113.0/25")
    drawing.rule(group, "egress", "icmp", -1, "198.51.100.0/24")
    for _ in range(rng.randint(2, 6)):
        device = f"198.51.100.{rng.randint(150, 250)}"
        sent = udp_conversation(
            (device, 514), (own.primary, 5140), drawing.moment(), answered=False
        )
        drawing.connect(sent, vpc_id=base)
        if rng.random() < 0.5:
            _report_error(drawing, sent)
    for _ in range(rng.randint(1, 3)):
        _probe(drawing, own, f"203.0.113.{rng.randint(1, 100)}")


def _probe(drawing: Drawing, own: Interface, peer: str) -> None:
    source = drawing.ports.take(own.primary)
    port = drawing.rng.randint(33_434, 33_500)
    sent = udp_conversation(source, (peer, port), drawing.moment(), answered=False)
    drawing.connect(sent, vpc_id=drawing.base)
    _report_error(drawing, sent)


def _report_error(drawing: Drawing, about: Connection) -> None:
    """The server says that its port is closed."""
    drawing.connect(replace(icmp_error(about), vpc_id=drawing.base))
