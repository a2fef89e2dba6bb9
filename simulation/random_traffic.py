"""Random traffic: for most rules somebody who needs them, and knocks at doors that stay shut."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from simulation.connections import (
    Connection,
    Exchange,
    bare_conversation,
    ping,
    refused_connection,
    tcp_connection,
    udp_conversation,
    udp_subscription,
)
from simulation.network import Cidr, GroupMembers, Interface, ListedPrefixes, Network, Rule
from simulation.ports import LINUX, LOAD_BALANCER, RESERVED, WINDOWS, Ports
from simulation.records import midnight
from simulation.security import ICMP, ICMPV6, PROTOCOL_NAMES, TCP, UDP

DAY = 86_400
OUTSIDE = ("198.51.100.0/24", "203.0.113.0/25", "192.0.2.0/26", "10.8.0.0/16")
OUTSIDE6 = ("2001:db8:ffff::/48", "2001:db8:ffff:1::/64")


def random_connections(
    network: Network, days: tuple[date, ...], rng: random.Random, reserved_client_ports: bool
) -> list[Connection]:
    """Connections of which no two have the same ends, so that logs cannot mix them up."""
    drawing = _Drawing(network, days, rng, reserved_client_ports)
    distinct: dict[tuple[int, frozenset[tuple[str, int]]], Connection] = {}
    for each in drawing.all():
        ends = frozenset({(each.client, each.client_port), (each.server, each.server_port)})
        distinct.setdefault((each.protocol, ends), each)
    return list(distinct.values())


@dataclass
class _Drawing:
    network: Network
    days: tuple[date, ...]
    rng: random.Random
    reserved_client_ports: bool
    ports: Ports = field(init=False)

    def __post_init__(self) -> None:
        self.ports = Ports(self.rng)

    def all(self) -> Iterator[Connection]:
        for rule in self.network.rules:
            if self.rng.random() < 0.75:
                yield from self._needing(rule)
        for _ in range(30):
            yield from self._scan()

    def _needing(self, rule: Rule) -> Iterator[Connection]:
        interfaces = [each for each in self.network.interfaces if rule.group_id in each.group_ids]
        service = self._service(rule)
        for _ in range(self.rng.randint(1, 25)):
            peer = self._peer(rule)
            if not interfaces or peer is None:
                return
            own = self._own_address(self.rng.choice(interfaces), is_ipv6=":" in peer)
            if own is None or self._holder(own) == (self._holder(peer) or ""):
                continue
            client, server = (own, peer) if rule.direction == "egress" else (peer, own)
            yield self._connection(client, server, *service)

    def _holder(self, address: str) -> str | None:
        interface = self.network.interface_at(address)
        return interface.interface_id if interface else None

    def _service(self, rule: Rule) -> tuple[int, int]:
        """(protocol, port) for all the connections that need the rule."""
        if rule.protocol == "-1":
            ports = (53, 443, 8080, 40_000)
            return self.rng.choice((TCP, TCP, UDP, 47)), self.rng.choice(ports)
        protocol = PROTOCOL_NAMES.get(rule.protocol) or int(rule.protocol)
        if protocol in (TCP, UDP):
            return protocol, self.rng.randint(max(1, rule.first), rule.last)
        return protocol, 0

    def _peer(self, rule: Rule) -> str | None:
        """Somebody whom the rule names, preferably of this account; None if nobody is there."""
        match rule.peer:
            case GroupMembers(group_id):
                return self._member(group_id)
            case ListedPrefixes(prefix_list_id):
                entries = self.network.prefix_list[prefix_list_id].entries
                return self._inhabitant(self.rng.choice(entries)[0])
            case Cidr(cidr):
                return self._inhabitant(cidr)

    def _member(self, group_id: str) -> str | None:
        foreign = self.network.foreign_group.get(group_id)
        if foreign:
            return self.rng.choice(foreign.addresses)
        members = [each for each in self.network.interfaces if group_id in each.group_ids]
        return self.rng.choice(self._addresses(self.rng.choice(members))) if members else None

    def _inhabitant(self, cidr: str) -> str | None:
        network = ipaddress.ip_network(cidr)
        inside = [
            address
            for interface in self.network.interfaces
            if interface.group_ids
            for address in self._addresses(interface)
            if ipaddress.ip_address(address) in network
        ]
        if inside and self.rng.random() < 0.6:
            return self.rng.choice(inside)
        return self._outsider(cidr)

    def _outsider(self, cidr: str) -> str | None:
        """An address of the network that is not in this VPC."""
        network = ipaddress.ip_network(cidr)
        outside = OUTSIDE6 if network.version == 6 else OUTSIDE
        for area in self.rng.sample(outside, len(outside)):
            there = ipaddress.ip_network(area)
            if _is_within(there, network) or _is_within(network, there):
                narrow = max(network, there, key=lambda each: each.prefixlen)
                return str(narrow[self.rng.randrange(min(narrow.num_addresses, 250))])
        return None

    def _addresses(self, interface: Interface) -> list[str]:
        pods = [str(ipaddress.ip_network(prefix)[3]) for prefix in interface.prefixes]
        return [*interface.addresses, *interface.ipv6_addresses, *pods]

    def _own_address(self, interface: Interface, *, is_ipv6: bool) -> str | None:
        addresses = [each for each in self._addresses(interface) if (":" in each) == is_ipv6]
        return self.rng.choice(addresses) if addresses else None

    def _connection(self, client: str, server: str, protocol: int, port: int) -> Connection:
        opened = self._time()
        if protocol in (ICMP, ICMPV6):
            return ping(client, server, opened, range(0, self.rng.randint(1, 400), 60))
        if protocol not in (TCP, UDP):
            return bare_conversation(protocol, client, server, opened, range(0, 300, 90))
        source = self._client_port(client, protocol, port)
        if protocol == UDP:
            return self._udp(source, (server, port), opened)
        return self._tcp(source, (server, port), opened)

    def _time(self) -> int:
        day = midnight(self.rng.choice(self.days))
        at = self.rng.choice((self.rng.randrange(DAY), self.rng.randrange(DAY), DAY - 2))
        return day + at

    def _client_port(self, client: str, protocol: int, port: int) -> tuple[str, int]:
        if port == 123 and protocol == UDP and self.rng.random() < 0.5:
            return client, 123
        if port == 2049 and self.reserved_client_ports and self.rng.random() < 0.3:
            return self.ports.take(client, RESERVED)
        ports = self.rng.choice((LINUX, LINUX, LINUX, WINDOWS, LOAD_BALANCER))
        return self.ports.take(client, ports, avoiding=(port,))

    def _tcp(self, client: tuple[str, int], server: tuple[str, int], opened: int) -> Connection:
        kind = self.rng.choice(("short", "short", "short", "busy", "old", "refused", "endless"))
        nat = self._nat(client[0], server[0])
        if kind == "refused" and nat is None:
            return refused_connection(client, server, opened)
        if kind == "busy":
            talk = [Exchange(after) for after in range(0, self.rng.randint(60, 2000), 90)]
            end = talk[-1].after + 1
            return tcp_connection(client, server, opened, exchanges=talk, closed_after=end, nat=nat)
        if kind in ("old", "endless"):
            start = opened - self.rng.choice((2, 5)) * DAY if kind == "old" else opened
            span = len(self.days) * DAY + opened - start
            talk = [Exchange(after) for after in range(0, span, self.rng.randint(9_000, 30_000))]
            return tcp_connection(client, server, start, exchanges=talk, closed_after=None, nat=nat)
        reset = self.rng.random() < 0.2
        end = self.rng.randint(0, 200)
        return tcp_connection(client, server, opened, closed_after=end, reset=reset, nat=nat)

    def _udp(self, client: tuple[str, int], server: tuple[str, int], opened: int) -> Connection:
        kind = self.rng.choice(("answered", "answered", "one-way", "subscription"))
        if kind == "subscription":
            pushes = range(0, 2 * DAY, 21_000)
            return udp_subscription(client, server, opened - DAY, pushes)
        talk = [Exchange(after) for after in range(0, self.rng.randint(1, 300), 60)]
        answered = kind == "answered"
        nat = self._nat(client[0], server[0])
        return udp_conversation(client, server, opened, exchanges=talk, answered=answered, nat=nat)

    def _nat(self, client: str, server: str) -> tuple[str, int] | None:
        """A way out of the VPC for IPv4, if there is a gateway and the dice say so."""
        gateways = [each for each in self.network.interfaces if each.kind == "nat_gateway"]
        leaves = self._holder(client) and not self._holder(server) and ":" not in server
        if not gateways or not leaves or server.startswith("10.") or self.rng.random() < 0.5:
            return None
        _, port = self.ports.take(gateways[0].primary, LOAD_BALANCER)
        return gateways[0].interface_id, port

    def _scan(self) -> Iterator[Connection]:
        target = self.rng.choice([each for each in self.network.interfaces if each.group_ids])
        scanner = f"198.51.100.{self.rng.randint(64, 254)}"
        port = self.rng.choice((21, 22, 23, 80, 445, 3306, 3389, 6379, 8080))
        source = self.ports.take(scanner, range(1024, 65_536), avoiding=(port,))
        yield refused_connection(source, (target.primary, port), self._time())


def _is_within(
    inner: ipaddress.IPv4Network | ipaddress.IPv6Network,
    outer: ipaddress.IPv4Network | ipaddress.IPv6Network,
) -> bool:
    return inner.version == outer.version and (
        inner.network_address in outer and inner.broadcast_address in outer
    )
