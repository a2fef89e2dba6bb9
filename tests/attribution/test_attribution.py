"""Which rules a few records credit: a network, lines of a flow log, and what they say of each rule.

A fact reads: name, rules, interfaces, format, lines, then `used sole ambiguous` for each rule that
has any of them.
"""

from collections.abc import Iterator

import pytest
from pyspark.sql import SparkSession

from tests.attribution.facts import Fact, credits
from tests.attribution.harness import Result, run_cases, spark_session

pytestmark = pytest.mark.spark

WEB = "eni-web sg-web 10.0.0.4"
APP = "eni-app sg-app 10.0.0.5"
HTTPS_IN = "sgr-443 sg-web ingress tcp 443 0.0.0.0/0"
ALL_OUT = "sgr-out sg-web egress -1 any 0.0.0.0/0"
FACTS = [
    Fact(
        "a request and its reply credit the rule that let the request in, once",
        [HTTPS_IN, ALL_OUT],
        [WEB],
        "v2",
        ["eni-web 203.0.113.9 50000 10.0.0.4 443 6", "eni-web 10.0.0.4 443 203.0.113.9 50000 6"],
        {"sgr-443": (1, 1, 0)},
        {"attributed": 1, "reply": 1},
    ),
    Fact(
        "each request record counts",
        [HTTPS_IN],
        [WEB],
        "v2",
        ["eni-web 203.0.113.9 50000 10.0.0.4 443 6"] * 3,
        {"sgr-443": (3, 3, 0)},
        {"attributed": 3},
    ),
    Fact(
        "only a reply was logged: that proves one use",
        [HTTPS_IN, ALL_OUT],
        [WEB],
        "v2",
        ["eni-web 10.0.0.4 443 203.0.113.9 50000 6"],
        {"sgr-443": (1, 1, 0)},
        {"reply": 1},
    ),
    Fact(
        "REJECT, NODATA and SKIPDATA credit nothing",
        [HTTPS_IN],
        [WEB],
        "v2",
        [
            "eni-web 203.0.113.9 50000 10.0.0.4 443 6 REJECT",
            "eni-web NODATA",
            "eni-web SKIPDATA",
        ],
        {},
        {"rejected": 1, "nodata": 1, "skipdata": 1},
    ),
    Fact(
        "every admitting rule of all groups of the interface is credited, and none is sole",
        [
            HTTPS_IN,
            "sgr-any sg-two ingress -1 any 203.0.113.0/24",
            "sgr-x sg-three ingress tcp 443 0.0.0.0/0",
        ],
        ["eni-web sg-web,sg-two 10.0.0.4", "eni-three sg-three 10.0.0.5"],
        "v2",
        ["eni-web 203.0.113.9 50000 10.0.0.4 443 6"],
        {"sgr-443": (1, 0, 0), "sgr-any": (1, 0, 0)},
        {"attributed": 1},
    ),
    Fact(
        "a SYN tells the opener where the ports mislead",
        ["sgr-high sg-web ingress tcp 50000 0.0.0.0/0", "sgr-out sg-web egress tcp 443 0.0.0.0/0"],
        [WEB],
        "full",
        [
            "eni-web 203.0.113.9 443 10.0.0.4 50000 6 2 ingress",
            "eni-web 10.0.0.4 50000 203.0.113.9 443 6 18 egress",
        ],
        {"sgr-high": (1, 1, 0)},
        {"attributed": 1, "reply": 1},
    ),
    Fact(
        "two high ports: the SYN of one record speaks for the whole conversation",
        ["sgr-8080 sg-web ingress tcp 8080 10.0.0.0/24", ALL_OUT],
        [WEB],
        "full",
        [
            "eni-web 10.0.0.9 40000 10.0.0.4 8080 6 2 ingress",
            "eni-web 10.0.0.4 8080 10.0.0.9 40000 6 0 egress",
            "eni-web 10.0.0.9 40000 10.0.0.4 8080 6 1 ingress",
        ],
        {"sgr-8080": (2, 2, 0)},
        {"attributed": 2, "reply": 1},
    ),
    Fact(
        "SYN with ACK comes from the side that was asked (19: with FIN)",
        ["sgr-8080 sg-web ingress tcp 8080 10.0.0.0/24", ALL_OUT],
        [WEB],
        "full",
        ["eni-web 10.0.0.4 8080 10.0.0.9 40000 6 19 egress"],
        {"sgr-8080": (1, 1, 0)},
        {"reply": 1},
    ),
    Fact(
        "two high ports, no flags, only one reading admitted by a rule",
        ["sgr-8080 sg-web ingress tcp 8080 10.0.0.0/8", "sgr-dns sg-web egress udp 53 0.0.0.0/0"],
        [WEB],
        "v2",
        ["eni-web 10.9.0.9 40000 10.0.0.4 8080 6", "eni-web 10.0.0.4 8080 10.9.0.9 40000 6"],
        {"sgr-8080": (1, 1, 0)},
        {"attributed": 1, "reply": 1},
    ),
    Fact(
        "two high ports, no flags, both readings admitted: ambiguous, both ways",
        ["sgr-8443 sg-web ingress tcp 8443 0.0.0.0/0", ALL_OUT],
        [WEB],
        "v2",
        ["eni-web 203.0.113.9 40000 10.0.0.4 8443 6", "eni-web 10.0.0.4 8443 203.0.113.9 40000 6"],
        {"sgr-8443": (0, 0, 1), "sgr-out": (0, 0, 1)},
        {"ambiguous": 2},
    ),
    Fact(
        "no flags: connections from many ephemeral ports are one row, which lower ports do not fit",
        [
            "sgr-8080 sg-web ingress tcp 8080 10.0.0.0/8",
            "sgr-o sg-web egress tcp 1024-32767 0.0.0.0/0",
        ],
        [WEB],
        "v2",
        ["eni-web 10.9.0.9 32768 10.0.0.4 8080 6", "eni-web 10.9.0.9 60999 10.0.0.4 8080 6"],
        {"sgr-8080": (2, 2, 0)},
        {"attributed": 2},
    ),
    Fact(
        "no flags: a rule for some of the ephemeral ports may have admitted it",
        ["sgr-8080 sg-web ingress tcp 8080 10.0.0.0/8", "sgr-o sg-web egress tcp 40000 0.0.0.0/0"],
        [WEB],
        "v2",
        ["eni-web 10.9.0.9 50000 10.0.0.4 8080 6"],
        {"sgr-8080": (0, 0, 1), "sgr-o": (0, 0, 1)},
        {"ambiguous": 1},
    ),
    Fact(
        "no flags: a service on an ephemeral port, asked from a lower one, is not told from others",
        ["sgr-50000 sg-web ingress tcp 50000 10.0.0.0/8"],
        [WEB],
        "v2",
        ["eni-web 10.9.0.9 2000 10.0.0.4 50000 6"],
        {"sgr-50000": (0, 0, 1)},
        {"ambiguous": 1},
    ),
    Fact(
        "a log with flags keeps that port, also where the flags are those of no opener",
        ["sgr-50000 sg-web ingress tcp 50000 10.0.0.0/8"],
        [WEB],
        "full",
        ["eni-web 10.9.0.9 2000 10.0.0.4 50000 6 0 ingress"],
        {"sgr-50000": (1, 1, 0)},
        {"attributed": 1},
    ),
    Fact(
        "two high ports, no flags: the other end would not have admitted one of the readings",
        [
            "sgr-8080 sg-app ingress tcp 8080 sg-web",
            "sgr-app-out sg-app egress -1 any 0.0.0.0/0",
            ALL_OUT,
        ],
        [WEB, APP],
        "v2",
        ["eni-app 10.0.0.4 40000 10.0.0.5 8080 6", "eni-web 10.0.0.4 40000 10.0.0.5 8080 6"],
        {"sgr-8080": (1, 1, 0), "sgr-out": (1, 1, 0), "sgr-app-out": (0, 0, 1)},
        {"attributed": 2},
    ),
    Fact(
        "what we send is accepted here even if the other end refuses it: that settles nothing",
        [
            "sgr-out sg-web egress tcp 27017 10.0.0.0/16",
            "sgr-in sg-web ingress -1 any 10.0.0.0/16",
            "sgr-app-out sg-app egress -1 any 0.0.0.0/0",
        ],
        [WEB, APP],
        "v2",
        ["eni-web 10.0.0.4 59161 10.0.0.5 27017 6"],
        {"sgr-out": (0, 0, 1), "sgr-in": (0, 0, 1)},
        {"ambiguous": 1},
    ),
    Fact(
        "a port that sixteen peers share is a service",
        ["sgr-8443 sg-web ingress tcp 8443 0.0.0.0/0", ALL_OUT],
        [WEB],
        "v2",
        [f"eni-web 203.0.113.{n} {40000 + n} 10.0.0.4 8443 6" for n in range(16)],
        {"sgr-8443": (16, 16, 0), "sgr-out": (0, 0, 1)},
        {"attributed": 16},
    ),
    Fact(
        "a port that sixteen peers share says nothing for UDP",
        ["sgr-u sg-web ingress udp 9000 0.0.0.0/0", ALL_OUT],
        [WEB],
        "v2",
        [f"eni-web 203.0.113.{n} {40000 + n} 10.0.0.4 9000 17" for n in range(16)],
        {"sgr-u": (0, 0, 16), "sgr-out": (0, 0, 1)},
        {"ambiguous": 16},
    ),
    Fact(
        "an NFS client binds below 1024 too: 2049 is no client's port",
        ["sgr-nfs sg-web ingress tcp 2049 10.0.0.0/8"],
        [WEB],
        "v2",
        ["eni-web 10.9.0.9 873 10.0.0.4 2049 6"],
        {"sgr-nfs": (1, 1, 0)},
        {"attributed": 1},
    ),
    Fact(
        "ICMP has no ports: both readings count where both are admitted",
        ["sgr-ping sg-web ingress icmp any 0.0.0.0/0", ALL_OUT],
        [WEB],
        "v2",
        ["eni-web 203.0.113.9 0 10.0.0.4 0 1", "eni-web 10.0.0.4 0 203.0.113.9 0 1"],
        {"sgr-ping": (0, 0, 1), "sgr-out": (0, 0, 1)},
        {"ambiguous": 2},
    ),
    Fact(
        "ICMP where one reading alone is admitted",
        [
            "sgr-ping sg-web ingress icmp 8 203.0.113.0/24",
            "sgr-443 sg-web ingress tcp 443 0.0.0.0/0",
        ],
        [WEB],
        "v2",
        ["eni-web 203.0.113.9 0 10.0.0.4 0 1", "eni-web 10.0.0.4 0 203.0.113.9 0 1"],
        {"sgr-ping": (1, 1, 0)},
        {"attributed": 1, "reply": 1},
    ),
    Fact(
        "a protocol by number",
        ["sgr-esp sg-web ingress 50 any 203.0.113.0/24", "sgr-gre sg-web ingress 47 any 0.0.0.0/0"],
        [WEB],
        "v2",
        ["eni-web 203.0.113.9 0 10.0.0.4 0 50"],
        {"sgr-esp": (1, 1, 0)},
        {"attributed": 1},
    ),
    Fact(
        "IPv6: the CIDR, and not its IPv4 sibling; all spellings of an address",
        ["sgr-6 sg-web ingress tcp 443 2001:db8::/33", "sgr-4 sg-web ingress tcp 443 0.0.0.0/0"],
        ["eni-web sg-web 10.0.0.4,2001:db8::4"],
        "v2",
        [
            "eni-web 2001:db8:7fff::1 50000 2001:db8::4 443 6",
            "eni-web 2001:db8:8000::1 50000 2001:db8::4 443 6",
            "eni-web 2001:0DB8:0:0:0:0:0:9 50000 2001:db8::4 443 6",
        ],
        {"sgr-6": (2, 2, 0)},
        {"attributed": 2, "no_admitting_rule": 1},
    ),
    Fact(
        "entries of a prefix list",
        ["sgr-pl sg-web egress tcp 443 pl-s3", "sgr-other sg-web egress tcp 443 pl-other"],
        [WEB],
        "v2",
        ["eni-web 10.0.0.4 50000 198.51.100.77 443 6"],
        {"sgr-pl": (1, 1, 0)},
        {"attributed": 1},
        {"pl-s3": ["198.51.100.0/25", "192.0.2.0/24"], "pl-other": ["198.51.100.128/25"]},
    ),
    Fact(
        "a prefix list that nobody could read may hold any address",
        ["sgr-pl sg-web egress tcp 443 pl-gone"],
        [WEB],
        "v2",
        ["eni-web 10.0.0.4 50000 198.51.100.77 443 6"],
        {"sgr-pl": (0, 0, 1)},
        {"ambiguous": 1},
    ),
    Fact(
        "a referenced group: the addresses of its interfaces, secondary and IPv6 ones too",
        ["sgr-ref sg-web ingress tcp 80 sg-app", "sgr-no sg-web ingress tcp 80 sg-other"],
        [
            "eni-web sg-web 10.0.0.4,2001:db8::4",
            "eni-app sg-app 10.0.0.5,10.0.0.6,2001:db8::5",
            "eni-o sg-other 10.0.0.7",
        ],
        "v2",
        [
            "eni-web 10.0.0.6 50000 10.0.0.4 80 6",
            "eni-web 2001:db8::5 50000 2001:db8::4 80 6",
        ],
        {"sgr-ref": (2, 2, 0), "sgr-no": (0, 0, 2)},
        {"attributed": 2},
    ),
    Fact(
        "a group that refers to itself",
        [
            "sgr-self sg-web ingress tcp 7000-7001 sg-web",
            "sgr-self-out sg-web egress tcp 7000-7001 sg-web",
        ],
        [WEB, "eni-web2 sg-web 10.0.0.44"],
        "full",
        [
            "eni-web 10.0.0.44 50000 10.0.0.4 7001 6 2 ingress",
            "eni-web2 10.0.0.44 50000 10.0.0.4 7001 6 2 egress",
        ],
        {"sgr-self": (1, 1, 0), "sgr-self-out": (1, 1, 0)},
        {"attributed": 2},
    ),
    Fact(
        "a delegated prefix belongs to its interface and so to its groups",
        ["sgr-ref sg-web ingress tcp 80 sg-app"],
        [WEB, "eni-app sg-app 10.0.0.5 10.0.1.16/28"],
        "v2",
        ["eni-web 10.0.1.20 50000 10.0.0.4 80 6"],
        {"sgr-ref": (1, 1, 0)},
        {"attributed": 1},
    ),
    Fact(
        "a delegated IPv6 prefix tells the interface's own side in the default format",
        ["sgr-80 sg-app ingress tcp 80 2001:db8:9::/48"],
        ["eni-app sg-app 10.0.0.5,2001:db8::5 2001:db8:0:1::/80"],
        "v2",
        ["eni-app 2001:db8:9::1 50000 2001:db8:0:1::77 80 6"],
        {"sgr-80": (1, 1, 0)},
        {"attributed": 1},
    ),
    Fact(
        "the packet's own address counts where the log has it",
        ["sgr-pod sg-web ingress tcp 80 10.0.3.0/24", "sgr-node sg-web ingress tcp 80 10.0.2.0/24"],
        [WEB],
        "full",
        ["eni-web 10.0.2.1/10.0.3.9 50000 10.0.0.4 80 6 2 ingress"],
        {"sgr-pod": (1, 1, 0)},
        {"attributed": 1},
    ),
    Fact(
        "near a known interface, an unknown address may be a member of any group",
        ["sgr-ref sg-web ingress tcp 80 sg-app", "sgr-8 sg-web ingress tcp 80 10.0.0.0/8"],
        [WEB],
        "v2",
        ["eni-web 10.0.200.1 50000 10.0.0.4 80 6"],
        {"sgr-8": (1, 1, 0), "sgr-ref": (0, 0, 1)},
        {"attributed": 1},
    ),
    Fact(
        "an unknown interface may carry any group: what admits its flows may have been used",
        [
            HTTPS_IN,
            "sgr-22 sg-web ingress tcp 22 0.0.0.0/0",
            "sgr-app sg-app ingress tcp 443 198.51.100.0/24",
        ],
        [WEB],
        "full",
        ["eni-new 203.0.113.9 50000 10.0.0.99 443 6 2 ingress"],
        {"sgr-443": (0, 0, 1)},
        {"unknown_interface": 1},
    ),
    Fact(
        "an unknown interface in the default format: both sides may be its own",
        [
            HTTPS_IN,
            "sgr-443-out sg-web egress tcp 443 0.0.0.0/0",
            "sgr-22 sg-web ingress tcp 22 0.0.0.0/0",
        ],
        [WEB],
        "v2",
        ["eni-new 203.0.113.9 50000 10.0.0.99 443 6"],
        {"sgr-443": (0, 0, 1), "sgr-443-out": (0, 0, 1)},
        {"unknown_interface": 1},
    ),
    Fact(
        "no rule admits it: counted, not dropped",
        [HTTPS_IN],
        [WEB],
        "full",
        ["eni-web 203.0.113.9 50000 10.0.0.4 22 6 2 ingress"],
        {},
        {"no_admitting_rule": 1},
    ),
    Fact(
        "an interface without groups, such as a NAT gateway, needs no rule",
        [HTTPS_IN],
        [WEB, "eni-nat - 10.0.0.9"],
        "v2",
        ["eni-nat 10.0.0.4 50000 203.0.113.9 443 6"],
        {},
        {"no_security_group": 1},
    ),
    Fact(
        "the well-known port misleads: only the opposite reading is admitted, and stays in doubt",
        ["sgr-high sg-web ingress udp 30000-40000 0.0.0.0/0"],
        [WEB],
        "v2",
        ["eni-web 203.0.113.9 53 10.0.0.4 33000 17"],
        {"sgr-high": (0, 0, 1)},
        {"ambiguous": 1},
    ),
    Fact(
        "a datagram out of the blue, from port 53, may be no reply",
        [
            "sgr-high sg-web ingress udp 30000-40000 0.0.0.0/0",
            "sgr-dns sg-web egress udp 53 0.0.0.0/0",
        ],
        [WEB],
        "v2",
        ["eni-web 203.0.113.9 53 10.0.0.4 33000 17"],
        {"sgr-dns": (0, 0, 1), "sgr-high": (0, 0, 1)},
        {"ambiguous": 1},
    ),
    Fact(
        "a line with too few fields is malformed; so is one with a damaged number",
        [HTTPS_IN],
        [WEB],
        "v2",
        ["eni-web 203.0.113.9 50000 10.0.0.4 44x3 6", "eni-web 203.0.113.9 50000 10.0.0.4 443 6"],
        {"sgr-443": (1, 1, 0)},
        {"malformed": 1, "attributed": 1},
    ),
]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Result]]:
    """All facts in one run, by name."""
    spark: SparkSession = spark_session()
    found = run_cases(spark, [fact.case() for fact in FACTS], tmp_path_factory.mktemp("facts"))
    yield dict(zip([fact.name for fact in FACTS], found, strict=True))
    spark.stop()


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_credits(fact: Fact, results: dict[str, Result]) -> None:
    assert credits(results[fact.name]) == fact.credits


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_every_record_has_an_outcome(fact: Fact, results: dict[str, Result]) -> None:
    assert results[fact.name].outcomes == fact.outcomes
    assert sum(fact.outcomes.values()) == len(fact.lines)
