"""What takes the place of a wide rule: tables, and a property against single requests."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aws_network.findings.intervals import cidr_interval, merged
from aws_network.findings.narrowing import boxes
from aws_network.findings.observed import Seen
from aws_network.findings.permissiveness import permissiveness
from aws_network.findings.vocabulary import TradeOff
from aws_network.network.protocols import ANY
from tests.attribution.networks import rule


def seen(text: str) -> Seen:
    """`6 443 10.1.2.0/24`, or `6 1024-65535 10.0.0.0/8`."""
    protocol, ports, block = text.split()
    first, _, last = ports.partition("-")
    return Seen(int(protocol), (int(first), int(last or first)), block)


EVERYBODY = "sgr-1 sg-web ingress tcp any 0.0.0.0/0"
ALL = "sgr-1 sg-web egress -1 any 10.0.0.0/8"
CASES: list[tuple[str, str, str, list[str], list[str]]] = [
    (
        "one port and one block",
        EVERYBODY,
        "fewer",
        ["6 443 10.1.2.0/24"],
        ["6 443-443 10.1.2.0/24"],
    ),
    (
        "a block is not made smaller than a /24",
        EVERYBODY,
        "fewer",
        ["6 443 10.1.2.3/32"],
        ["6 443-443 10.1.2.0/24"],
    ),
    (
        "but not larger than the rule's own",
        "sgr-1 sg-web ingress tcp any 10.1.2.0/28",
        "fewer",
        ["6 443 10.1.2.3/32"],
        ["6 443-443 10.1.2.0/28"],
    ),
    (
        "fewer: one rule around everything",
        EVERYBODY,
        "fewer",
        ["6 443 10.1.2.0/24", "6 8080 10.1.3.0/24"],
        ["6 443-8080 10.1.2.0/23"],
    ),
    (
        "tighter: a rule for each",
        EVERYBODY,
        "tighter",
        ["6 443 10.1.2.0/24", "6 8080 10.9.3.0/24"],
        ["6 443-443 10.1.2.0/24", "6 8080-8080 10.9.3.0/24"],
    ),
    (
        "tighter: at most five, those joined first that grow the least",
        EVERYBODY,
        "tighter",
        [f"6 {port} 10.1.2.0/24" for port in (80, 81, 443, 5000, 6000, 7000)],
        [
            "6 80-81 10.1.2.0/24",
            *(f"6 {port}-{port} 10.1.2.0/24" for port in (443, 5000, 6000, 7000)),
        ],
    ),
    (
        "all traffic: fewer joins protocols into all of them",
        ALL,
        "fewer",
        ["6 443 10.1.2.0/24", "17 53 10.1.2.0/24"],
        ["-1 0-65535 10.1.2.0/24"],
    ),
    (
        "all traffic: one protocol was seen",
        ALL,
        "fewer",
        ["6 443 10.1.2.0/24"],
        ["6 443-443 10.1.2.0/24"],
    ),
    (
        "a port that the logs do not tell stays within the rule",
        "sgr-1 sg-web ingress tcp 8000-9000 10.0.0.0/8",
        "fewer",
        ["6 1024-65535 10.1.2.0/24"],
        ["6 8000-9000 10.1.2.0/24"],
    ),
    (
        "what lies beyond the rule (it was another one that day) does not make it wider",
        "sgr-1 sg-web ingress tcp 8000-9000 10.0.0.0/8",
        "fewer",
        ["6 22 192.0.2.0/24"],
        ["6 8000-9000 10.0.0.0/8"],
    ),
    (
        "a source that is a group stays the group",
        "sgr-1 sg-web ingress tcp any sg-app",
        "fewer",
        ["6 443 10.1.2.0/24", "6 444 10.9.2.0/24"],
        ["6 443-444 None"],
    ),
    (
        "IPv6 is not made smaller than a /64",
        "sgr-1 sg-web ingress tcp 443 ::/0",
        "fewer",
        ["6 443 2001:db8::7/128", "6 443 2001:db8:0:1::/64"],
        ["6 443-443 2001:db8::/63"],
    ),
]


@pytest.mark.parametrize(
    ("line", "trade_off", "given_seen", "expected"),
    [c[1:] for c in CASES],
    ids=[c[0] for c in CASES],
)
def test_boxes(line: str, trade_off: str, given_seen: list[str], expected: list[str]) -> None:
    found = boxes(rule(line), map(seen, given_seen), TradeOff(trade_off))
    texts = [
        f"{box.protocol} {box.ports[0]}-{box.ports[1]} {box.block and box.block.cidr}"
        for box in found
    ]
    assert sorted(texts) == sorted(expected)


ADDRESSES = [f"10.0.{high}.{low}" for high in (0, 1, 7) for low in (1, 200)]
REQUESTS = st.tuples(st.sampled_from([6, 17]), st.integers(1, 70), st.sampled_from(ADDRESSES))
RULES = st.builds(
    "sgr-1 sg-web ingress {} {} {}".format,
    st.sampled_from(["tcp", "udp"]),
    st.sampled_from(["any", "20-60", "22"]),
    st.sampled_from(["0.0.0.0/0", "10.0.0.0/21", "10.0.0.0/23", "10.0.0.0/25"]),
)


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(RULES, st.just("sgr-1 sg-web ingress -1 any 10.0.0.0/16")),
    st.lists(REQUESTS, min_size=1, max_size=60),
    st.sampled_from([8, 20, 24, 32]),
    st.sampled_from(TradeOff),
)
def test_whatever_the_rule_admitted_its_replacement_admits(
    line: str, requests: list[tuple[int, int, str]], prefix: int, trade_off: TradeOff
) -> None:
    wide = rule(line)
    first, last = wide.port_range
    admitted = [
        (protocol, port, peer)
        for protocol, port, peer in requests
        if wide.protocol in (ANY, protocol)
        and first <= port <= last
        and ip_address(peer) in ip_network(wide.source.value)
    ]
    what = [
        Seen(protocol, (port, port), str(ip_network((peer, prefix), strict=False)))
        for protocol, port, peer in admitted
    ]
    found = boxes(wide, what, trade_off)
    assert len(found) <= (5 if trade_off is TradeOff.TIGHTER else 1)
    for protocol, port, peer in admitted:
        assert any(
            box.protocol in (ANY, protocol)
            and box.ports[0] <= port <= box.ports[1]
            and box.block
            and ip_address(peer) in ip_network(box.block.cidr)
            for box in found
        )
    for box in found:
        assert box.block
        assert ip_network(wide.source.value).supernet_of(ip_network(box.block.cidr))  # type: ignore[arg-type]
        assert first <= box.ports[0] <= box.ports[1] <= last


@pytest.mark.parametrize(
    ("protocol", "ports", "blocks", "score"),
    [
        pytest.param(ANY, None, ["0.0.0.0/0"], 100, id="everybody, everything"),
        pytest.param(ANY, None, ["::/0"], 100, id="the same in IPv6"),
        pytest.param(6, None, ["0.0.0.0/0"], 97, id="all TCP ports"),
        pytest.param(6, (443, 443), ["0.0.0.0/0"], 50, id="one port, everybody"),
        pytest.param(6, (443, 443), ["10.0.0.0/8"], 38, id="one port, a large block"),
        pytest.param(6, (443, 443), ["10.0.0.0/16"], 25, id="one port, a VPC"),
        pytest.param(6, (22, 22), ["192.0.2.1/32"], 0, id="one port, one address"),
        pytest.param(6, (8000, 8015), ["192.0.2.1/32"], 12, id="sixteen ports, one address"),
        pytest.param(1, None, ["192.0.2.1/32"], 12, id="ICMP"),
        pytest.param(1, (8, 0), ["192.0.2.1/32"], 3, id="one ICMP type"),
        pytest.param(50, None, ["10.0.0.0/16"], 38, id="a protocol by number"),
        pytest.param(6, (22, 22), [], 0, id="nobody, today"),
        pytest.param(6, (22, 22), ["192.0.2.1/32", "192.0.2.9/32"], 2, id="two addresses"),
    ],
)
def test_permissiveness(
    protocol: int, ports: tuple[int, int] | None, blocks: list[str], score: int
) -> None:
    assert permissiveness(protocol, ports, merged(map(cidr_interval, blocks))) == score
