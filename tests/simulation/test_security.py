"""Which rules admit a request."""

from __future__ import annotations

import pytest

from simulation.network import Cidr, Denial, Direction, GroupMembers, Interface, Network, Rule
from simulation.security import Request, acl_denies, admitting_rules
from tests.simulation.small_network import CLIENT, FOREIGN, NETWORK, SERVER, network_with, rule

TCP, UDP, ICMP, ESP, ICMPV6 = 6, 17, 1, 50, 58


def ids(network: Network, interface: Interface, request: Request) -> set[str]:
    return {each.rule_id for each in admitting_rules(network, interface, request)}


@pytest.mark.parametrize(
    ("fact", "request_", "expected"),
    [
        ("two groups, both admit", Request("ingress", TCP, 443, "10.0.0.10"), {"sgr-02", "sgr-03"}),
        ("no member of the group", Request("ingress", TCP, 443, "10.0.0.99"), {"sgr-03"}),
        ("port above the range", Request("ingress", TCP, 501, "10.0.0.10"), set()),
        ("last port of the range", Request("ingress", TCP, 500, "10.0.0.10"), {"sgr-03"}),
        ("address in a prefix list", Request("ingress", TCP, 22, "192.0.2.7"), {"sgr-04"}),
        ("address beside a prefix list", Request("ingress", TCP, 22, "192.0.2.8"), set()),
        ("udp is not tcp", Request("ingress", UDP, 443, "10.0.0.10"), set()),
        ("IPv4 everywhere", Request("ingress", UDP, 53, "203.0.113.77"), {"sgr-05"}),
        ("IPv4 everywhere is not IPv6", Request("ingress", UDP, 53, "2001:db8::1"), set()),
        ("member by IPv6", Request("ingress", TCP, 5432, "2001:db8:0:1::10"), {"sgr-06"}),
        ("echo request", Request("ingress", ICMP, 0, "10.0.0.10"), {"sgr-07"}),
        ("protocol number", Request("ingress", ESP, 0, "198.51.100.9"), {"sgr-08"}),
        ("no egress rule", Request("egress", TCP, 443, "10.0.0.10"), set()),
    ],
)
def test_rules_of_the_server(fact: str, request_: Request, expected: set[str]) -> None:
    assert ids(NETWORK, SERVER, request_) == expected, fact


def test_all_traffic_admits_every_protocol_and_port() -> None:
    for protocol, port in ((TCP, 1), (UDP, 65535), (ICMP, 0), (47, 0)):
        assert ids(NETWORK, CLIENT, Request("egress", protocol, port, "192.0.2.1")) == {"sgr-01"}


@pytest.mark.parametrize(
    ("fact", "extra", "peer", "admitted"),
    [
        ("delegated prefix of a member", GroupMembers("sg-0common"), "10.0.9.3", True),
        ("secondary address of a member", GroupMembers("sg-0common"), "10.0.1.21", True),
        ("public address of a member", GroupMembers("sg-0common"), "203.0.113.20", False),
        ("member of a peered group", GroupMembers(FOREIGN.group_id, "pcx-0f"), "10.9.0.4", True),
        (
            "neighbour of a peered group",
            GroupMembers(FOREIGN.group_id, "pcx-0f"),
            "10.9.0.5",
            False,
        ),
        ("IPv6 network", Cidr("2001:db8:5::/48"), "2001:db8:5::9", True),
    ],
)
def test_peers(fact: str, extra: Cidr | GroupMembers, peer: str, admitted: bool) -> None:
    added = rule("sgr-x", "sg-0client", "ingress", "tcp", (80, 80), extra)
    found = ids(network_with(added), CLIENT, Request("ingress", TCP, 80, peer))
    assert found == ({"sgr-x"} if admitted else set()), fact


def test_icmp_type_that_is_no_echo_admits_no_ping() -> None:
    unreachable = Rule("sgr-x", "sg-0server", "ingress", "icmp", 3, 4, Cidr("0.0.0.0/0"))
    assert ids(network_with(unreachable), SERVER, Request("ingress", ICMP, 0, "192.0.2.1")) == set()


@pytest.mark.parametrize(
    ("fact", "direction", "packet", "denied"),
    [
        ("in range", "ingress", Request("ingress", TCP, 443, "198.51.100.3"), True),
        ("other direction", "egress", Request("egress", TCP, 443, "198.51.100.3"), False),
        ("other port", "ingress", Request("ingress", TCP, 80, "198.51.100.3"), False),
        ("other address", "ingress", Request("ingress", TCP, 443, "192.0.2.3"), False),
        ("same subnet", "ingress", Request("ingress", TCP, 443, "10.0.1.5"), False),
    ],
)
def test_network_acl(fact: str, direction: Direction, packet: Request, denied: bool) -> None:
    entries = tuple(
        Denial("subnet-0b", "ingress", cidr, TCP, 443, 443)
        for cidr in ("198.51.100.0/24", "10.0.0.0/8")
    )
    network = Network("1", "us-east-1", (), (), NETWORK.interfaces, denials=entries)
    assert acl_denies(network, SERVER, direction, packet) == denied, fact
