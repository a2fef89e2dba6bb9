"""Duplicate and shadowed rules: a table of groups, and an oracle that asks for every address.

A case reads: name, rules, what is expected of each covered rule as `kind scope basis by`.
"""

from dataclasses import dataclass, field
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aws_network.findings import Analysis, Kind, Scope
from aws_network.network.inventory import union
from tests.attribution.networks import network

WEB = ["eni-1 sg-web 10.0.0.4"]


@dataclass(frozen=True)
class Case:
    name: str
    rules: list[str]
    expected: dict[str, str]
    interfaces: list[str] = field(default_factory=lambda: WEB)
    lists: dict[str, list[str]] = field(default_factory=dict)


CASES = [
    Case(
        "a smaller block and fewer ports",
        ["a sg-web ingress tcp 443 198.51.100.0/24", "b sg-web ingress tcp 400-500 198.51.0.0/16"],
        {"a": "shadowed group always b"},
    ),
    Case(
        "the same ports, neither block in the other",
        ["a sg-web ingress tcp 443 198.51.100.0/24", "b sg-web ingress tcp 443 198.51.101.0/24"],
        {},
    ),
    Case(
        "ingress does not cover egress",
        ["a sg-web ingress tcp 443 198.51.100.0/24", "b sg-web egress tcp 443 0.0.0.0/0"],
        {},
    ),
    Case(
        "IPv4 for everybody does not cover IPv6",
        ["a sg-web ingress tcp 443 2001:db8::/32", "b sg-web ingress tcp 443 0.0.0.0/0"],
        {},
    ),
    Case(
        "IPv6 in IPv6",
        ["a sg-web ingress tcp 443 2001:db8:1::/48", "b sg-web ingress -1 any ::/0"],
        {"a": "shadowed group always b"},
    ),
    Case(
        "two halves together cover the whole, and one of three is not needed",
        [
            "a sg-web ingress udp 53 10.0.0.0/24",
            "b sg-web ingress udp 53 10.0.0.0/25",
            "c sg-web ingress -1 any 10.0.0.128/25",
            "d sg-web ingress udp 53 10.0.0.64/26",
        ],
        {
            "a": "shadowed group always b c",
            "b": "shadowed group always a",
            "d": "shadowed group always a",
        },
    ),
    Case(
        "ports in two pieces that touch",
        [
            "a sg-web ingress tcp 100-200 10.0.0.0/8",
            "b sg-web ingress tcp 50-150 10.0.0.0/8",
            "c sg-web ingress tcp 151-300 0.0.0.0/0",
        ],
        {"a": "shadowed group always b c"},
    ),
    Case(
        "ports in two pieces with a gap of one",
        [
            "a sg-web ingress tcp 100-200 10.0.0.0/8",
            "b sg-web ingress tcp 50-150 10.0.0.0/8",
            "c sg-web ingress tcp 152-300 0.0.0.0/0",
        ],
        {},
    ),
    Case(
        "a corner is missing: each side covered, not the whole",
        [
            "a sg-web ingress tcp 100-200 10.0.0.0/24",
            "b sg-web ingress tcp 100-150 10.0.0.0/24",
            "c sg-web ingress tcp 100-200 10.0.0.0/25",
        ],
        {"b": "shadowed group always a", "c": "shadowed group always a"},
    ),
    Case(
        "all protocols are more than TCP and UDP",
        [
            "a sg-web ingress -1 any 10.0.0.0/8",
            "b sg-web ingress tcp any 10.0.0.0/8",
            "c sg-web ingress udp any 10.0.0.0/8",
        ],
        {"b": "shadowed group always a", "c": "shadowed group always a"},
    ),
    Case(
        "a protocol by number, within all protocols",
        ["a sg-web ingress 50 any 10.0.0.0/8", "b sg-web ingress -1 any 10.0.0.0/8"],
        {"a": "shadowed group always b"},
    ),
    Case(
        "protocols by number do not cover each other",
        ["a sg-web ingress 50 any 10.0.0.0/8", "b sg-web ingress 47 any 10.0.0.0/8"],
        {},
    ),
    Case(
        "one ICMP type with one code, in the type, in all of ICMP",
        [
            "a sg-web ingress icmp 3-4 10.0.0.0/8",
            "b sg-web ingress icmp any 10.0.0.0/8",
            "c sg-web ingress icmp 8-0 10.0.0.0/9",
        ],
        {"a": "shadowed group always b", "c": "shadowed group always b"},
    ),
    Case(
        "ICMP types are no ranges of ports: 3 code 4 does not hold type 4",
        ["a sg-web ingress icmp 4-0 10.0.0.0/8", "b sg-web ingress icmp 3-4 10.0.0.0/8"],
        {},
    ),
    Case(
        "the same group, fewer ports",
        ["a sg-web ingress tcp 443 sg-app", "b sg-web ingress tcp 400-500 sg-app"],
        {"a": "shadowed group always b"},
    ),
    Case(
        "a group is within everybody, IPv4 and IPv6",
        [
            "a sg-web ingress tcp 443 sg-app",
            "b sg-web ingress tcp 443 0.0.0.0/0",
            "c sg-web ingress tcp 443 ::/0",
        ],
        {"a": "shadowed group always b c"},
    ),
    Case(
        "a group within a block: only while its members are these",
        ["a sg-web ingress tcp 443 sg-app", "b sg-web ingress tcp 443 10.0.0.0/16"],
        {"a": "shadowed group today b"},
        [*WEB, "eni-2 sg-app 10.0.1.5,10.0.1.6"],
    ),
    Case(
        "a group with a member outside of the block",
        ["a sg-web ingress tcp 443 sg-app", "b sg-web ingress tcp 443 10.0.0.0/16"],
        {},
        [*WEB, "eni-2 sg-app 10.0.1.5,10.1.1.6"],
    ),
    Case(
        "a group without members is no reason to say anything",
        ["a sg-web ingress tcp 443 sg-app", "b sg-web ingress tcp 443 10.0.0.0/16"],
        {},
    ),
    Case(
        "an address that is a member's today",
        ["a sg-web ingress tcp 443 10.0.1.5/32", "b sg-web ingress -1 any sg-app"],
        {"a": "shadowed group today b"},
        [*WEB, "eni-2 sg-app 10.0.1.5"],
    ),
    Case(
        "a list within a block: as long as it keeps its entries",
        ["a sg-web ingress tcp 443 pl-1", "b sg-web ingress tcp 443 198.51.100.0/24"],
        {"a": "shadowed group prefix_lists b"},
        lists={"pl-1": ["198.51.100.0/26", "198.51.100.128/25"]},
    ),
    Case(
        "a list of IPv4 within all of IPv4: for ever",
        ["a sg-web ingress tcp 443 pl-1", "b sg-web ingress tcp 443 0.0.0.0/0"],
        {"a": "shadowed group always b"},
        lists={"pl-1": ["198.51.100.0/26"]},
    ),
    Case(
        "a list whose entries nobody can see is not within all of IPv4",
        ["a sg-web ingress tcp 443 pl-other", "b sg-web ingress tcp 443 0.0.0.0/0"],
        {},
    ),
    Case(
        "a block within a list, and a list that is that block",
        [
            "a sg-web ingress tcp 443 198.51.100.0/27",
            "b sg-web ingress tcp 443 pl-1",
            "c sg-web ingress tcp 443 198.51.100.0/26",
        ],
        {
            "a": "shadowed group always c",
            "b": "duplicate group prefix_lists c",
            "c": "duplicate group prefix_lists b",
        },
        lists={"pl-1": ["198.51.100.0/26"]},
    ),
    Case(
        "the same rule in the group beside it on every interface",
        ["a sg-web ingress tcp 443 10.0.0.0/8", "b sg-base ingress tcp 443 10.0.0.0/8"],
        {"a": "duplicate group_sets always b"},
        ["eni-1 sg-web,sg-base 10.0.0.4", "eni-2 sg-base 10.0.0.5"],
    ),
    Case(
        "another cover on each interface",
        [
            "a sg-web ingress tcp 443 10.0.0.0/8",
            "b sg-base ingress tcp any 10.0.0.0/8",
            "c sg-more ingress -1 any 0.0.0.0/0",
        ],
        {"a": "shadowed group_sets always b c"},
        [
            "eni-1 sg-web,sg-base 10.0.0.4",
            "eni-2 sg-web,sg-more 10.0.0.5",
            "eni-3 sg-base 10.0.0.6",
            "eni-4 sg-more 10.0.0.7",
        ],
    ),
    Case(
        "on one interface the group is alone",
        ["a sg-web ingress tcp 443 10.0.0.0/8", "b sg-base ingress tcp 443 0.0.0.0/0"],
        {},
        ["eni-1 sg-web,sg-base 10.0.0.4", "eni-2 sg-web 10.0.0.5"],
    ),
    Case(
        "on no interface: only its own group counts",
        ["a sg-web ingress tcp 443 10.0.0.0/8", "b sg-base ingress tcp 443 0.0.0.0/0"],
        {},
        [],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_shadows(case: Case) -> None:
    inventory = union([network(case.rules, case.interfaces, case.lists, ("sg-app",))])
    found = {
        finding.rule_id: " ".join([finding.kind, finding.scope, finding.basis, *finding.covered_by])
        for finding in Analysis(inventory).findings
    }
    assert found == case.expected


def test_the_sentence_names_the_covering_rules_and_what_must_stay() -> None:
    rules = ["a sg-web ingress tcp 443 pl-1", "b sg-web ingress -1 any 198.51.100.0/24"]
    lists = {"pl-1": ["198.51.100.0/26"]}
    (found,) = Analysis(union([network(rules, WEB, lists)])).findings
    assert found.reason_code == "covered_by_one_rule"
    assert found.reason == (
        "b in the same group admits everything that it admits, as long as the prefix lists keep "
        "their entries"
    )


# The oracle: a world of 16 IPv4 and 4 IPv6 addresses that rules can tell apart, 6 ports, 3
# protocols; every request is asked of every rule.

ADDRESSES = [*range(16), *(100 + n for n in range(4))]
BLOCKS = {
    f"10.0.0.{16 * start}/{28 - bits}": set(range(start, start + 2**bits))
    for bits in range(5)
    for start in range(0, 16, 2**bits)
} | {
    f"2001:db8::{start:x}/{128 - bits}": {100 + n for n in range(start, start + 2**bits)}
    for bits in range(3)
    for start in range(0, 4, 2**bits)
}
PORTS = [f"{first}-{last}" for first in range(1, 7) for last in range(first, 7)]


@st.composite
def rule_lines(draw: st.DrawFn) -> list[str]:
    group = st.sampled_from(["sg-web", "sg-web", "sg-base"])
    service = st.one_of(
        st.builds("tcp {}".format, st.sampled_from(PORTS)),
        st.builds("udp {}".format, st.sampled_from(PORTS)),
        st.sampled_from(["tcp 1-6", "-1 any", "icmp any", "icmp 8-0", "icmp 3-1", "icmp 3-2"]),
    )
    source = st.sampled_from([*BLOCKS, "pl-1", "10.0.0.0/24", "10.0.0.0/25"])
    drawn = draw(st.lists(st.tuples(group, service, source), min_size=2, max_size=7))
    return [
        f"r{number} {group_id} ingress {service_of} {peer}"
        for number, (group_id, service_of, peer) in enumerate(dict.fromkeys(drawn))
    ]


LISTS = {"pl-1": ["10.0.0.32/27", "10.0.0.128/28"]}
LISTED = {2, 3, 8}


def requests_of(line: str) -> set[tuple[str, int, int]]:
    """Every request of the little world that a rule admits: protocol, port or type, address."""
    _, _, _, protocol, ports, source = line.split()
    whole = {"tcp": range(1, 7), "udp": range(1, 7), "icmp": [8, 31, 32, 33], "gre": [0]}
    peers = LISTED if source == "pl-1" else BLOCKS.get(source)
    if peers is None:
        peers = set(range(16)) if source.endswith("/24") else set(range(8))
    if protocol == "-1":
        services = [(name, port) for name, numbers in whole.items() for port in numbers]
    elif protocol == "icmp":
        types = {"any": whole["icmp"], "8-0": [8], "3-1": [31], "3-2": [32]}[ports]
        services = [("icmp", number) for number in types]
    else:
        first, last = map(int, ports.split("-"))
        services = [(protocol, port) for port in range(first, last + 1)]
    return {(name, port, peer) for name, port in services for peer in peers}


@settings(max_examples=300, deadline=None)
@given(rule_lines())
def test_exactly_the_rules_are_covered_whose_every_request_others_admit(lines: list[str]) -> None:
    interfaces = ["eni-1 sg-web,sg-base 10.0.0.4", "eni-2 sg-base 10.0.0.5"]
    inventory = union([network(lines, interfaces, LISTS)])
    admitted = {line.split()[0]: requests_of(line) for line in lines}
    group_of = {line.split()[0]: line.split()[1] for line in lines}
    expected = {
        name
        for name, requests in admitted.items()
        if requests
        <= set().union(
            *(
                admitted[other]
                for other in admitted
                if other != name and group_of[name] in ("sg-web", group_of[other])
            )
        )
    }
    found = {finding.rule_id: finding for finding in Analysis(inventory).findings}
    assert set(found) == expected
    for name, finding in found.items():
        by = [admitted[other] for other in finding.covered_by]
        assert admitted[name] <= set().union(*by)
        assert all(
            not admitted[name] <= set().union(*(by[:skipped] + by[skipped + 1 :]))
            for skipped in range(len(by))
        )
        is_equal = len(by) == 1 and by[0] == admitted[name]
        assert finding.kind is (Kind.DUPLICATE if is_equal else Kind.SHADOWED)
        assert finding.scope is Scope.GROUP_SETS or all(
            group_of[other] == group_of[name] for other in finding.covered_by
        )


def test_a_group_of_a_thousand_rules_is_done_in_seconds() -> None:
    ports = [(n % 50 + 1, n % 50 + n % 7 + 1) for n in range(1000)]
    rules = [
        f"r{n} sg-web ingress tcp {first}-{last} 10.{n % 200}.{n // 200}.0/24"
        for n, (first, last) in enumerate(ports)
    ]
    wide = "w sg-web ingress tcp 1-10 10.0.0.0/8"
    inventory = union([network([*rules, wide], WEB)])
    started = process_time()
    found = Analysis(inventory).findings
    assert process_time() - started < 30
    assert len(found) == sum(last <= 10 for _, last in ports)
