"""The fold of the daily usage over a window: what counts, and what only dates the last use."""

from collections.abc import Iterator

import pytest
from pyspark.sql import SparkSession

from aws_network.flow_logs.window import Window
from aws_network.usage.verdicts import RuleCounts
from aws_network.usage.window import counts_by_rule
from tests.attribution.harness import spark_session

pytestmark = pytest.mark.spark

COLUMNS = (
    "day string, sg_rule_id string, used_times long, sole_times long, ambiguous_times long, "
    "interfaces int, interfaces_logged int, interfaces_complete int, interfaces_skipped int, "
    "interfaces_rejects_only int, interfaces_active int, "
    "never_logged string, rule_version string"
)
WINDOW = Window("2026-11-02", "2026-11-04")
DAYS = [
    # day, rule, used, sole, ambiguous, interfaces, logged, complete, lost, rejects only, active,
    # never logged
    ("2026-11-01", "sgr-1", 100, 100, 100, 1, 1, 1, 0, 0, 1, None),
    ("2026-11-02", "sgr-1", 3, 2, 0, 2, 2, 2, 0, 0, 2, None),
    ("2026-11-03", "sgr-1", 0, 0, 7, 2, 1, 1, 0, 0, 0, None),
    ("2026-11-04", "sgr-1", 4, 0, 1, 2, 2, 1, 1, 0, 2, None),
    ("2026-11-01", "sgr-2", 5, 5, 0, 1, 1, 1, 0, 0, 1, None),
    ("2026-11-02", "sgr-2", 0, 0, 0, 0, 0, 0, 0, 0, 0, None),
    ("2026-11-03", "sgr-2", 0, 0, 0, 1, 1, 1, 0, 0, 0, None),
    ("2026-11-04", "sgr-3", 0, 0, 0, 1, 1, 1, 0, 0, 1, "DHCP"),
    ("2026-11-05", "sgr-4", 9, 9, 0, 1, 1, 1, 0, 0, 1, None),
    ("2026-11-02", "sgr-5", 0, 0, 0, 2, 1, 1, 0, 1, 1, None),
    ("2026-11-03", "sgr-5", 0, 0, 0, 2, 2, 1, 0, 0, 1, None),
    ("2026-11-04", "sgr-5", 0, 0, 0, 0, 0, 0, 1, 0, 0, None),
]
FACTS = {
    "sgr-1": RuleCounts(
        used_times=7,
        sole_times=2,
        ambiguous_times=8,
        days_used=2,
        days_ambiguous=2,
        days_known=3,
        days_attached=3,
        days_observed=1,
        days_unlogged=1,
        days_lost=1,
        days_active=2,
        last_used="2026-11-04",
    ),
    "sgr-2": RuleCounts(days_known=2, days_attached=1, days_observed=1, last_used="2026-11-01"),
    "sgr-3": RuleCounts(
        days_known=1, days_attached=1, days_observed=1, days_active=1, never_logged="DHCP"
    ),
    "sgr-4": RuleCounts(last_used="2026-11-05"),
    "sgr-5": RuleCounts(
        days_known=3, days_attached=2, days_rejects_only=1, days_lost=1, days_active=2
    ),
}


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    session = spark_session()
    yield session
    session.stop()


def test_counts_are_of_the_window_and_the_last_use_of_all_days(spark: SparkSession) -> None:
    daily = spark.createDataFrame([(*row, None) for row in DAYS], COLUMNS)
    assert counts_by_rule(daily, WINDOW, {"sgr-1": "v2"}) == FACTS


VERSIONS = [
    # day, rule, used, sole, ambiguous, interfaces, logged, complete, lost, rejects
    # only, active, never logged, version
    ("2026-11-01", "sgr-1", 1, 1, 0, 1, 1, 1, 0, 0, 1, None, "v1"),
    ("2026-11-02", "sgr-1", 20, 20, 2, 1, 1, 1, 0, 0, 1, None, "v1"),
    ("2026-11-02", "sgr-1", 3, 0, 0, 1, 1, 1, 0, 0, 1, None, "v2"),
    ("2026-11-03", "sgr-1", 0, 0, 0, 1, 1, 1, 0, 0, 1, None, "v2"),
    ("2026-11-02", "sgr-2", 5, 5, 0, 1, 1, 1, 0, 0, 1, None, None),
    ("2026-11-03", "sgr-2", 0, 0, 0, 1, 1, 1, 0, 0, 1, None, "v1"),
    ("2026-11-03", "sgr-3", 7, 7, 0, 1, 1, 1, 0, 0, 1, None, "v1"),
]


def of_versions(*current: str) -> dict[str, str]:
    return dict(zip(("sgr-1", "sgr-2"), current, strict=False))


@pytest.mark.parametrize(
    ("current", "uses"),
    [
        (
            of_versions("v2", "v1"),
            {"sgr-1": (3, 0, 2, "2026-11-02"), "sgr-2": (5, 0, 2, "2026-11-02")},
        ),
        (
            of_versions("v1", "v2"),
            {"sgr-1": (20, 2, 1, "2026-11-02"), "sgr-2": (5, 0, 1, "2026-11-02")},
        ),
        (of_versions("v3"), {"sgr-2": (5, 0, 2, "2026-11-02")}),
    ],
    ids=["the later ones", "changed back, and changed since", "changed since the last day"],
)
def test_use_before_a_change_is_not_use_of_the_rule_as_it_is_now(
    spark: SparkSession, current: dict[str, str], uses: dict[str, tuple[int, int, int, str]]
) -> None:
    found = counts_by_rule(spark.createDataFrame(VERSIONS, COLUMNS), WINDOW, current)
    assert found.pop("sgr-3").used_times == 7  # the rules table knows no version of it
    assert {
        rule: (each.used_times, each.ambiguous_times, each.days_known, each.last_used)
        for rule, each in found.items()
    } == uses
