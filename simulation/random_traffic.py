"""Random traffic: for most rules somebody who needs them, and knocks at doors that stay shut."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator
from dataclasses import replace

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
from simulation.drawing import Drawing
from simulation.network import Cidr, GroupMembers, Interface, ListedPrefixes, Rule
from simulation.paths import arrives
from simulation.ports import LINUX, LOAD_BALANCER, RESERVED, WINDOWS
from simulation.records import midnight
from simulation.security import ICMP, ICMPV6, PROTOCOL_NAMES, TCP, UDP

DAY = 86_400
OUTSIDE = ("198.51.100.0/24", "203.0.113.0/25", "192.0.2.0/26", "10.8.0.0/16")
OUTSIDE6 = ("2001:db8:ffff::/48", "2001:db8:ffff:1::/64")


class RandomTraffic:
    """Draws the users of rules, of the network as it is at first."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.network, self.days = drawing.network, drawing.days
        self.rng, self.ports = drawing.rng, drawing.ports

    def add(self) -> None:
        """Somebody who needs it for most rules, and scanners; some rules are left over."""
        drawing, rng = self.drawing, self.rng
        for rule in self.network.rules:
            if rng.random() < 0.75:
                drawing.connections += self._needing(rule, rng.randint(1, drawing.world.uses))
            else:
                drawing.unneeded.append(rule)
        for _ in range(30):
            drawing.connections.append(self._scan())

    def add_brief_use(
        self, rule: Rule, at: int, interfaces: Collection[Interface]
    ) -> Interface | None:
        """One short connection that needs a rule, at one of the interfaces if that can be."""
        for interface, own, peer in self._pairs(rule, 5):
            made = replace(self._brief(rule, own, peer, at), vpc_id=interface.vpc_id)
            if interface in interfaces and arrives(self.network, made):
                self.drawing.connect(made)
                return interface
        return None

    def _brief(self, rule: Rule, own: str, peer: str, at: int) -> Connection:
        client, server = (own, peer) if rule.direction == "egress" else (peer, own)
        protocol, port = self._service(rule)
        if protocol in (ICMP, ICMPV6):
            return ping(client, server, at)
        if protocol not in (TCP, UDP):
            return bare_conversation(protocol, client, server, at)
        source = self._client_port(client, protocol, port)
        if protocol == UDP:
            return udp_conversation(source, (server, port), at)
        return tcp_connection(source, (server, port), at, closed_after=1)

    def _needing(self, rule: Rule, times: int) -> Iterator[Connection]:
        service = self._service(rule)
        for interface, own, peer in self._pairs(rule, times):
            client, server = (own, peer) if rule.direction == "egress" else (peer, own)
            made = self._connection(client, server, *service)
            yield replace(made, vpc_id=interface.vpc_id)

    def _pairs(self, rule: Rule, times: int) -> Iterator[tuple[Interface, str, str]]:
        """An interface with the rule's group, an address of it, and one that the rule names."""
        interfaces = [each for each in self.network.interfaces if rule.group_id in each.group_ids]
        for _ in range(times if interfaces else 0):
            interface = self.rng.choice(interfaces)
            peer = self._peer(rule, interface.vpc_id)
            if peer is None:
                return
            own = self._own_address(interface, is_ipv6=":" in peer)
            holder = self.network.interface_at(peer, interface.vpc_id)
            if own is not None and holder is not interface:
                yield interface, own, peer

    def _service(self, rule: Rule) -> tuple[int, int]:
        """(protocol, port) for all the connections that need the rule."""
        if rule.protocol == "-1":
            ports = (53, 443, 8080, 40_000)
            return self.rng.choice((TCP, TCP, UDP, 47)), self.rng.choice(ports)
        protocol = PROTOCOL_NAMES.get(rule.protocol) or int(rule.protocol)
        if protocol in (TCP, UDP):
            return protocol, self.rng.randint(max(1, rule.first), rule.last)
        return protocol, 0

    def _peer(self, rule: Rule, vpc_id: str) -> str | None:
        """Somebody whom the rule names, preferably of this account; None if nobody is there."""
        match rule.peer:
            case GroupMembers(group_id):
                return self._member(group_id, vpc_id)
            case ListedPrefixes(prefix_list_id):
                entries = self.network.prefix_list[prefix_list_id].entries
                return self._inhabitant(self.rng.choice(entries)[0], vpc_id)
            case Cidr(cidr):
                return self._inhabitant(cidr, vpc_id)

    def _member(self, group_id: str, vpc_id: str) -> str | None:
        foreign = self.network.foreign_group.get(group_id)
        if foreign:
            return self.rng.choice(foreign.addresses)
        members = [
            interface for interface in self._reachable(vpc_id) if group_id in interface.group_ids
        ]
        return self.rng.choice(self._addresses(self.rng.choice(members))) if members else None

    def _inhabitant(self, cidr: str, vpc_id: str) -> str | None:
        network = ipaddress.ip_network(cidr)
        inside = [
            address
            for interface in self._reachable(vpc_id)
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
                narrow = max(network, there, key=lambda block: block.prefixlen)
                return str(narrow[self.rng.randrange(min(narrow.num_addresses, 250))])
        return None

    def _reachable(self, vpc_id: str) -> list[Interface]:
        return [
            interface
            for interface in self.network.interfaces
            if self.network.are_connected(interface.vpc_id, vpc_id)
        ]

    def _addresses(self, interface: Interface) -> list[str]:
        pods = [str(ipaddress.ip_network(prefix)[3]) for prefix in interface.prefixes]
        return [*interface.addresses, *interface.ipv6_addresses, *pods]

    def _own_address(self, interface: Interface, *, is_ipv6: bool) -> str | None:
        addresses = [
            address for address in self._addresses(interface) if (":" in address) == is_ipv6
        ]
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
        if port == 2049 and self.rng.random() < 0.3:
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
            step = self.rng.randint(9_000, 30_000) * max(1, len(self.days) // 3)
            talk = [Exchange(after) for after in range(0, span, step)]
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
        gateways = [
            interface for interface in self.network.interfaces if interface.kind == "nat_gateway"
        ]
        holder = self.network.interface_at(client)
        leaves = holder is not None and not self.network.interface_at(server) and ":" not in server
        if not gateways or not leaves or server.startswith("10.") or self.rng.random() < 0.5:
            return None
        if holder and holder.vpc_id != gateways[0].vpc_id:
            return None
        _, port = self.ports.take(gateways[0].primary, LOAD_BALANCER)
        return gateways[0].interface_id, port

    def _scan(self) -> Connection:
        target = self.rng.choice(
            [interface for interface in self.network.interfaces if interface.group_ids]
        )
        scanner = f"198.51.100.{self.rng.randint(64, 254)}"
        port = self.rng.choice((21, 22, 23, 80, 445, 3306, 3389, 6379, 8080))
        source = self.ports.take(scanner, range(1024, 65_536), avoiding=(port,))
        made = refused_connection(source, (target.primary, port), self._time())
        return replace(made, vpc_id=target.vpc_id)


def _is_within(
    inner: ipaddress.IPv4Network | ipaddress.IPv6Network,
    outer: ipaddress.IPv4Network | ipaddress.IPv6Network,
) -> bool:
    return inner.version == outer.version and (
        inner.network_address in outer and inner.broadcast_address in outer
    )
