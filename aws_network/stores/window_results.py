"""A window's results in the lake, read back with Spark: flows, counts, evidence and coverage."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from aws_network.findings.observed import Observed, admitted_sets, seen_by_rule
from aws_network.flow_logs.window import Window
from aws_network.stores.lake import Lake
from aws_network.stores.lake_folders import DAY, LakeTable, ddl
from aws_network.stores.lake_tables import (
    ADMITTING_SETS_DAILY,
    FLOW_COVERAGE_DAILY,
    FLOW_ROWS,
    RULE_EVIDENCE_DAILY,
    RULE_USAGE_DAILY,
)
from aws_network.stores.last_uses import last_uses_before
from aws_network.usage.verdicts import RuleCounts
from aws_network.usage.window import counts_by_rule

COUNTS = ("requests", "records")
"""Columns that are added up over the days of a window; `interfaces` cannot be."""


def read_flows(spark: SparkSession, files: Sequence[str]) -> DataFrame:
    """The rows of query_flow_logs.sql that the files hold; none for no files."""
    schema = ddl(FLOW_ROWS)
    return spark.read.schema(schema).parquet(*files) if files else spark.createDataFrame([], schema)


def read_counts(
    spark: SparkSession, lake: Lake, window: Window, versions: Mapping[str, str]
) -> dict[str, RuleCounts]:
    """Rule id to its counts in the window; `versions` has the current version by rule id."""
    days = [day for day in lake.days_of(RULE_USAGE_DAILY) if day in window]
    # The schema is given: a day of an earlier release lacks columns, which then are NULL.
    daily = (
        spark.read.schema(ddl((*RULE_USAGE_DAILY.columns, DAY)))
        .option("basePath", lake.folder_uri(RULE_USAGE_DAILY))
        .parquet(*(lake.folder_uri(RULE_USAGE_DAILY, day) for day in days))
    )
    earlier = last_uses_before(lake, date.fromisoformat(window.first))
    return counts_by_rule(daily, window, versions, earlier)


def read_observed(
    spark: SparkSession, lake: Lake, window: Window, versions: Mapping[str, str]
) -> Observed | None:
    """The evidence of the window; None unless each day that was analysed has it."""
    analysed = {day for day in lake.days_of(RULE_USAGE_DAILY) if day in window}
    for table in (RULE_EVIDENCE_DAILY, ADMITTING_SETS_DAILY):
        if not analysed <= set(lake.days_of(table)):
            return None
    seen = rows_of_window(spark, lake, RULE_EVIDENCE_DAILY, window)
    sets = rows_of_window(spark, lake, ADMITTING_SETS_DAILY, window)
    return Observed(seen_by_rule(seen), admitted_sets(sets, versions))


def read_coverage(spark: SparkSession, lake: Lake, window: Window) -> list[dict[str, Any]]:
    """The rows of the daily coverage, added up over the window."""
    return rows_of_window(spark, lake, FLOW_COVERAGE_DAILY, window)


def rows_of_window(
    spark: SparkSession, lake: Lake, table: LakeTable, window: Window
) -> list[dict[str, Any]]:
    """The rows of a daily table in the window, added up over its days."""
    paths = [lake.folder_uri(table, day) for day in lake.days_of(table) if day in window]
    if not paths:
        return []
    names = [column.name for column in table.columns if column.name != "interfaces"]
    counted = [name for name in names if name in COUNTS]
    keys = [name for name in names if name not in counted]
    rows = spark.read.schema(ddl(table.columns)).parquet(*paths).groupBy(*keys).sum(*counted)
    return [dict(zip([*keys, *counted], row, strict=True)) for row in rows.collect()]
