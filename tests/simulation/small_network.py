"""A network small enough to work out by hand: a client, a server, a NAT gateway."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from simulation.flow_logs import Logging, flow_logs_of
from simulation.network import (
    Cidr,
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
from simulation.records import midnight

DAY = date(2026, 11, 20)
NOON = midnight(DAY) + 43_200
VPC = "vpc-0aaaaaaaaaaaaaaaa"

CLIENT = Interface(
    "eni-0c",
    VPC,
    "subnet-0a",
    ("10.0.0.10",),
    ("sg-0client",),
    ipv6_addresses=("2001:db8:0:1::10",),
    instance_id="i-0c",
)
SERVER = Interface(
    "eni-05",
    VPC,
    "subnet-0b",
    ("10.0.1.20", "10.0.1.21"),
    ("sg-0server", "sg-0common"),
    ipv6_addresses=("2001:db8:0:2::20",),
    prefixes=("10.0.9.0/28",),
    public_address="203.0.113.20",
    instance_id="i-05",
)
GATEWAY = Interface(
    "eni-09",
    VPC,
    "subnet-0b",
    ("10.0.1.5",),
    (),
    public_address="203.0.113.5",
    kind="nat_gateway",
    requester_id="nat-gateway",
)
OFFICE_NETWORKS = (("198.51.100.0/28", "Lisbon"), ("192.0.2.7/32", None))
OFFICES = PrefixList("pl-0f", "offices", "123456789012", "IPv4", OFFICE_NETWORKS)
FOREIGN = ForeignGroup("sg-0foreign", "111122223333", "vpc-0f", "pcx-0f", ("10.9.0.4",))


def rule(
    rule_id: str,
    group_id: str,
    direction: Direction,
    protocol: str,
    ports: tuple[int, int],
    peer: Peer,
) -> Rule:
    return Rule(rule_id, group_id, direction, protocol, *ports, peer)


RULES = (
    rule("sgr-01", "sg-0client", "egress", "-1", (-1, -1), Cidr("0.0.0.0/0")),
    rule("sgr-02", "sg-0server", "ingress", "tcp", (443, 443), GroupMembers("sg-0client")),
    rule("sgr-03", "sg-0common", "ingress", "tcp", (400, 500), Cidr("10.0.0.0/16")),
    rule("sgr-04", "sg-0server", "ingress", "tcp", (22, 22), ListedPrefixes("pl-0f")),
    rule("sgr-05", "sg-0server", "ingress", "udp", (53, 53), Cidr("0.0.0.0/0")),
    rule("sgr-06", "sg-0server", "ingress", "tcp", (5432, 5432), GroupMembers("sg-0client")),
    rule("sgr-07", "sg-0server", "ingress", "icmp", (8, -1), Cidr("10.0.0.0/16")),
    rule("sgr-08", "sg-0server", "ingress", "50", (-1, -1), Cidr("198.51.100.9/32")),
)
NETWORK = Network(
    "123456789012",
    "us-east-1",
    (
        Group("sg-0client", "client", VPC),
        Group("sg-0server", "server", VPC, tags=(("Owner", "edge"),)),
        Group("sg-0common", "common", VPC),
    ),
    RULES,
    (CLIENT, SERVER, GATEWAY),
    (OFFICES,),
    (FOREIGN,),
)


def network_with(*rules: Rule) -> Network:
    """The same network with more rules."""
    return replace(NETWORK, rules=(*RULES, *rules))


def logged(
    interval: int = 600,
    unlogged: Collection[str] = (),
    skipped: Collection[tuple[str, int]] = (),
) -> Logging:
    """A flow log of the VPC; with interfaces left out, one of each of the others."""
    others = [each.interface_id for each in NETWORK.interfaces if each.interface_id not in unlogged]
    flow_logs = flow_logs_of(NETWORK, others if unlogged else [VPC], interval=interval)
    return Logging(flow_logs, frozenset(skipped))
