"""The situations of AWS's page "Flow log record examples", and what they say of a few rules.

Each example holds whole lines in the format that the page uses for it; addresses that do not matter
are documentation addresses. Source: Amazon VPC user guide, "Flow log record examples".
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from aws_network.flow_logs.formats import FormatError, parse_format
from tests.attribution.facts import credits
from tests.attribution.harness import Case, Result, run_cases, spark_session
from tests.attribution.networks import network

TCP_FLAGS = (
    "version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport "
    "dstport pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status"
)
TRANSIT = (
    "version interface-id account-id vpc-id subnet-id instance-id srcaddr dstaddr srcport dstport "
    "protocol tcp-flags type pkt-srcaddr pkt-dstaddr action log-status"
)
TRAFFIC_PATH = (
    "version srcaddr dstaddr srcport dstport protocol start end type packets bytes account-id "
    "vpc-id subnet-id instance-id interface-id region az-id sublocation-type sublocation-id action "
    "tcp-flags pkt-srcaddr pkt-dstaddr pkt-src-aws-service pkt-dst-aws-service traffic-path "
    "flow-direction log-status"
)
NAT_AS_DOCUMENTED = "instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr"
NAT = f"{NAT_AS_DOCUMENTED} srcport dstport protocol tcp-flags action"


@dataclass(frozen=True)
class Example:
    """A small network, lines of its flow log, and what they mean for the rules."""

    meaning: str
    rules: list[str]
    interfaces: list[str]
    lines: list[str]
    outcomes: dict[str, int]
    """outcome of coverage to records"""
    credits: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """rule id to used_times, sole_times, ambiguous_times; a rule left out has none"""
    statuses: dict[str, str] = field(default_factory=dict)
    """rule id to status, of rules that nothing used, or that nothing surely used"""
    log_format: str = "default"
    prefix_lists: dict[str, list[str]] = field(default_factory=dict)

    def case(self) -> Case:
        snapshot = network(self.rules, self.interfaces, self.prefix_lists)
        return Case(snapshot, parse_format(self.log_format), [line.split() for line in self.lines])


SSH = "sgr-ssh sg-web ingress tcp 22 172.31.0.0/16"
RDP = "sgr-rdp sg-web ingress tcp 3389 192.0.2.0/24"
PING = "sgr-ping sg-web ingress icmp 8 203.0.113.0/24"
PING_IN = "2 123456789012 eni-web 203.0.113.12 172.31.16.139 0 0 1 4 336 1432917027 1432917142"
PING_OUT = "2 123456789012 eni-web 172.31.16.139 203.0.113.12 0 0 1 4 336 1432917094 1432917142"

ACCEPTED_AND_REJECTED = [
    Example(
        "SSH into the instance was allowed: a rule for port 22 was at work",
        [SSH, RDP],
        ["eni-web sg-web 172.31.16.21"],
        [
            "2 123456789012 eni-web 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 "
            "1418530070 ACCEPT OK"
        ],
        {"attributed": 1},
        {"sgr-ssh": (1, 1, 0)},
        {"sgr-rdp": "unused"},
    ),
    Example(
        "RDP was rejected: no rule was at work, not even one for its port",
        [SSH, RDP],
        ["eni-web sg-web 172.31.9.12"],
        [
            "2 123456789012 eni-web 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 "
            "1418530070 REJECT OK"
        ],
        {"rejected": 1},
        {},
        {"sgr-ssh": "unused", "sgr-rdp": "unused"},
    ),
    Example(
        "no data: the interface was watched and had no traffic: a standby, perhaps",
        [SSH],
        ["eni-web sg-web 172.31.16.21"],
        ["2 123456789012 eni-web - - - - - - - 1431280876 1431280934 - NODATA"],
        {"nodata": 1},
        {},
        {"sgr-ssh": "not_observed"},
    ),
    Example(
        "skipped records: something happened that nobody saw, so the rule is not called unused",
        [SSH],
        ["eni-web sg-web 172.31.16.21"],
        ["2 123456789012 eni-web - - - - - - - 1431280876 1431280934 - SKIPDATA"],
        {"skipdata": 1},
        {},
        {"sgr-ssh": "not_observed"},
    ),
]

STATEFULNESS = [
    Example(
        "the security group lets a ping in, the network ACL keeps the reply: an error looks alike",
        [PING],
        ["eni-web sg-web 172.31.16.139"],
        [f"{PING_IN} ACCEPT OK", f"{PING_OUT} REJECT OK"],
        {"ambiguous": 1, "rejected": 1},
        {"sgr-ping": (0, 0, 1)},
        {"sgr-ping": "ambiguous"},
    ),
    Example(
        "the network ACL lets the reply out: it needs no outbound rule, and is no use of one",
        [PING, "sgr-out sg-web egress tcp any 0.0.0.0/0"],
        ["eni-web sg-web 172.31.16.139"],
        [f"{PING_IN} ACCEPT OK", f"{PING_OUT} ACCEPT OK"],
        {"attributed": 1, "reply": 1},
        {"sgr-ping": (1, 1, 0)},
        {"sgr-out": "unused"},
    ),
    Example(
        "no inbound rule for the ping: one rejected record, and nothing for any rule",
        [SSH],
        ["eni-web sg-web 172.31.16.139"],
        [f"{PING_IN} REJECT OK"],
        {"rejected": 1},
        {},
        {"sgr-ssh": "unused"},
    ),
]

IPV6 = [
    Example(
        "SSH over IPv6: the rule with the IPv6 block was at work, the one for all of IPv4 not",
        [
            "sgr-6 sg-web ingress tcp 22 2001:db8:1234:a100::/56",
            "sgr-4 sg-web ingress tcp 22 0.0.0.0/0",
        ],
        ["eni-web sg-web 172.31.16.21,2001:db8:1234:a102:3304:8879:34cf:4071"],
        [
            "2 123456789012 eni-web 2001:db8:1234:a100:8d6e:3477:df66:f105 "
            "2001:db8:1234:a102:3304:8879:34cf:4071 34892 22 6 54 8855 1477913708 1477913820 "
            "ACCEPT OK"
        ],
        {"attributed": 1},
        {"sgr-6": (1, 1, 0)},
        {"sgr-4": "unused"},
    ),
]

SERVER = "3 vpc-1 subnet-1 i-1 eni-srv 123456789012 IPv4"


def client_to_server(port: int, flags: int) -> str:
    return (
        f"{SERVER} 203.0.113.42 10.0.0.62 {port} 5001 203.0.113.42 10.0.0.62 6 568 8 "
        f"1566848875 1566848933 ACCEPT {flags} OK"
    )


def server_to_client(port: int, flags: int) -> str:
    return (
        f"{SERVER} 10.0.0.62 203.0.113.42 5001 {port} 10.0.0.62 203.0.113.42 6 376 7 "
        f"1566848875 1566848933 ACCEPT {flags} OK"
    )


SERVER_RULES = [
    "sgr-5001 sg-srv ingress tcp 5001 203.0.113.0/24",
    "sgr-out sg-srv egress tcp any 0.0.0.0/0",
]
FLAG_SEQUENCE = [
    Example(
        "two connections opened by the client (2, answered by 18), one closed later (1 and 1): "
        "what came from the client is requests, the FIN without a SYN too",
        SERVER_RULES,
        ["eni-srv sg-srv 10.0.0.62"],
        [
            client_to_server(43416, 2),
            server_to_client(43416, 18),
            client_to_server(43418, 2),
            server_to_client(43418, 18),
            client_to_server(43418, 1),
            server_to_client(43418, 1),
        ],
        {"attributed": 3, "reply": 3},
        {"sgr-5001": (3, 3, 0)},
        {"sgr-out": "unused"},
        TCP_FLAGS,
    ),
    Example(
        "a connection so short that its flags are in one record each way: 3 asked, 19 answered",
        SERVER_RULES,
        ["eni-srv sg-srv 10.0.0.62"],
        [client_to_server(43638, 3), server_to_client(43638, 19)],
        {"attributed": 1, "reply": 1},
        {"sgr-5001": (1, 1, 0)},
        {"sgr-out": "unused"},
        TCP_FLAGS,
    ),
    Example(
        "only the middle and the end of a long connection between two high ports (0, then 1): who "
        "opened it is not in the logs, and neither rule is called unused",
        SERVER_RULES,
        ["eni-srv sg-srv 10.0.0.62"],
        [
            client_to_server(43416, 0),
            server_to_client(43416, 0),
            client_to_server(43416, 1),
            server_to_client(43416, 1),
        ],
        {"ambiguous": 4},
        {"sgr-5001": (0, 0, 2), "sgr-out": (0, 0, 2)},
        {"sgr-5001": "ambiguous", "sgr-out": "ambiguous"},
        TCP_FLAGS,
    ),
    Example(
        "the same, where only the inbound rule fits: it was at work",
        [SERVER_RULES[0], "sgr-out sg-srv egress tcp 443 0.0.0.0/0"],
        ["eni-srv sg-srv 10.0.0.62"],
        [client_to_server(43416, 0), server_to_client(43416, 1)],
        {"attributed": 1, "reply": 1},
        {"sgr-5001": (1, 1, 0)},
        {"sgr-out": "unused"},
        TCP_FLAGS,
    ),
]

GATEWAYS = [
    Example(
        "through a NAT gateway: on the instance, its egress rule for the public address was at "
        "work; the gateway's own interface has no security group, whatever its records say",
        [
            "sgr-host sg-app egress tcp 443 203.0.113.5/32",
            "sgr-gateway sg-app egress tcp 443 10.0.0.220/32",
            "sgr-in sg-app ingress tcp any 0.0.0.0/0",
        ],
        ["eni-nat - 10.0.0.220", "eni-host sg-app 10.0.1.5"],
        [
            "- eni-nat 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5 40000 443 6 2 ACCEPT",
            "- eni-nat 10.0.0.220 203.0.113.5 10.0.0.220 203.0.113.5 1024 443 6 2 ACCEPT",
            "- eni-nat 203.0.113.5 10.0.0.220 203.0.113.5 10.0.0.220 443 1024 6 18 ACCEPT",
            "- eni-nat 10.0.0.220 10.0.1.5 203.0.113.5 10.0.1.5 443 40000 6 18 ACCEPT",
            "i-1 eni-host 10.0.1.5 203.0.113.5 10.0.1.5 203.0.113.5 40000 443 6 2 ACCEPT",
            "i-1 eni-host 203.0.113.5 10.0.1.5 203.0.113.5 10.0.1.5 443 40000 6 18 ACCEPT",
        ],
        {"no_security_group": 4, "attributed": 1, "reply": 1},
        {"sgr-host": (1, 1, 0)},
        {"sgr-gateway": "unused", "sgr-in": "unused"},
        NAT,
    ),
    Example(
        "through a transit gateway: the server's rule for the client's VPC was at work, not the "
        "one for the gateway's addresses; the gateway's interfaces have no security group",
        [
            "sgr-client sg-web ingress tcp 80 10.20.0.0/16",
            "sgr-gateway sg-web ingress tcp 80 10.40.0.0/16",
            "sgr-out sg-web egress -1 any 0.0.0.0/0",
        ],
        ["eni-web sg-web 10.40.2.236", "eni-in - 10.40.1.175", "eni-out - 10.40.2.31"],
        [
            "3 eni-web 123456789012 vpc-1 subnet-2 i-1 10.20.33.164 10.40.2.236 39812 80 6 3 IPv4 "
            "10.20.33.164 10.40.2.236 ACCEPT OK",
            "3 eni-web 123456789012 vpc-1 subnet-2 i-1 10.40.2.236 10.20.33.164 80 39812 6 19 IPv4 "
            "10.40.2.236 10.20.33.164 ACCEPT OK",
            "3 eni-in 123456789012 vpc-1 subnet-1 - 10.40.1.175 10.40.2.236 39812 80 6 3 IPv4 "
            "10.20.33.164 10.40.2.236 ACCEPT OK",
            "3 eni-out 123456789012 vpc-1 subnet-2 - 10.40.2.236 10.40.2.31 80 39812 6 19 IPv4 "
            "10.40.2.236 10.20.33.164 ACCEPT OK",
        ],
        {"no_security_group": 2, "attributed": 1, "reply": 1},
        {"sgr-client": (1, 1, 0)},
        {"sgr-gateway": "unused", "sgr-out": "unused"},
        TRANSIT,
    ),
]

SERVICES = [
    Example(
        "an instance asked S3 (egress 3, ingress 19, by an internet gateway): the egress rule for "
        "the prefix list of S3 was at work; that S3 is the packets' source makes no inbound use",
        [
            "sgr-s3 sg-app egress tcp 80 pl-s3",
            "sgr-in sg-app ingress tcp 1024-65535 0.0.0.0/0",
        ],
        ["eni-app sg-app 10.0.0.71"],
        [
            "5 198.51.100.179 10.0.0.71 80 34210 6 1616729292 1616729349 IPv4 14 15044 "
            "123456789012 vpc-1 subnet-1 i-1 eni-app us-east-1 use1-az3 - - ACCEPT 19 "
            "198.51.100.179 10.0.0.71 S3 - - ingress OK",
            "5 10.0.0.71 198.51.100.179 34210 80 6 1616729292 1616729349 IPv4 7 471 "
            "123456789012 vpc-1 subnet-1 i-1 eni-app us-east-1 use1-az3 - - ACCEPT 3 "
            "10.0.0.71 198.51.100.179 - S3 8 egress OK",
        ],
        {"attributed": 1, "reply": 1},
        {"sgr-s3": (1, 1, 0)},
        {"sgr-in": "unused"},
        TRAFFIC_PATH,
        {"pl-s3": ["198.51.100.0/24"]},
    ),
]

EXAMPLES = [
    *ACCEPTED_AND_REJECTED, *STATEFULNESS, *IPV6, *FLAG_SEQUENCE, *GATEWAYS, *SERVICES,
]  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Result]]:
    """All examples in one run, by meaning."""
    spark = spark_session()
    cases = [example.case() for example in EXAMPLES]
    found = run_cases(spark, cases, tmp_path_factory.mktemp("examples"))
    yield dict(zip([example.meaning for example in EXAMPLES], found, strict=True))
    spark.stop()


@pytest.mark.spark
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.meaning)
def test_example(example: Example, results: dict[str, Result]) -> None:
    result = results[example.meaning]
    assert credits(result) == example.credits
    assert result.outcomes == example.outcomes
    statuses = {rule_id: said.status for rule_id, said in result.verdicts.items()}
    used = dict.fromkeys(example.credits, "used")
    assert statuses == used | example.statuses


def test_the_format_of_the_nat_gateway_example_alone_tells_no_rule() -> None:
    """It lacks ports, protocol and action."""
    with pytest.raises(FormatError, match="lacks srcport, dstport, protocol, action"):
        parse_format(NAT_AS_DOCUMENTED)
