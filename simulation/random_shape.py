"""The random shape of a region: a VPC with groups, rules and interfaces."""

from __future__ import annotations

import random
from dataclasses import dataclass

from simulation.drawing import Drawing
from simulation.network import (
    Cidr,
    Denial,
    Direction,
    ForeignGroup,
    Group,
    GroupMembers,
    Interface,
    ListedPrefixes,
    Network,
    Peer,
    PrefixList,
    Rule,
)
from simulation.vpcs import Vpc, VpcPeering
from simulation.worlds import World

ACCOUNT = "123456789012"
VPC = "vpc-0123456789abcdef0"
REGION = "us-east-1"
PEERING = "pcx-0123456789abcdef0"
OWN_VPC = Vpc(VPC, ("10.1.0.0/16",), ("2001:db8:1::/56",))
FOREIGN_VPC = Vpc("vpc-00000000000000009", ("10.9.0.0/16",), owner_id="111122223333")
CIDRS = (
    "0.0.0.0/0",
    "10.1.0.0/16",
    "10.1.1.0/24",
    "10.1.2.0/25",
    "10.0.0.0/8",
    "198.51.100.0/24",
    "198.51.100.16/28",
    "203.0.113.0/25",
    "203.0.113.9/32",
    "::/0",
    "2001:db8:1::/56",
    "2001:db8:ffff::/48",
    "2001:db8:ffff::7/128",
)
SERVICES = (22, 25, 53, 80, 123, 389, 443, 514, 1433, 2049, 3306, 5432, 6379, 8080, 9000, 27017)
RANGES = ((0, 65535), (1024, 65535), (8000, 8100), (9000, 9002), (10000, 20000), (32768, 60999))


class Shape:
    """Draws a network part by part; ids are numbered in the order of drawing."""

    def __init__(self, world: World, rng: random.Random) -> None:
        self.world = world
        self.rng = rng
        self.count = 0

    def network(self) -> Network:
        rng = self.rng
        size = rng.randint(*self.world.interfaces)
        groups = [
            Group(self._id("sg"), f"group-{n}", VPC)
            for n in range(rng.randint(3, 9 if size > 10 else 5))
        ]
        foreign = [self._foreign_group()] if rng.random() < 0.25 else []
        lists = self._prefix_lists()
        vanished = 3 if self.world.lossy and rng.random() < 0.15 else None
        interfaces = [self._interface(n, groups[1:], vanished) for n in range(size)]
        if rng.random() < 0.3:
            interfaces.append(self._nat_gateway())
        peers = _Peers(groups, foreign, lists)
        rules = [rule for group in groups for rule in self._rules(group, peers)]
        return Network(
            ACCOUNT,
            REGION,
            tuple(groups),
            tuple(rules),
            tuple(interfaces),
            tuple(lists),
            tuple(foreign),
            tuple(self._denials()),
            (OWN_VPC, FOREIGN_VPC) if foreign else (OWN_VPC,),
            tuple(VpcPeering(PEERING, VPC, vpc.vpc_id) for vpc in foreign),
        )

    def _id(self, kind: str) -> str:
        self.count += 1
        return f"{kind}-{self.count:017x}"

    def _foreign_group(self) -> ForeignGroup:
        addresses = ("10.9.0.4", "10.9.0.5")
        vpc_id, owner = FOREIGN_VPC.vpc_id, FOREIGN_VPC.owner_id
        assert owner is not None
        return ForeignGroup(self._id("sg"), owner, vpc_id, PEERING, addresses)

    def _prefix_lists(self) -> list[PrefixList]:
        mine = (("198.51.100.32/28", "office"), ("10.1.1.0/28", None))
        mine6 = (("2001:db8:ffff:1::/64", None),)
        aws = (("192.0.2.0/26", None), ("192.0.2.128/27", None))
        return [
            PrefixList(self._id("pl"), "offices", ACCOUNT, "IPv4", mine),
            PrefixList(self._id("pl"), "offices-ipv6", ACCOUNT, "IPv6", mine6),
            PrefixList("pl-63a5400a", "com.amazonaws.us-east-1.s3", "AWS", "IPv4", aws),
        ]

    def _interface(self, number: int, groups: list[Group], vanished: int | None) -> Interface:
        rng = self.rng
        subnet, host = rng.choice((1, 2, 3)), 10 + 2 * number
        addresses = [f"10.1.{subnet}.{host}"]
        if rng.random() < 0.25:
            addresses.append(f"10.1.{subnet}.{host + 1}")
        carried = rng.sample(groups, min(len(groups), rng.choice((1, 1, 2, 3))))
        prefixes = [f"10.1.{100 + number}.0/28"] if rng.random() < 0.15 else []
        if prefixes and rng.random() < 0.5:
            prefixes.append(f"2001:db8:1:{100 + number:x}::/80")
        return Interface(
            self._id("eni"),
            VPC,
            f"subnet-{subnet:017x}",
            tuple(addresses),
            tuple(group.group_id for group in carried),
            (f"2001:db8:1:{subnet:x}::{host:x}",) if rng.random() < 0.4 else (),
            tuple(prefixes),
            public_address=f"203.0.113.{128 + number}" if rng.random() < 0.3 else None,
            instance_id=self._id("i"),
            in_snapshot=number != vanished,
        )

    def _nat_gateway(self) -> Interface:
        return Interface(
            self._id("eni"),
            VPC,
            f"subnet-{1:017x}",
            ("10.1.1.5",),
            (),
            public_address="203.0.113.200",
            kind="nat_gateway",
            requester_id="nat-gateway",
        )

    def _rules(self, group: Group, peers: _Peers) -> list[Rule]:
        rng = self.rng
        rules = [self._rule(group, "ingress", peers) for _ in range(rng.randint(1, 6))]
        if rng.random() < 0.5:
            rules.append(self._open(group, "0.0.0.0/0"))
            if rng.random() < 0.5:
                rules.append(self._open(group, "::/0"))
        else:
            rules += [self._rule(group, "egress", peers) for _ in range(rng.randint(1, 5))]
        # EC2 refuses a rule that a group already has
        return list({(r.direction, r.protocol, r.first, r.last, r.peer): r for r in rules}.values())

    def _open(self, group: Group, cidr: str) -> Rule:
        return Rule(self._id("sgr"), group.group_id, "egress", "-1", -1, -1, Cidr(cidr))

    def _rule(self, group: Group, direction: Direction, peers: _Peers) -> Rule:
        peer = peers.draw(self.rng, group)
        protocol, first, last = self._service(is_ipv6=isinstance(peer, Cidr) and ":" in peer.cidr)
        return Rule(self._id("sgr"), group.group_id, direction, protocol, first, last, peer)

    def _service(self, *, is_ipv6: bool) -> tuple[str, int, int]:
        rng = self.rng
        kind = rng.choice(("tcp",) * 9 + ("udp",) * 4 + ("icmp", "-1", "other"))
        if kind in ("tcp", "udp"):
            if rng.random() < 0.75:
                port = rng.choice(SERVICES)
                return kind, port, port
            return kind, *rng.choice(RANGES)
        if kind == "icmp":
            if is_ipv6:
                return "icmpv6", -1, -1
            return "icmp", rng.choice((-1, -1, -1, 8, 3)), -1
        return ("-1" if kind == "-1" else rng.choice(("47", "50"))), -1, -1

    def _denials(self) -> list[Denial]:
        if self.rng.random() > 0.3:
            return []
        subnet = f"subnet-{self.rng.choice((1, 2, 3)):017x}"
        direction: Direction = self.rng.choice(("ingress", "egress"))
        cidr = self.rng.choice(("198.51.100.0/26", "10.1.2.0/24", "203.0.113.0/24"))
        return [Denial(subnet, direction, cidr, 6, *self.rng.choice(((0, 1023), (1024, 65535))))]


@dataclass(frozen=True)
class _Peers:
    """What a rule may refer to."""

    groups: list[Group]
    foreign: list[ForeignGroup]
    lists: list[PrefixList]

    def draw(self, rng: random.Random, group: Group) -> Peer:
        kind = rng.choice(("cidr",) * 6 + ("list",) + ("group",) * 3 + ("self", "foreign"))
        if kind == "list":
            return ListedPrefixes(rng.choice(self.lists).prefix_list_id)
        if kind == "group":
            return GroupMembers(rng.choice(self.groups).group_id)
        if kind == "self":
            return GroupMembers(group.group_id)
        if kind == "foreign" and self.foreign:
            return GroupMembers(self.foreign[0].group_id, self.foreign[0].peering_id)
        return Cidr(rng.choice(CIDRS))


def add_second_vpc(drawing: Drawing) -> None:
    """A small VPC beside the first one, which may be peered with it."""
    rng, first = drawing.rng, drawing.base
    vpc = drawing.vpc("10.2.0.0/16").vpc_id
    offices, ledger = drawing.group("offices", vpc), drawing.group("ledger", vpc)
    for group_id in (offices, ledger, ledger):
        drawing.interface(vpc, group_id)
    drawing.rule(ledger, "ingress", "tcp", rng.choice(SERVICES), offices)
    drawing.rule(ledger, "ingress", "tcp", rng.choice(SERVICES), "10.2.0.0/16")
    drawing.rule(ledger, "ingress", "udp", rng.choice(SERVICES), "198.51.100.0/24")
    drawing.rule(ledger, "egress", "-1", -1, "0.0.0.0/0")
    drawing.rule(offices, "egress", "-1", -1, "10.2.0.0/16")
    if rng.random() < 0.5:
        peering = drawing.peering(first, vpc).peering_id
        groups = [group for group in drawing.network.groups if group.vpc_id == first]
        group_id = rng.choice(groups).group_id
        drawing.rule(ledger, "ingress", "tcp", 8443, GroupMembers(group_id, peering))
        drawing.rule(group_id, "egress", "tcp", 8443, GroupMembers(ledger, peering))
