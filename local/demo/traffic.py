"""Who talks to whom in the demo account, day by day.

Everything is drawn from one random source per day, so that a day is the same whatever the number
of days around it.
"""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from local.demo.day import Day
from local.demo.hosts import HOSTS
from simulation.connections import (
    Connection,
    Exchange,
    bare_conversation,
    ping,
    refused_connection,
    tcp_connection,
    udp_conversation,
)
from simulation.network import Interface
from simulation.ports import LOAD_BALANCER, RESERVED, Ports
from simulation.records import midnight

DAY = 86_400


def connections(last_day: date, days: int) -> Iterator[Connection]:
    """All connections of the month, the long-lived ones first."""
    first_day = last_day - timedelta(days=days - 1)
    yield from _connection_pools(first_day, days)
    for index in range(days):
        day = Day(first_day + timedelta(days=index), days - 1 - index)
        for theme in _THEMES:
            yield from theme(day)


def _connection_pools(first_day: date, days: int) -> Iterator[Connection]:
    """Pools to PostgreSQL and Redis stay open for weeks; they opened before the month began."""
    opened = midnight(first_day) - 5 * DAY
    ports = Ports(random.Random("pools"))
    for host in HOSTS["app"]:
        for fleet, port in (("orders-db", 5432), ("session-cache", 6379)):
            server = HOSTS[fleet][0]
            exchanges = [
                Exchange(at + int(host.primary.rpartition(".")[2]) * 97, 900, 4000)
                for at in range(5 * DAY, (days + 5) * DAY, DAY // 4)
            ]
            yield tcp_connection(
                ports.take(host.primary, range(41_000, 42_000)),
                (server.primary, port),
                opened,
                exchanges=exchanges,
                closed_after=None,
            )


def _shoppers(day: Day) -> Iterator[Connection]:
    for _ in day.times(110):
        balancer = day.host("web-alb")
        at = day.at(5, 23.5)
        yield day.tcp(day.browser(), balancer.primary, day.rng.choice((443, 443, 443, 80)), at)
        if day.rng.random() < 0.4:
            port = day.rng.choice((443, 443, 80))
            yield day.tcp(day.browser6(), balancer.ipv6_addresses[0], port, at)
        if day.rng.random() < 0.6:
            yield _forwarded(day, balancer, at)


def _forwarded(day: Day, balancer: Interface, at: int) -> Connection:
    """Load balancers use source ports from 1024 up."""
    source = day.ports.take(balancer.primary, LOAD_BALANCER, avoiding=(8080,))
    return tcp_connection(source, (day.host("web").primary, 8080), at, closed_after=65)


def _orders(day: Day) -> Iterator[Connection]:
    for _ in day.times(45):
        yield day.tcp(
            day.host("web").primary,
            day.host("app").primary,
            day.rng.choice((9000, 9000, 9001, 9002)),
            day.at(5, 23.5),
        )
    for _ in day.times(25):
        fleet, port = day.rng.choice((("orders-db", 5432), ("session-cache", 6379)))
        yield day.tcp(day.host("app").primary, day.host(fleet).primary, port, day.at())
    for _ in day.times(4):
        cache = day.host("session-cache")
        yield day.tcp(day.host("app").primary, cache.addresses[1], 6379, day.at())
    nodes = HOSTS["session-cache"]
    for first, second in ((0, 1), (1, 2), (2, 0)):
        yield day.tcp(nodes[first].primary, nodes[second].primary, 16379, day.at())


def _outward_calls(day: Day) -> Iterator[Connection]:
    for index in day.times(10):
        app, gateway = day.host("app"), day.host("nat")
        yield tcp_connection(
            day.ports.take(app.primary),
            (f"203.0.113.{day.rng.randint(100, 110)}", 443),
            day.at(),
            nat=(gateway.interface_id, 1024 + 13 * index),
        )
    for _ in day.times(8):
        app = day.host("app")
        yield day.tcp(
            app.ipv6_addresses[0], f"2001:db8:feed::{day.rng.randint(1, 9)}", 443, day.at()
        )
    for _ in day.times(16):
        endpoint = day.host("endpoint")
        yield day.tcp(day.host("app").primary, endpoint.primary, 443, day.at())
    for _ in day.times(6):
        endpoint = day.host("endpoint")
        yield day.tcp(day.host("app").ipv6_addresses[0], endpoint.ipv6_addresses[0], 443, day.at())
    for _ in day.times(3):
        yield day.tcp(day.host("app").primary, day.host("card-vault").primary, 8443, day.at(8, 20))


def _invoices(day: Day) -> Iterator[Connection]:
    for _ in day.times(12):
        function = day.host("invoice-lambda").primary
        at = day.at(6, 22)
        yield day.tcp(function, day.host("app").primary, 9000, at)
        yield day.tcp(function, day.host("endpoint").primary, 443, at + 1)


def _dns_and_ntp(day: Day) -> Iterator[Connection]:
    for fleet, usual in (("web", 20), ("app", 30), ("kubernetes-node", 10)):
        for _ in day.times(usual):
            yield day.udp(day.host(fleet).primary, day.host("dns-resolver").primary, 53)
    if day.rng.random() < 0.4:
        node = day.host("kubernetes-node").primary
        yield day.tcp(node, day.host("dns-resolver").primary, 53, day.at())
    for fleet in ("web", "app", "batch"):
        for host in HOSTS[fleet][:3]:
            clock = day.host("directory").primary
            yield udp_conversation((host.primary, 123), (clock, 123), day.at())


def _monitoring(day: Day) -> Iterator[Connection]:
    prometheus, second = HOSTS["monitoring"]
    yield day.tcp(second.primary, prometheus.primary, 9094, day.at())
    for fleet in ("web", "app", "batch", "kubernetes-node"):
        for host in HOSTS[fleet]:
            for _ in range(2):
                yield day.tcp(prometheus.primary, host.primary, 9100, day.at())
            if day.rng.random() < 0.5:
                yield ping(prometheus.primary, host.primary, day.at())
            if host.ipv6_addresses and day.rng.random() < 0.4:
                yield ping(prometheus.ipv6_addresses[0], host.ipv6_addresses[0], day.at())
            if day.rng.random() < 0.8:
                yield day.udp(host.primary, prometheus.primary, 514, answered=False)
    for host in HOSTS["app"]:
        yield day.udp(host.primary, prometheus.primary, 8125, answered=False)
    yield day.tcp(
        HOSTS["card-gateway"][0].addresses[1], HOSTS["orders-db"][0].primary, 5432, day.at()
    )


def _pods(day: Day) -> Iterator[Connection]:
    for _ in day.times(14):
        node = day.host("kubernetes-node")
        pod = _pod(day, node)
        yield day.tcp(pod, day.host("orders-db").primary, 5432, day.at())
        neighbour = day.host("kubernetes-node")
        if neighbour is not node:
            yield day.tcp(pod, _pod(day, neighbour), day.rng.choice((8080, 10250)), day.at())


def _pod(day: Day, node: Interface) -> str:
    network, _, _ = node.prefixes[0].partition("/")
    area, _, first = network.rpartition(".")
    return f"{area}.{int(first) + day.rng.randint(1, 14)}"


def _settlement(day: Day) -> Iterator[Connection]:
    for host in HOSTS["batch"]:
        yield day.tcp(host.primary, HOSTS["orders-db"][0].primary, 5432, day.at(1, 3), 900)
        archive = f"192.0.2.{day.rng.randint(1, 60)}"
        yield day.tcp(host.primary, archive, 443, day.at(3, 4), 40)
        yield day.tcp(host.primary, f"192.0.2.{day.rng.randint(129, 150)}", 443, day.at(1, 4), 2)
        nfs = day.ports.take(host.primary, RESERVED)
        files = day.host("shared-files").primary
        yield tcp_connection(nfs, (files, 2049), day.at(1, 4), closed_after=1200)


def _operators(day: Day) -> Iterator[Connection]:
    bastion = HOSTS["bastion"][0]
    for _ in day.times(4):
        office = day.rng.choice(("198.51.100.", "198.51.100.", "203.0.113."))
        at = day.at(8, 17)
        last = day.rng.randint(41, 46) if office.startswith("203") else day.rng.randint(65, 78)
        yield day.tcp(f"{office}{last}", bastion.primary, 22, at, 1800)
        fleet = day.rng.choice(("web", "app", "batch", "kubernetes-node"))
        yield day.tcp(bastion.primary, day.host(fleet).primary, 22, at + 20, 1700)
    if not day.is_weekend:
        office6 = f"2001:db8:f00d:1::{day.rng.randint(2, 40):x}"
        yield day.tcp(office6, bastion.ipv6_addresses[0], 22, day.at(8, 17), 600)


def _calls_and_partners(day: Day) -> Iterator[Connection]:
    """Both ends of a call use ports that are nobody's service, and either may send first."""
    for _ in day.times(5):
        phone = (f"198.51.100.{day.rng.randint(200, 240)}", day.rng.randint(10_000, 20_000))
        relay = (day.host("media").primary, day.rng.randint(10_000, 20_000))
        seconds = [Exchange(after, 9000, 9000, 50) for after in range(0, 180, 20)]
        yield udp_conversation(phone, relay, day.at(8, 18), exchanges=seconds)
    partner, appliance = "203.0.113.9", HOSTS["partner-vpn"][0].primary
    yield udp_conversation((partner, 500), (appliance, 500), day.at(0, 1))
    yield bare_conversation(50, partner, appliance, day.at(1, 2), range(0, 70_000, 6000))


def _scans(day: Day) -> Iterator[Connection]:
    """Scanners try every public address; an ACL rejects them, or no rule lets them in."""
    targets = [*HOSTS["web-alb"], *HOSTS["bastion"], *HOSTS["media"], *HOSTS["partner-vpn"]]
    for _ in range(day.rng.randint(90, 130)):
        scanner = (f"198.51.100.{day.rng.randint(241, 254)}", day.rng.randint(1024, 65_535))
        port = day.rng.choice((21, 22, 23, 80, 443, 445, 1433, 3306, 3389, 5900, 6379, 8080))
        yield refused_connection(scanner, (day.rng.choice(targets).primary, port), day.at())
    for _ in range(6):
        banned = (f"192.0.2.{day.rng.randint(193, 206)}", day.rng.randint(1024, 65_535))
        yield refused_connection(banned, (day.host("web-alb").primary, 443), day.at())


def _refused_inside(day: Day) -> Iterator[Connection]:
    """A forgotten job asks for a database that no longer lets it in."""
    for host in HOSTS["kubernetes-node"][:2]:
        server = day.host("session-cache").primary
        yield refused_connection(day.ports.take(host.primary), (server, 6379), day.at())


def _monthly(day: Day) -> Iterator[Connection]:
    """What happens on one day of the month only."""
    database, bastion = HOSTS["orders-db"][0].primary, HOSTS["bastion"][0].primary
    batch, directory = HOSTS["batch"][0].primary, HOSTS["directory"][0].primary
    if day.before_last == 19:
        yield day.tcp("203.0.113.200", bastion, 22, day.at(9, 10), 2400)
        yield day.tcp(bastion, database, 5432, day.at(10, 11), 300)
    if day.before_last == 12:
        yield day.tcp(batch, "203.0.113.120", 22, day.at(4, 5), 30)
        yield day.tcp(HOSTS["web"][0].primary, directory, 636, day.at(9, 17))
    if day.before_last == 7:
        for host in HOSTS["batch"][:2]:
            yield day.tcp(host.primary, "10.60.4.11", 5439, day.at(4, 6), 600)


_THEMES: tuple[Callable[[Day], Iterator[Connection]], ...] = (
    _shoppers,
    _orders,
    _outward_calls,
    _invoices,
    _dns_and_ntp,
    _monitoring,
    _pods,
    _settlement,
    _operators,
    _calls_and_partners,
    _scans,
    _refused_inside,
    _monthly,
)
