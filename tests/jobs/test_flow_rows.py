"""The rows that the query leaves of single conversations: who opened them, how sure, and when."""

from datetime import date
from typing import Any

import pytest

from aws_network.flow_logs.formats import parse_format
from tests.attribution.harness import FIRST_CASE, Case, flow_rows
from tests.attribution.networks import network

FLAGS = parse_format(
    "interface-id srcaddr dstaddr srcport dstport protocol action log-status tcp-flags"
)
NO_FLAGS = parse_format("interface-id srcaddr dstaddr srcport dstport protocol action log-status")
TIMES = parse_format(
    "interface-id srcaddr dstaddr srcport dstport protocol action log-status start end vpc-id"
)
OWN, PEER = "10.0.0.4", "203.0.113.9"
NETWORK = network([], [f"eni-web sg-web {OWN}"])
MIDNIGHT = 946_684_800
"""Of FIRST_CASE."""


def rows(log_format: Any, *lines: str) -> list[dict[str, Any]]:
    case = Case(NETWORK, log_format, [line.split() for line in lines], is_whole=False)
    found: list[dict[str, Any]] = flow_rows(case, FIRST_CASE).to_pylist()
    return found


def received(source_port: int, port: int, protocol: int = 6, flags: str = "") -> str:
    return f"eni-web {PEER} {OWN} {source_port} {port} {protocol} ACCEPT OK {flags}"


def sent(port: int, peer_port: int, protocol: int = 6, flags: str = "") -> str:
    return f"eni-web {OWN} {PEER} {port} {peer_port} {protocol} ACCEPT OK {flags}"


OPENERS: list[tuple[str, Any, list[str], set[tuple[str, str]]]] = [
    ("443 against 50000", NO_FLAGS, [received(50000, 443)], {("ingress", "beyond_doubt")}),
    ("22 against 40000, replies alone", NO_FLAGS, [sent(22, 40000)],
     {("ingress", "beyond_doubt")}),
    ("443 against 20000", NO_FLAGS, [received(20000, 443)], {("ingress", "inferred")}),
    ("active FTP's port", NO_FLAGS, [sent(20, 50000)], {("ingress", "inferred")}),
    ("rsync", NO_FLAGS, [sent(40000, 873)], {("egress", "inferred")}),
    ("two high ports", NO_FLAGS, [sent(40000, 8443)], {("unknown", "none")}),
    ("UDP both ways", NO_FLAGS, [sent(40000, 161, 17), received(161, 40000, 17)],
     {("egress", "beyond_doubt")}),
    ("UDP one way", NO_FLAGS, [received(161, 40000, 17)], {("egress", "inferred")}),
    ("UDP both ways beside another one way", NO_FLAGS,
     [sent(40000, 161, 17), received(161, 40000, 17), received(161, 40001, 17)],
     {("egress", "beyond_doubt"), ("egress", "inferred")}),
    ("UDP from 514 to 5140", NO_FLAGS, [sent(514, 5140, 17), received(5140, 514, 17)],
     {("ingress", "inferred")}),
    ("a SYN", FLAGS, [received(20000, 443, flags="2"), sent(443, 20000, flags="18")],
     {("ingress", "observed")}),
    ("a SYN from 873, and later records of the conversation", FLAGS,
     [sent(873, 5000, flags="2"), sent(873, 5000, flags="0"), received(5000, 873, flags="0")],
     {("egress", "observed")}),
    ("a SYN of another conversation with 873", FLAGS,
     [received(5001, 873, flags="2"), sent(873, 5000, flags="0")],
     {("ingress", "observed"), ("ingress", "inferred")}),
    ("SYNs from both", FLAGS, [received(5000, 873, flags="2"), sent(873, 5000, flags="2")],
     {("unknown", "none")}),
    ("no SYN, 443 against 50000", FLAGS, [received(50000, 443, flags="0")],
     {("ingress", "beyond_doubt")}),
    ("a SYN against what is beyond doubt", FLAGS, [sent(443, 50000, flags="2")],
     {("egress", "observed")}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("log_format", "lines", "expected"), [f[1:] for f in OPENERS], ids=[f[0] for f in OPENERS]
)
def test_who_opened_a_conversation(
    log_format: Any, lines: list[str], expected: set[tuple[str, str]]
) -> None:
    found = rows(log_format, *lines)
    assert {(row["opener"], row["evidence"]) for row in found} == expected
    assert sum(row["records_in"] + row["records_out"] for row in found) == len(lines)


def test_what_is_beyond_doubt_is_one_row_for_all_ports_of_clients() -> None:
    lines = [received(port, 443) for port in range(40000, 40100)]
    (row,) = rows(NO_FLAGS, *lines)
    assert (row["own_port"], row["peer_port"], row["records_in"]) == (443, None, 100)


def timed(start: object, end: object, words: str = "ACCEPT OK", vpc: str = "vpc-1") -> str:
    return f"eni-web {PEER} {OWN} 50000 443 6 {words} {start} {end} {vpc}"


def at(hour: int, minute: int, second: int = 0) -> int:
    return MIDNIGHT + 3600 * hour + 60 * minute + second


SLOTS: list[tuple[str, list[str], set[int]]] = [
    ("the first minute", [timed(at(0, 0), at(0, 0, 59))], {0}),
    ("two half hours", [timed(at(8, 29), at(8, 31))], {16, 17}),
    ("the last second", [timed(at(23, 59, 59), at(23, 59, 59))], {47}),
    ("across the next midnight", [timed(at(23, 58), at(24, 2))], {47}),
    ("across the midnight before", [timed(at(0, 0) - 60, at(0, 1))], {0}),
    ("another day's", [timed(at(-2, 0), at(-1, 0))], set()),
    ("several records", [timed(at(3, 0), at(3, 1)), timed(at(9, 0), at(9, 1))], {6, 18}),
    ("rejected", [timed(at(3, 0), at(3, 1), "REJECT OK")], {6}),
    ("no data", [timed(at(3, 0), at(3, 9), "- NODATA", "-")], {6}),
    ("lost data", [timed(at(3, 0), at(3, 9), "- SKIPDATA", "-")], set()),
    ("an unknown action", [timed(at(3, 0), at(3, 9), "DROP OK")], set()),
    ("times that are none: the name of the object says when", [timed("-", "-")], {5}),
    ("times at the ends of 64 bits", [timed(-(2**63), 2**63 - 1)], set()),
]


@pytest.mark.parametrize(("lines", "slots"), [s[1:] for s in SLOTS], ids=[s[0] for s in SLOTS])
def test_the_half_hours_that_records_speak_of(lines: list[str], slots: set[int]) -> None:
    (row,) = rows(TIMES, *lines)
    assert {slot for slot in range(64) if row["slots"] >> slot & 1} == slots


def test_the_day_of_the_harness() -> None:
    assert date(2000, 1, 1) == FIRST_CASE


VPCS = [
    ("accepted", timed(1, 2), "vpc-1"),
    ("no data", timed(1, 2, "- NODATA", "-"), None),
    ("an unknown action", timed(1, 2, "DROP OK"), "vpc-1"),
    ("an unknown action, and a VPC that is none", timed(1, 2, "DROP OK", "x"), None),
    ("no interface", timed(1, 2).replace("eni-web", "-"), "vpc-1"),
]


@pytest.mark.parametrize(("line", "vpc_id"), [v[1:] for v in VPCS], ids=[v[0] for v in VPCS])
def test_the_vpc(line: str, vpc_id: str | None) -> None:
    (row,) = rows(TIMES, line)
    assert row["vpc_id"] == vpc_id
    assert rows(NO_FLAGS, received(50000, 443))[0]["vpc_id"] is None
