"""A large account of any size, with the list of who uses which service of whom."""

import ipaddress
import random
from dataclasses import dataclass, replace

from simulation.network import (
    Cidr,
    Group,
    GroupMembers,
    Interface,
    ListedPrefixes,
    Network,
    Peer,
    PrefixList,
    Rule,
)

VPC = "vpc-00000000000000001"
RULES_PER_GROUP = 20
SERVICES = ("tcp 22", "tcp 80", "tcp 443", "tcp 5432", "tcp 6379", "tcp 8080", "udp 53", "udp 514")
OFFICES = PrefixList(
    "pl-00000000000000001",
    "offices",
    "123456789012",
    "IPv4",
    tuple((f"198.51.100.{16 * n}/28", None) for n in range(8)),
)


@dataclass(frozen=True)
class Edge:
    """Somebody who uses a service of an interface.

    The peer is one of `span` IPv4 addresses from `base` on; or, where `ipv6` is set, this text
    with a number behind it. `client` is the peer's interface, if it is one of the account.
    """

    server: str
    own: str
    protocol: int
    port: int
    client: str | None = None
    base: int = 0
    span: int = 1
    ipv6: str | None = None


def large_account(rules: int = 2_000, interfaces: int | None = None) -> Network:
    """So many rules, 20 to a group, half as many interfaces (at most 5,000), 1-3 groups each.

    The n-th interface has the same id and addresses in every account.
    """
    rng = random.Random(rules)
    groups = [
        Group(f"sg-{number:017x}", f"service-{number}", VPC)
        for number in range(max(1, rules // RULES_PER_GROUP))
    ]
    count = min(5_000, rules // 2) if interfaces is None else interfaces
    made = [_interface(number, groups, rng) for number in range(count)]
    return Network(
        "123456789012",
        "us-east-1",
        tuple(groups),
        tuple(rule for group in groups for rule in _rules(group, groups, rng)),
        tuple(made),
        (OFFICES,),
    )


def _interface(number: int, groups: list[Group], rng: random.Random) -> Interface:
    primary = str(ipaddress.IPv4Address("10.0.0.10") + number)
    carried = rng.sample(groups, min(len(groups), rng.choice((1, 2, 2, 3))))
    return Interface(
        f"eni-{number:017x}",
        VPC,
        f"subnet-{number // 250:017x}",
        (primary,),
        tuple(group.group_id for group in carried),
        (f"2001:db8:0:{number // 250:x}::{number:x}",),
        instance_id=f"i-{number:017x}",
    )


def _rules(group: Group, groups: list[Group], rng: random.Random) -> list[Rule]:
    number = int(group.group_id[3:], 16) * RULES_PER_GROUP
    rules = [Rule(f"sgr-{number:017x}", group.group_id, "egress", "-1", -1, -1, Cidr("0.0.0.0/0"))]
    for offset in range(1, RULES_PER_GROUP):
        protocol, _, port = rng.choice(SERVICES).partition(" ")
        first = int(port) if rng.random() < 0.7 else rng.randrange(1024, 30_000)
        last = first + rng.choice((0, 0, 0, 10))
        rule_id = f"sgr-{number + offset:017x}"
        peer = _peer(groups, rng)
        rules.append(Rule(rule_id, group.group_id, "ingress", protocol, first, last, peer))
    return rules


def _peer(groups: list[Group], rng: random.Random) -> Peer:
    kind = rng.random()
    if kind < 0.4:
        return GroupMembers(rng.choice(groups).group_id)
    if kind < 0.45:
        return ListedPrefixes(OFFICES.prefix_list_id)
    if kind < 0.55:
        return Cidr(rng.choice(("::/0", f"2001:db8:{rng.randrange(1, 4096):x}::/48")))
    length = rng.choice((0, 8, 16, 20, 24, 28, 32))
    address = rng.randrange(10 << 24, 11 << 24)
    return Cidr(str(ipaddress.IPv4Network((address, length), strict=False)))


def edges(network: Network, per_rule: int = 6, most_peers: int = 1_000_000) -> list[Edge]:
    """Users of seven in ten ingress rules, those with most addresses first.

    Each stands for at most `most_peers` addresses.
    """
    rng = random.Random(len(network.rules))
    members: dict[str, list[Interface]] = {}
    for interface in network.interfaces:
        for group_id in interface.group_ids:
            members.setdefault(group_id, []).append(interface)
    found = [
        edge
        for rule in network.rules
        if rule.direction == "ingress" and rng.random() < 0.7 and rule.group_id in members
        for edge in _edges_of(rule, members, per_rule, rng)
    ]
    capped = [replace(edge, span=min(edge.span, most_peers)) for edge in found]
    return sorted(capped, key=lambda edge: (-edge.span, edge.ipv6 is None))


def _edges_of(
    rule: Rule, members: dict[str, list[Interface]], per_rule: int, rng: random.Random
) -> list[Edge]:
    found = []
    protocol = {"tcp": 6, "udp": 17}[rule.protocol]
    for _ in range(per_rule):
        server = rng.choice(members[rule.group_id])
        service = (
            server.interface_id,
            server.primary,
            protocol,
            rng.randint(rule.first, rule.last),
        )
        match rule.peer:
            case GroupMembers(group_id):
                client = rng.choice(members.get(group_id, [server]))
                if client is not server:
                    base = int(ipaddress.IPv4Address(client.primary))
                    found.append(Edge(*service, client.interface_id, base))
            case ListedPrefixes():
                found.append(Edge(*service, None, int(ipaddress.IPv4Address("198.51.100.0")), 128))
            case Cidr(cidr):
                found.append(_outside_edge(server, service, cidr))
    return found


def _outside_edge(server: Interface, service: tuple[str, str, int, int], cidr: str) -> Edge:
    network = ipaddress.ip_network(cidr)
    if network.version == 6:
        prefix = "2001:db8:ffff:" if cidr == "::/0" else cidr.removesuffix(":/48")
        eni, _, protocol, port = service
        own = server.ipv6_addresses[0]
        return Edge(eni, own, protocol, port, span=60_000, ipv6=f"{prefix}:")
    base = int(network.network_address) or int(ipaddress.IPv4Address("198.18.0.0"))
    return Edge(*service, None, base, min(network.num_addresses, 1_000_000))
