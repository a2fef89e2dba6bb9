"""A window's results in the lake, read back with Spark: flows, counts, evidence and coverage."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from aws_network.findings.observed import Observed, admitted_sets, seen_by_rule
from aws_network.flow_logs.window import Window
from aws_network.stores.evidence_fold import fold_seen, fold_sets
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
    spark: SparkSession,
    lake: Lake,
    window: Window,
    versions: Mapping[str, str],
    rule_ids: Collection[str],
) -> Observed | None:
    """The evidence of the window; None unless each day that was analysed has it.

    `rule_ids`: the rules of which is asked what they admitted.
    """
    analysed = {day for day in lake.days_of(RULE_USAGE_DAILY) if day in window}
    for table in (RULE_EVIDENCE_DAILY, ADMITTING_SETS_DAILY):
        if not analysed <= set(lake.days_of(table)):
            return None
    seen = fold_seen(_daily(spark, lake, RULE_EVIDENCE_DAILY, window), rule_ids)
    sets = fold_sets(_daily(spark, lake, ADMITTING_SETS_DAILY, window), versions)
    return Observed(
        seen_by_rule(row.asDict() for row in seen.collect()),
        admitted_sets(row.asDict() for row in sets.collect()),
    )


def read_coverage(spark: SparkSession, lake: Lake, window: Window) -> list[dict[str, Any]]:
    """account_id, region, outcome and the records of the window."""
    keys = ("account_id", "region", "outcome")
    daily = _daily(spark, lake, FLOW_COVERAGE_DAILY, window)
    total = daily.groupBy(*keys).agg(F.sum("records").alias("records"))
    return [row.asDict() for row in total.collect()]


def _daily(spark: SparkSession, lake: Lake, table: LakeTable, window: Window) -> DataFrame:
    """The rows of a daily table on the days of the window."""
    schema = ddl(table.columns)
    paths = [lake.folder_uri(table, day) for day in lake.days_of(table) if day in window]
    if not paths:
        return spark.createDataFrame([], schema)
    return spark.read.schema(schema).parquet(*paths)
