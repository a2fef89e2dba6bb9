"""Networks that are odd but possible: what they mean for the rules."""

from collections.abc import Iterator

import pytest

from tests.attribution.facts import Fact, credits
from tests.attribution.harness import Result, run_cases, spark_session

pytestmark = pytest.mark.spark

IN = "eni-web 10.0.0.5 50000 10.0.0.4 443 6 2 ingress"
FROM_OUTSIDE = "eni-web 203.0.113.9 50000 10.0.0.4 443 6 2 ingress"
WEB, PEER = "eni-web sg-web 10.0.0.4", "eni-peer sg-web 10.0.0.5"
EARLIER = [
    "sgr-now sg-web ingress -1 any 0.0.0.0/0",
    "sgr-old sg-old ingress tcp 443 203.0.113.0/24",
    "sgr-old-port sg-old ingress tcp 444 203.0.113.0/24",
    "sgr-old-peer sg-old ingress tcp 443 198.51.100.0/24",
    "sgr-old-out sg-old egress -1 any 0.0.0.0/0",
    "sgr-other sg-other ingress tcp 443 203.0.113.0/24",
]
"""Nobody carries sg-old, in the snapshots that there are."""
CARRIERS = [WEB, "eni-other sg-other 10.0.0.6"]
GROUPS = [f"sg-{number:02d}" for number in range(16)]
FACTS = [
    Fact(
        "a group that refers to itself admits its own members",
        ["sgr-self sg-web ingress tcp 443 sg-web"],
        [WEB, PEER],
        "full",
        [IN],
        {"sgr-self": (1, 1, 0)},
        {"attributed": 1},
    ),
    Fact(
        "a group that refers to itself admits nobody else for certain",
        ["sgr-self sg-web ingress tcp 443 sg-web", "sgr-any sg-web ingress -1 any 0.0.0.0/0"],
        [WEB],
        "full",
        [FROM_OUTSIDE],
        {"sgr-any": (1, 1, 0)},
        {"attributed": 1},
    ),
    Fact(
        "who was in a deleted group, nobody knows: it may have been used",
        ["sgr-old sg-web ingress tcp 443 sg-deleted", "sgr-any sg-web ingress -1 any 0.0.0.0/0"],
        [WEB],
        "full",
        [FROM_OUTSIDE],
        {"sgr-old": (0, 0, 1), "sgr-any": (1, 1, 0)},
        {"attributed": 1},
    ),
    Fact(
        "a prefix list that nobody has: it may have been used",
        ["sgr-list sg-web ingress tcp 443 pl-gone", "sgr-any sg-web ingress -1 any 0.0.0.0/0"],
        [WEB],
        "full",
        [FROM_OUTSIDE],
        {"sgr-list": (0, 0, 1), "sgr-any": (1, 1, 0)},
        {"attributed": 1},
    ),
    Fact(
        "16 groups on an interface: every one of them is credited, none alone",
        [f"sgr-{group} {group} ingress tcp 443 0.0.0.0/0" for group in GROUPS],
        [f"eni-web {','.join(GROUPS)} 10.0.0.4"],
        "full",
        [FROM_OUTSIDE],
        {f"sgr-{group}": (1, 0, 0) for group in GROUPS},
        {"attributed": 1},
    ),
    Fact(
        "the last of 1,000 entries of a prefix list",
        ["sgr-list sg-web ingress tcp 443 pl-long", "sgr-no sg-web ingress tcp 443 pl-other"],
        [WEB],
        "full",
        [FROM_OUTSIDE],
        {"sgr-list": (1, 1, 0)},
        {"attributed": 1},
        {
            "pl-long": [
                *(f"198.18.{n // 250}.{n % 250}/32" for n in range(999)),
                "203.0.113.0/24",
            ],
            "pl-other": [f"198.19.{n // 250}.{n % 250}/32" for n in range(1000)],
        },
    ),
    Fact(
        "a protocol without a name",
        ["sgr-99 sg-web ingress 99 any 0.0.0.0/0", "sgr-98 sg-web ingress 98 any 0.0.0.0/0"],
        [WEB],
        "full",
        ["eni-web 203.0.113.9 0 10.0.0.4 0 99 - ingress"],
        {"sgr-99": (1, 1, 0)},
        {"attributed": 1},
    ),
    Fact(
        "one snapshot: a group that nobody carries may have admitted what a present one admits",
        EARLIER,
        CARRIERS,
        "full",
        [FROM_OUTSIDE],
        {"sgr-now": (1, 1, 0), "sgr-old": (0, 0, 1)},
        {"attributed": 1},
    ),
    Fact(
        "snapshots before the day and after it: nobody carried the group",
        EARLIER,
        CARRIERS,
        "full",
        [FROM_OUTSIDE],
        {"sgr-now": (1, 1, 0)},
        {"attributed": 1},
        is_bracketed=True,
    ),
    Fact(
        "one snapshot: ports that leave no doubt of the opener leave none about egress",
        EARLIER,
        CARRIERS,
        "v2",
        ["eni-web 203.0.113.9 50000 10.0.0.4 443 6"],
        {"sgr-now": (1, 1, 0), "sgr-old": (0, 0, 1)},
        {"attributed": 1},
    ),
    Fact(
        "one snapshot: an opener that was inferred leaves egress of the group in doubt as well",
        EARLIER,
        CARRIERS,
        "v2",
        ["eni-web 203.0.113.9 5000 10.0.0.4 443 6", "eni-web 10.0.0.4 443 203.0.113.9 5000 6"],
        {"sgr-now": (1, 1, 0), "sgr-old": (0, 0, 1), "sgr-old-out": (0, 0, 1)},
        {"attributed": 1, "reply": 1},
    ),
    Fact(
        "one snapshot: what rejected traffic asked for, no group admitted",
        EARLIER,
        CARRIERS,
        "full",
        [f"{FROM_OUTSIDE} REJECT"],
        {},
        {"rejected": 1},
    ),
    Fact(
        "one snapshot: an interface without groups, such as a NAT gateway's, never had one",
        EARLIER,
        ["eni-web - 10.0.0.4", "eni-other sg-other 10.0.0.6"],
        "full",
        [FROM_OUTSIDE],
        {},
        {"no_security_group": 1},
    ),
]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Result]]:
    spark = spark_session()
    found = run_cases(spark, [fact.case() for fact in FACTS], tmp_path_factory.mktemp("hostile"))
    yield dict(zip([fact.name for fact in FACTS], found, strict=True))
    spark.stop()


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_credits(fact: Fact, results: dict[str, Result]) -> None:
    assert credits(results[fact.name]) == fact.credits
    assert results[fact.name].outcomes == fact.outcomes
