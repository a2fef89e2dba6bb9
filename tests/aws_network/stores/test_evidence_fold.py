"""The evidence of a window, added up in Spark: the same as in Python, and not too many rows."""

from collections.abc import Iterator
from typing import Any

import pytest
from pyspark.sql import SparkSession

from aws_network.findings.narrowing import Box, block_of, boxes, holds
from aws_network.findings.observed import Admitted, Seen, admitted_sets, seen_by_rule
from aws_network.findings.vocabulary import TradeOff
from aws_network.network.protocols import ANY
from aws_network.network.rules import SecurityGroupRule, Source
from aws_network.stores.evidence_fold import MOST_ROWS, fold_seen, fold_sets
from aws_network.stores.lake_folders import ddl
from aws_network.stores.lake_tables import ADMITTING_SETS_DAILY, RULE_EVIDENCE_DAILY
from tests.attribution.harness import spark_session
from tests.findings.test_changed_rules import NOW, SETS

pytestmark = pytest.mark.spark

Row = tuple[Any, ...]


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    session = spark_session()
    yield session
    session.stop()


def seen(spark: SparkSession, rows: list[Row], *rule_ids: str) -> dict[str, set[Seen]]:
    """What Spark leaves of these rows, for the rules that are asked for."""
    daily = spark.createDataFrame(rows, ddl(RULE_EVIDENCE_DAILY.columns))
    folded = [row.asDict() for row in fold_seen(daily, rule_ids).collect()]
    return {name: set(found) for name, found in seen_by_rule(folded).items()}


FEW: list[Row] = [
    # rule, protocol, from port, to port, peers, groups of all peers, requests
    ("sgr-1", 6, 443, 443, "203.0.113.0/24", "", 5),
    ("sgr-1", 6, 443, 443, "203.0.113.0/24", "", 7),
    ("sgr-1", 6, 443, 443, "203.0.113.0/24", "sg-a,sg-b", 1),
    ("sgr-1", 17, 53, 53, "2001:db8::/32", "", 2),
    ("sgr-1", 1, 0, 65535, "0.0.0.0/0", "", 3),
    ("sgr-2", 6, 22, 22, "10.0.0.4/32", "sg-a", 9),
]


def test_few_rows_stay_and_their_requests_are_added_up(spark: SparkSession) -> None:
    assert seen(spark, FEW, "sgr-1", "sgr-3") == {
        "sgr-1": {
            Seen(6, (443, 443), "203.0.113.0/24", requests=12),
            Seen(6, (443, 443), "203.0.113.0/24", frozenset({"sg-a", "sg-b"}), 1),
            Seen(17, (53, 53), "2001:db8::/32", requests=2),
            Seen(1, (0, 65535), "0.0.0.0/0", requests=3),
        }
    }


def test_no_rules_and_no_days(spark: SparkSession) -> None:
    assert seen(spark, FEW) == seen(spark, [], "sgr-1") == {}


# Three thousand peers on two ports, a group that all of them are in, and some IPv6.
MANY: list[Row] = [
    ("sgr-1", 6, port, port, f"{first}.{second}.7.0/24", groups, 2)
    for port, groups in ((443, "sg-a,sg-b"), (8443, "sg-a"))
    for first in (10, 203, 198)
    for second in range(250)
] + [
    ("sgr-1", 17, 53, 53, "2001:db8::/32", "sg-a", 1),
    ("sgr-1", 6, 80, 80, "0.0.0.0/0", "sg-a", 1),
]


def test_many_rows_become_one_for_each_protocol_and_area(spark: SparkSession) -> None:
    assert len(MANY) > MOST_ROWS
    ports, groups = (443, 8443), frozenset({"sg-a"})
    assert seen(spark, [*FEW, *MANY], "sgr-1", "sgr-2") == {
        "sgr-1": {
            *(Seen(6, ports, f"{first}.0.0.0/8", groups, 1000) for first in (10, 198)),
            Seen(6, ports, "203.0.0.0/8", frozenset(), 1013),
            Seen(17, (53, 53), "2001:db8::/32", frozenset(), 3),
            Seen(6, (80, 80), "0.0.0.0/0", groups, 1),
            Seen(1, (0, 65535), "0.0.0.0/0", frozenset(), 3),
        },
        "sgr-2": {Seen(6, (22, 22), "10.0.0.4/32", frozenset({"sg-a"}), 9)},
    }


@pytest.mark.parametrize("trade_off", list(TradeOff))
def test_what_replaces_a_rule_still_admits_all_that_was_seen(
    spark: SparkSession, trade_off: TradeOff
) -> None:
    source = Source("cidr", "0.0.0.0/0")
    rule = SecurityGroupRule(
        "sgr-1", "sg-1", "123456789012", "us-east-1", "ingress", ANY, None, None, source
    )
    rows = [row for row in MANY if ":" not in row[4]]
    left = boxes(rule, seen(spark, rows, "sgr-1")["sgr-1"], trade_off)
    for _, protocol, first, last, peers, _, _ in rows:
        was = Box(protocol, (first, last), block_of(peers))
        assert any(holds(box, was) for box in left)


@pytest.mark.parametrize(
    ("certain", "possible"), [case[1:3] for case in SETS], ids=[case[0] for case in SETS]
)
def test_sets_are_those_that_python_makes(spark: SparkSession, certain: str, possible: str) -> None:
    names = [column.name for column in ADMITTING_SETS_DAILY.columns]
    rows = [(certain, possible, True, 3), (certain, possible, True, 4)]
    daily = spark.createDataFrame(rows, ddl(ADMITTING_SETS_DAILY.columns))
    folded = admitted_sets(row.asDict() for row in fold_sets(daily, NOW).collect())
    wanted = admitted_sets([dict(zip(names, row, strict=True)) for row in rows], NOW)
    assert set(folded) == set(wanted)
    assert len(folded) == len(wanted)


def test_sets_of_several_versions_become_one(spark: SparkSession) -> None:
    rows = [(f"sgr-9@{version},sgr-2@v1", "", True, 1) for version in range(90)]
    daily = spark.createDataFrame(rows, ddl(ADMITTING_SETS_DAILY.columns))
    found = admitted_sets(row.asDict() for row in fold_sets(daily, {"sgr-9": "89"}).collect())
    both, alone = frozenset({"sgr-9", "sgr-2"}), frozenset({"sgr-2"})
    assert set(found) == {
        Admitted(both, frozenset(), True, 90),
        Admitted(alone, frozenset(), True, 89),
    }
