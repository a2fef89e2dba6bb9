"""The requests of a window, added up in Spark: what reaches Python does not grow with its days."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from aws_network.flow_logs.window import Window
from aws_network.stores.lake import Lake
from aws_network.stores.lake_folders import DAY, ddl
from aws_network.stores.lake_tables import OBSERVED_REQUESTS_DAILY, RULE_USAGE_DAILY

MOST_ROWS = 200
"""Most rows of a set of rules that stay as they are."""


def read_requests(
    spark: SparkSession, lake: Lake, window: Window
) -> Iterator[dict[str, Any]] | None:
    """What `fold_requests` makes of the window; None unless each day that was analysed is there."""
    days = [day for day in lake.days_of(RULE_USAGE_DAILY) if day in window]
    if not set(days) <= set(lake.days_of(OBSERVED_REQUESTS_DAILY)):
        return None
    daily = (
        spark.read.schema(ddl((*OBSERVED_REQUESTS_DAILY.columns, DAY)))
        .option("basePath", lake.folder_uri(OBSERVED_REQUESTS_DAILY))
        .parquet(*(lake.folder_uri(OBSERVED_REQUESTS_DAILY, day) for day in days))
    )
    return (row.asDict() for row in fold_requests(daily).toLocalIterator())


def fold_requests(daily: DataFrame) -> DataFrame:
    """The columns of sg_observed_requests_daily and last_day, of all days together.

    A set of rules with more than MOST_ROWS different rows has one for each protocol and /8 instead.
    """
    sql = files(__package__).joinpath("request_fold.sql").read_text()
    return daily.sparkSession.sql(sql.replace("{most}", str(MOST_ROWS)), daily=daily)
