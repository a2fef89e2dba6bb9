"""The requests of a window, added up over its days."""

from collections.abc import Iterator
from typing import Any

import pytest
from pyspark.sql import SparkSession

from aws_network.attribution.match_frames import local_frame
from aws_network.stores.lake_folders import DAY, ddl
from aws_network.stores.lake_tables import OBSERVED_REQUESTS_DAILY
from aws_network.stores.request_fold import MOST_ROWS, fold_requests
from tests.attribution.harness import spark_session

COLUMNS = (*OBSERVED_REQUESTS_DAILY.columns, DAY)
ROW = {
    "certain": "sgr-1@a", "possible": "", "is_known": True, "is_proven": True, "protocol": 6,
    "from_port": 443, "to_port": 443, "peers": "10.1.0.0/24", "peer_groups": "", "requests": 1,
    "day": "2026-11-01",
}  # fmt: skip


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    session = spark_session()
    yield session
    session.stop()


def folded(spark: SparkSession, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    values = [tuple((ROW | row)[column.name] for column in COLUMNS) for row in rows]
    return [
        row.asDict() for row in fold_requests(local_frame(spark, ddl(COLUMNS), values)).collect()
    ]


@pytest.mark.spark
def test_alike_rows_of_two_days_are_one_with_the_last_day(spark: SparkSession) -> None:
    other = {"peers": "10.2.0.0/24", "requests": 7}
    found = folded(spark, {"requests": 2}, {"requests": 3, "day": "2026-11-09"}, other)
    assert [(one["peers"], one["requests"], one["last_day"]) for one in found] == [
        ("10.1.0.0/24", 5, "2026-11-09"),
        ("10.2.0.0/24", 7, "2026-11-01"),
    ]


@pytest.mark.spark
@pytest.mark.parametrize(
    "differs",
    [
        {"certain": "sgr-2@a"},
        {"possible": "sgr-2@a"},
        {"is_known": False},
        {"is_proven": False},
        {"to_port": 444},
    ],
)
def test_rows_with_another_answer_stay_apart(spark: SparkSession, differs: dict[str, Any]) -> None:
    assert len(folded(spark, {}, differs)) == 2


@pytest.mark.spark
def test_of_many_rows_a_block_holds_all(spark: SparkSession) -> None:
    many: list[dict[str, Any]] = [
        {"peers": f"10.{n // 200}.{n % 200}.0/24", "from_port": 400 + n, "to_port": 500 + n,
         "peer_groups": "sg-a,sg-b" if n % 2 else "sg-b"}
        for n in range(MOST_ROWS + 1)
    ]  # fmt: skip
    apart: list[dict[str, Any]] = [
        {"peers": "2001:db8::/32"},
        {"peers": "0.0.0.0/0"},
        {"protocol": 17},
    ]
    found = folded(spark, *many, *apart)
    said = {(one["protocol"], one["peers"]): one for one in found}
    whole = said[6, "10.0.0.0/8"]
    assert len(found) == 4
    assert set(said) == {
        (6, "10.0.0.0/8"),
        (6, "2001:db8::/32"),
        (6, "0.0.0.0/0"),
        (17, "10.0.0.0/8"),
    }
    assert (whole["from_port"], whole["to_port"]) == (400, 500 + MOST_ROWS)
    assert (whole["requests"], whole["peer_groups"]) == (MOST_ROWS + 1, "sg-b")
