"""The tables that flows are joined with."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aws_network.attribution.match_tables import (
    ANY,
    NOT_HELD,
    RuleTerm,
    address_tree,
    block_labels,
    held_tree,
    port_floors,
    rule_terms,
)
from aws_network.network.address_tree import block_bits
from aws_network.network.inventory import on_days, union
from aws_network.network.rules import SecurityGroupRule, Source
from aws_network.network.snapshot import Snapshot
from aws_network.network.vpcs import Vpc
from tests.attribution.networks import interface, network, rule

MAYBE = "maybe/vpc-1"

RULES = {
    "sgr-cidr sg-a ingress tcp 443 10.0.0.0/8": {(block_bits("10.0.0.0/8"), True)},
    "sgr-v6 sg-a ingress tcp 443 2001:db8::/32": {(block_bits("2001:db8::/32"), True)},
    "sgr-pl sg-a ingress tcp 443 pl-1": {("pl-1", True)},
    "sgr-pl sg-a ingress tcp 443 pl-unknown": {(ANY, False)},
    "sgr-ref sg-a ingress tcp 443 sg-b": {("sg-b/vpc-1", True), (MAYBE, False)},
    "sgr-self sg-a ingress tcp 443 sg-a": {("sg-a/vpc-1", True), (MAYBE, False)},
    "sgr-ref sg-a ingress tcp 443 sg-unknown": {(NOT_HELD, False)},
}


@pytest.mark.parametrize(("text", "labels"), RULES.items())
def test_the_labels_of_a_rules_source(text: str, labels: set[tuple[str, bool]]) -> None:
    inventory = union([network([text], [], {"pl-1": ["192.0.2.0/24"]}, ("sg-b",))])
    assert {(term.label, term.certain) for term in rule_terms(inventory)} == labels


PORTS = {
    "sgr-1 sg-a egress tcp 80-90 0.0.0.0/0": ("egress", 6, 80, 90),
    "sgr-1 sg-a ingress udp any 0.0.0.0/0": ("ingress", 17, 0, 65535),
    "sgr-1 sg-a ingress icmp 8 0.0.0.0/0": ("ingress", 1, 0, 65535),
    "sgr-1 sg-a ingress -1 any 0.0.0.0/0": ("ingress", -1, 0, 65535),
    "sgr-1 sg-a ingress 50 any 0.0.0.0/0": ("ingress", 50, 0, 65535),
}


@pytest.mark.parametrize(("text", "terms"), PORTS.items())
def test_what_a_rule_admits(text: str, terms: tuple[str, int, int, int]) -> None:
    known = network([text], [])
    [term] = rule_terms(union([known]))
    key = known.rules[0].key
    assert term == RuleTerm("sg-a", None, *terms, label="4", rule_key=key, certain=True)


def labels_at(snapshot: Snapshot, address: str) -> set[str]:
    """The labels that the smallest block around an address carries."""
    day = date(2026, 11, 5)
    inventory = on_days({day: union([snapshot])})[day]
    tree = address_tree(inventory)
    smallest = tree.smallest_around(block_bits(address))
    assert smallest is not None
    labels = {label for _, label in block_labels([smallest], tree, held_tree(inventory))}
    return labels - {ANY, NOT_HELD}


NETWORK = network(
    ["sgr-1 sg-a ingress tcp 443 10.0.0.0/24", "sgr-2 sg-a ingress tcp 443 0.0.0.0/0"],
    ["eni-1 sg-a,sg-b 10.0.0.4,2001:db8::4 10.0.1.16/28", "eni-2 - 10.0.0.5"],
    {"pl-1": ["10.0.0.0/30", "198.51.100.0/24"]},
)
TEN = block_bits("10.0.0.0/24")
A, B = "sg-a/vpc-1", "sg-b/vpc-1"
LABELS: list[tuple[str, str, set[str]]] = [
    ("an interface's primary address, all day", "10.0.0.4", {"eni-1", A, B, TEN, "4"}),
    ("its IPv6 address: it may be new", "2001:db8::4", {"eni-1", A, B, MAYBE}),
    ("a delegated prefix: it may be new", "10.0.1.31", {"eni-1", A, B, "4", MAYBE}),
    ("of an interface without groups", "10.0.0.5", {"eni-2", TEN, "4"}),
    ("of nobody, in a CIDR", "10.0.0.9", {TEN, "4", MAYBE}),
    ("of nobody, in a prefix list", "10.0.0.2", {"pl-1", TEN, "4", MAYBE}),
    ("private", "10.9.255.9", {"4", MAYBE}),
    ("shared address space", "100.64.3.4", {"4", MAYBE}),
    ("near an IPv6 interface", "2001:db8:0:ff::1", {MAYBE}),
    ("far from all, IPv6", "2001:db8:0:100::1", set()),
    ("public, in a prefix list", "198.51.100.9", {"pl-1", "4"}),
    ("public", "203.0.113.9", {"4"}),
]


@pytest.mark.parametrize(
    ("address", "labels"), [each[1:] for each in LABELS], ids=[each[0] for each in LABELS]
)
def test_what_an_address_may_be(address: str, labels: set[str]) -> None:
    assert labels_at(NETWORK, address) == labels


def test_where_a_vpc_has_its_blocks_told_its_members_are_in_them() -> None:
    told = replace(NETWORK, vpcs=(Vpc("vpc-1", "123456789012", "us-east-1", ("10.0.0.0/23",)),))
    assert labels_at(told, "10.0.1.99") == {"4", MAYBE}
    assert labels_at(told, "10.9.255.9") == {"4"}


def test_a_known_interface_of_another_vpc_clears_no_address() -> None:
    other = interface("eni-3 sg-c 10.0.0.9", "vpc-2")
    both = replace(
        NETWORK,
        interfaces=(*NETWORK.interfaces, other),
        groups=(*NETWORK.groups, replace(NETWORK.groups[0], group_id="sg-c", vpc_id="vpc-2")),
    )
    assert labels_at(both, "10.0.0.9") == {"eni-3", "sg-c/vpc-2", TEN, "4", MAYBE}


def test_two_interfaces_with_one_address_are_both_there() -> None:
    twins = network([], ["eni-1 sg-a 10.0.0.4", "eni-2 sg-b 10.0.0.4"])
    assert labels_at(twins, "10.0.0.4") == {"eni-1", A, "eni-2", B}


PORT = st.one_of(st.integers(0, 65535), st.sampled_from([0, 1, 1023, 1024, 65534, 65535]))


@st.composite
def ranged_rules(draw: st.DrawFn) -> SecurityGroupRule:
    protocol = draw(st.sampled_from([6, 17, 1, -1]))
    first, last = sorted((draw(PORT), draw(PORT)))
    return SecurityGroupRule(
        "sgr-1", "sg-a", "123456789012", "us-east-1", "ingress", protocol, first, last,
        Source("cidr", "0.0.0.0/0"),
    )  # fmt: skip


def admits(rule: SecurityGroupRule, port: int) -> bool:
    if rule.protocol not in (6, 17):
        return True
    assert rule.from_port is not None
    assert rule.to_port is not None
    return rule.from_port <= port <= rule.to_port


@settings(max_examples=40)
@given(st.lists(ranged_rules(), max_size=6))
def test_a_rule_admits_a_port_exactly_when_it_admits_its_floor(
    rules: list[SecurityGroupRule],
) -> None:
    edges = {p for r in rules for e in r.port_range for p in (e - 1, e, e + 1) if 0 <= p <= 65535}
    floors = dict(port_floors(rules))
    assert len(floors) == 65536
    for port in {0, 1024, 32768, 65535} | edges:
        assert floors[port] <= port
        assert [admits(each, port) for each in rules] == [
            admits(each, floors[port]) for each in rules
        ]


def test_rules_cut_the_ports_into_few_ranges() -> None:
    rules = [
        rule("sgr-1 sg-a ingress tcp 443 0.0.0.0/0"),
        rule("sgr-3 sg-a ingress tcp 400-500 0.0.0.0/0"),
        rule("sgr-2 sg-a egress -1 any 0.0.0.0/0"),
        rule("sgr-4 sg-a ingress icmp 8 0.0.0.0/0"),
    ]
    assert sorted({floor for _, floor in port_floors(rules)}) == [0, 400, 443, 444, 501]
    assert {floor for _, floor in port_floors([])} == {0}
