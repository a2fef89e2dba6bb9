"""Glue job 3: how often each rule was used.

Analyses the days asked for, then judges the window that ends with the last day of the lake, and
concludes findings and a plan. Each step is a function of the engine; this script reads and writes.
"""

import json
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

import boto3
from awsglue.utils import getResolvedOptions
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from aws_network.findings import TradeOff, kinds_by_rule, may_be_too_wide
from aws_network.findings.requests import current_requests
from aws_network.flow_logs import objects
from aws_network.flow_logs.day_failures import raise_failures
from aws_network.flow_logs.days import days_before, parse_days
from aws_network.flow_logs.window import Window
from aws_network.network.inventory import Inventory, snapshots_around, union
from aws_network.network.names import names_of
from aws_network.network.snapshot import Snapshot
from aws_network.stores.cloudwatch import metric_data, metrics_of_day, records_by_outcome
from aws_network.stores.day_results import is_outdated, manifest_digest, put_day
from aws_network.stores.dynamodb import put_items
from aws_network.stores.lake import Lake
from aws_network.stores.lake_tables import (
    FINDINGS,
    FLOW_COVERAGE_DAILY,
    FLOW_UNREADABLE_DAILY,
    RULE_USAGE_DAILY,
    RULE_VERDICTS,
)
from aws_network.stores.request_fold import read_requests
from aws_network.stores.retries import RETRIES
from aws_network.stores.rules_table import read_rules
from aws_network.stores.usage_table import usage_item
from aws_network.stores.window_results import read_counts, read_coverage, read_flows, read_observed
from aws_network.usage.analysis import analyse_days
from aws_network.usage.exemptions import Exemptions, read_exemptions
from aws_network.usage.judging import Criteria, RuleUsage, account_facts, judge_window
from aws_network.usage.verdicts import Limits
from aws_network.usage.window import window_of
from plan import model as plan
from plan.conclusions import Conclusions, conclude
from plan.requests_file import requests_file

logger = logging.getLogger("compute_rule_usage")

SPARK_ERRORS = (PySparkException, Py4JJavaError)
"""What Spark raises, for example over a file that cannot be read."""

INVENTORIES_AT_ONCE = 16
"""Days whose inventories differ share a Spark run only as far as their tables fit into memory."""

DAYS_AT_ONCE = 31
"""The results of the days of a Spark run are in memory together before they are written."""

Manifests = Mapping[date, Mapping[str, Any]]


class MissingInputError(RuntimeError):
    """An earlier job has not left what this one needs."""


@dataclass(frozen=True)
class Settings:
    """The job's arguments, checked."""

    rules_table: str
    usage_table: str
    lake_bucket: str
    days: list[date]
    window_days: int
    revisit_days: int
    limits: Limits
    exemptions: Exemptions
    owner_tags: tuple[str, ...]
    trade_off: TradeOff
    metrics_namespace: str


def main(arguments: list[str]) -> None:
    """Analyses the days, judges the window, writes the usage table, the findings and the plan."""
    settings = read_settings(arguments)
    spark = SparkSession.builder.getOrCreate()
    lake = Lake(boto3.client("s3", config=RETRIES), settings.lake_bucket)
    days = [*outdated_days(lake, settings), *settings.days]
    manifests, failures = read_manifests(lake, days)
    for batch in batches(read_inventories(lake, list(manifests))):
        failures |= put_days_apart(lake, spark, manifests, batch)
    if len(failures) < len(days):
        put_window(spark, lake, settings)
    raise_failures(failures, days)


def outdated_days(lake: Lake, settings: Settings) -> list[date]:
    """The days just before that have been queried again, since objects arrived late."""
    earlier = days_before(settings.days[0], settings.revisit_days)
    return [day for day in earlier if is_outdated(lake, day)]


def read_settings(arguments: list[str]) -> Settings:
    """Raises InvalidDayError, InvalidExemptionError."""
    names = ["rules_table", "usage_table", "lake_bucket", "from_day", "to_day"]
    names += ["window_days", "revisit_days"]
    limits = ["minimum_days", "rarely_used_threshold", "exempt_tags", "exempt_patterns"]
    others = ["owner_tags", "trade_off", "metrics_namespace"]
    given = getResolvedOptions(arguments, [*names, *limits, *others])
    return Settings(
        rules_table=given["rules_table"],
        usage_table=given["usage_table"],
        lake_bucket=given["lake_bucket"],
        days=parse_days(given["from_day"], given["to_day"], today=datetime.now(UTC).date()),
        window_days=int(given["window_days"]),
        revisit_days=int(given["revisit_days"]),
        limits=Limits(int(given["minimum_days"]), int(given["rarely_used_threshold"])),
        exemptions=read_exemptions(
            json.loads(given["exempt_tags"]), json.loads(given["exempt_patterns"])
        ),
        owner_tags=tuple(json.loads(given["owner_tags"])),
        trade_off=TradeOff(given["trade_off"]),
        metrics_namespace=given["metrics_namespace"],
    )


def read_inventories(lake: Lake, days: list[date]) -> dict[date, Inventory]:
    """The inventory of each day; days between the same snapshots share it."""
    taken = lake.snapshot_days()
    if not taken:
        raise MissingInputError(
            "the lake has no snapshot of the account; run CollectSecurityGroups"
        )
    around = {day: snapshots_around(day, taken) for day in days}
    pairs = set(around.values())
    snapshots = {day: lake.snapshots(day) for day in {day for pair in pairs for day in pair}}
    unions = {
        pair: union([s for day in pair for s in snapshots[day]], is_bracketed=len(pair) == 2)
        for pair in pairs
    }
    return {day: unions[pair] for day, pair in around.items()}


def read_manifests(lake: Lake, days: list[date]) -> tuple[Manifests, dict[date, Exception]]:
    """What the query left of each day, and the days of which it left nothing."""
    found = {day: lake.manifest(day) for day in days}
    missing: dict[date, Exception] = {
        day: MissingInputError(f"the flow logs of {day} were not queried; run QueryFlowLogs")
        for day, manifest in found.items()
        if manifest is None
    }
    return {day: manifest for day, manifest in found.items() if manifest}, missing


def batches(inventories: Mapping[date, Inventory]) -> Iterator[dict[date, Inventory]]:
    """The days in batches: at most DAYS_AT_ONCE, of at most INVENTORIES_AT_ONCE inventories."""
    batch: dict[date, Inventory] = {}
    for day, inventory in inventories.items():
        different = {id(known) for known in (*batch.values(), inventory)}
        if len(different) > INVENTORIES_AT_ONCE or len(batch) == DAYS_AT_ONCE:
            yield batch
            batch = {}
        batch[day] = inventory
    if batch:
        yield batch


def put_days_apart(
    lake: Lake, spark: SparkSession, manifests: Manifests, inventories: Mapping[date, Inventory]
) -> dict[date, Exception]:
    """Puts the days together or, when that fails, each alone; those that fail alone, with why."""
    try:
        put_days(lake, spark, manifests, inventories)
    except SPARK_ERRORS as error:
        if len(inventories) == 1:
            return put_day_again(lake, spark, manifests, inventories, error)
        logger.warning("%s days failed together, each is tried alone: %s", len(inventories), error)
        failures: dict[date, Exception] = {}
        for day, inventory in inventories.items():
            failures |= put_days_apart(lake, spark, manifests, {day: inventory})
        return failures
    return {}


def put_day_again(
    lake: Lake,
    spark: SparkSession,
    manifests: Manifests,
    inventory: Mapping[date, Inventory],
    error: Exception,
) -> dict[date, Exception]:
    """Puts a day that failed, when another execution has queried it anew and deleted its files."""
    [day] = inventory
    now, _ = read_manifests(lake, [day])
    if now.get(day) in (None, manifests[day]):
        return {day: error}
    return put_days_apart(lake, spark, now, inventory)


def put_days(
    lake: Lake, spark: SparkSession, manifests: Manifests, inventories: Mapping[date, Inventory]
) -> None:
    """Analyses the days of these inventories and replaces each in the lake."""
    flows = read_flows(spark, [file for day in inventories for file in manifests[day]["files"]])
    unreadable = {
        day: objects.from_rows(manifests[day].get("unreadable", [])) for day in inventories
    }
    for day, results in analyse_days(flows, inventories, unreadable).items():
        put_day(lake, day, results, manifest_digest(manifests[day]))


def put_window(spark: SparkSession, lake: Lake, settings: Settings) -> None:
    """Judges the window that ends with the last day of the lake, and writes what follows."""
    dynamodb = boto3.resource("dynamodb", config=RETRIES)
    window = window_of(lake.days_of(RULE_USAGE_DAILY), settings.window_days)
    rules = read_rules(dynamodb.Table(settings.rules_table))
    versions = {rule.rule_id: rule.version for rule in rules if rule.version}
    latest = lake.snapshots(max(lake.snapshot_days()))[-1]
    account = account_facts(latest, lake.first_snapshots(), settings.owner_tags)
    usages = judge_window(
        rules,
        read_counts(spark, lake, window, versions),
        Criteria(window, settings.limits, settings.exemptions, account),
    )
    looked_at = [usage.rule.rule_id for usage in usages if may_be_too_wide(usage)]
    concluded = conclude(
        union([latest]),
        usages,
        read_observed(spark, lake, window, versions, looked_at),
        plan.totals(records_by_outcome(read_coverage(spark, lake, window))),
        window,
        settings.trade_off,
    )
    table = dynamodb.Table(settings.usage_table)
    put_results(lake, table, usages, concluded, names_of(latest))
    put_requests(lake, read_requests(spark, lake, window), usages, window, latest)
    last_day = date.fromisoformat(window.last)
    if last_day in settings.days:
        put_metrics(lake, settings.metrics_namespace, last_day, usages)
    logger.info("computed %s", {"days": len(settings.days), "rules": len(rules), **asdict(window)})


def put_results(
    lake: Lake,
    table: Any,
    usages: Sequence[RuleUsage],
    found: Conclusions,
    names: Mapping[str, str],
) -> None:
    """Writes the findings and the plan, then the verdicts, then the usage table."""
    lake.put_text(FINDINGS.key("findings.json"), found.file)
    lake.put_text(FINDINGS.key("plan.json"), plan.dump(found.plan))
    kinds = kinds_by_rule(found.findings)
    items = [
        usage_item(usage, {} if usage.rule.gone_since else kinds, names, found.managers)
        for usage in usages
    ]
    lake.put_table(RULE_VERDICTS, items)
    put_items(table, items)


def put_requests(
    lake: Lake,
    rows: Iterable[Mapping[str, Any]] | None,
    usages: Sequence[RuleUsage],
    window: Window,
    latest: Snapshot,
) -> None:
    """Writes what was requested; nothing while days of the window are from an earlier release."""
    if rows is not None:
        by_rule = {usage.rule.rule_id: usage for usage in usages}
        found = current_requests(rows, latest.rules, by_rule)
        lake.put_text(FINDINGS.key("requests.json"), requests_file(found, window, latest))


def put_metrics(lake: Lake, namespace: str, day: date, usages: Sequence[RuleUsage]) -> None:
    """The night's figures to CloudWatch; a backfill of older days says nothing of the night."""
    unread = [row for row in lake.rows(FLOW_UNREADABLE_DAILY, day) if row["hides_records"]]
    whole_objects = sum(row["lines"] is None for row in unread)
    figures = metrics_of_day(lake.rows(FLOW_COVERAGE_DAILY, day), whole_objects, usages)
    cloudwatch: Any = boto3.client("cloudwatch", config=RETRIES)
    cloudwatch.put_metric_data(Namespace=namespace, MetricData=metric_data(figures))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(levelname)s %(message)s")
    main(sys.argv)
