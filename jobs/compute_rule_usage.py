"""Glue job 3: how often each rule was used.

Spark joins the days' flows with the days' inventory. Each day becomes one object of the daily usage
and one of the coverage; then the usage table is written anew, the fold of all days in its window.
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
from pyspark.sql import DataFrame, SparkSession

from aws_network.attribution.attribution import attribute
from aws_network.attribution.evidence import evidence_row
from aws_network.attribution.match_frames import match_frames
from aws_network.findings import kinds_by_rule
from aws_network.findings.narrowing import TradeOff
from aws_network.findings.observed import Observed, admitted_sets, seen_by_rule
from aws_network.flow_logs import objects as flow_log_objects
from aws_network.flow_logs.day_failures import raise_failures
from aws_network.flow_logs.days import parse_days
from aws_network.flow_logs.objects import HARMLESS, Unreadable
from aws_network.network.inventory import Inventory, snapshots_around, union
from aws_network.network.snapshot import Snapshot
from aws_network.stores.cloudwatch import NAMESPACE, metric_data, night_metrics
from aws_network.stores.dynamodb import all_items, put_items
from aws_network.stores.lake import Lake
from aws_network.stores.lake_tables import (
    ADMITTING_SETS_DAILY,
    DAY,
    FINDINGS,
    FLOW_COVERAGE_DAILY,
    FLOW_ROWS,
    FLOW_UNREADABLE_DAILY,
    RULE_EVIDENCE_DAILY,
    RULE_USAGE_DAILY,
    RULE_VERDICTS,
    LakeTable,
    ddl,
)
from aws_network.stores.retries import PATIENT
from aws_network.stores.usage_items import usage_item, with_findings
from aws_network.usage.daily_usage import Logged, Uses, daily_usage
from aws_network.usage.exemptions import Exemptions, read_exemptions
from aws_network.usage.judgement import Judge
from aws_network.usage.observation import blinded, lost_somewhere, observed_groups, unreadable_lines
from aws_network.usage.rule_facts import account_facts
from aws_network.usage.verdicts import Limits, RuleCounts, Window
from aws_network.usage.window import counts_by_rule, window_of
from plan import model as plan
from plan.conclusions import conclude

logger = logging.getLogger("compute_rule_usage")

SPARK_ERRORS = (PySparkException, Py4JJavaError)
"""What Spark raises, for example over a file that cannot be read."""

INVENTORIES_AT_ONCE = 16
"""Days whose inventories differ share a Spark run only as far as their tables fit into memory."""


EVIDENCE_ORDER = ("rule_key", "protocol", "from_port", "to_port", "block", "first_peer")


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
    limits: Limits
    exemptions: Exemptions
    trade_off: TradeOff


def main(arguments: list[str]) -> None:
    """Computes the days' usage, then folds all days into the usage table."""
    settings = read_settings(arguments)
    spark = SparkSession.builder.getOrCreate()
    lake = Lake(boto3.client("s3", config=PATIENT), settings.lake_bucket)
    manifests, failures = manifests_of(lake, settings.days)
    for days in batches(inventories_of(lake, list(manifests))):
        failures |= put_days_apart(lake, spark, manifests, days)
    if len(failures) < len(settings.days):
        put_usage(spark, lake, settings)
    raise_failures(failures, settings.days)


def put_usage(spark: SparkSession, lake: Lake, settings: Settings) -> None:
    """Folds all days of the lake into the usage table."""
    dynamodb = boto3.resource("dynamodb", config=PATIENT)
    rules = list(all_items(dynamodb.Table(settings.rules_table)))
    versions = versions_of(rules)
    window, counts = fold(spark, lake, settings.window_days, versions)
    latest = lake.snapshots(max(lake.snapshot_days()))[-1]
    judge = make_judge(lake, latest, window, settings)
    items = [
        usage_item(rule, counts.get(rule["sg_rule_id"], RuleCounts()), judge) for rule in rules
    ]
    concluded = conclude(
        union([latest]),
        items,
        observed_in(spark, lake, window, versions),
        rows_of_window(spark, lake, FLOW_COVERAGE_DAILY, window),
        plan.Window(window.first, window.last, window.analysed_days, window.missing_days),
        settings.trade_off,
    )
    lake.put_text(FINDINGS.key("findings.json"), concluded.file)
    lake.put_text(FINDINGS.key("plan.json"), plan.dump(concluded.plan))
    kinds = kinds_by_rule(concluded.findings)
    items = [with_findings(item, kinds) for item in items]
    lake.put_table(RULE_VERDICTS, items)
    put_items(dynamodb.Table(settings.usage_table), items)
    if date.fromisoformat(window.last) in settings.days:
        put_metrics(lake, date.fromisoformat(window.last), items)
    logger.info("computed %s", {"days": len(settings.days), "rules": len(items), **asdict(window)})


def read_settings(arguments: list[str]) -> Settings:
    """Raises InvalidDayError, InvalidExemptionError."""
    names = ["rules_table", "usage_table", "lake_bucket", "from_day", "to_day", "window_days"]
    limits = ["minimum_days", "rarely_used_threshold", "exempt_tags", "exempt_patterns"]
    given = getResolvedOptions(arguments, [*names, *limits, "trade_off"])
    return Settings(
        rules_table=given["rules_table"],
        usage_table=given["usage_table"],
        lake_bucket=given["lake_bucket"],
        days=parse_days(given["from_day"], given["to_day"], today=datetime.now(UTC).date()),
        window_days=int(given["window_days"]),
        limits=Limits(int(given["minimum_days"]), int(given["rarely_used_threshold"])),
        exemptions=read_exemptions(
            json.loads(given["exempt_tags"]), json.loads(given["exempt_patterns"])
        ),
        trade_off="tighter" if given["trade_off"] == "tighter" else "fewer",
    )


def inventories_of(lake: Lake, days: list[date]) -> dict[date, Inventory]:
    """The inventory of each day; days between the same snapshots share it."""
    taken = lake.snapshot_days()
    if not taken:
        raise MissingInputError(
            "the lake has no snapshot of the account; run CollectSecurityGroups"
        )
    around = {day: snapshots_around(day, taken) for day in days}
    pairs = set(around.values())
    snapshots = {day: lake.snapshots(day) for day in {day for pair in pairs for day in pair}}
    unions = {pair: union([each for day in pair for each in snapshots[day]]) for pair in pairs}
    return {day: unions[pair] for day, pair in around.items()}


def manifests_of(
    lake: Lake, days: list[date]
) -> tuple[dict[date, Mapping[str, Any]], dict[date, Exception]]:
    """What the query left of each day, and the days of which it left nothing."""
    found = {day: lake.manifest(day) for day in days}
    missing: dict[date, Exception] = {
        day: MissingInputError(f"the flow logs of {day} were not queried; run QueryFlowLogs")
        for day, manifest in found.items()
        if manifest is None
    }
    return {day: manifest for day, manifest in found.items() if manifest}, missing


def batches(inventories: Mapping[date, Inventory]) -> Iterator[dict[date, Inventory]]:
    """The days in batches of at most INVENTORIES_AT_ONCE different inventories."""
    batch: dict[date, Inventory] = {}
    for day, inventory in inventories.items():
        if len({id(each) for each in (*batch.values(), inventory)}) > INVENTORIES_AT_ONCE:
            yield batch
            batch = {}
        batch[day] = inventory
    if batch:
        yield batch


def put_days_apart(
    lake: Lake,
    spark: SparkSession,
    manifests: Mapping[date, Mapping[str, Any]],
    inventories: Mapping[date, Inventory],
) -> dict[date, Exception]:
    """Puts the days together or, when that fails, each alone; those that fail alone, with why."""
    try:
        put_days(lake, spark, {day: manifests[day] for day in inventories}, inventories)
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
    manifests: Mapping[date, Mapping[str, Any]],
    inventory: Mapping[date, Inventory],
    error: Exception,
) -> dict[date, Exception]:
    """Puts a day that failed, when another execution has queried it anew and deleted its files."""
    [day] = inventory
    now, _ = manifests_of(lake, [day])
    if now.get(day) in (None, manifests[day]):
        return {day: error}
    return put_days_apart(lake, spark, now, inventory)


def put_days(
    lake: Lake,
    spark: SparkSession,
    manifests: Mapping[date, Mapping[str, Any]],
    inventories: Mapping[date, Inventory],
) -> None:
    """Replaces each day: its usage with evidence, its coverage, and what could not be read.

    The usage comes last: a day that has it has all the others.
    """
    flows = read_flows(spark, [file for each in manifests.values() for file in each["files"]])
    frames = match_frames(spark, inventories)
    attribution = attribute(flows, frames)
    uses = by_day(attribution.rule_uses, "rule_key", Uses)
    logged = by_day(observed_groups(flows, frames), "group_id", Logged)
    outcomes = rows_by_day(attribution.coverage.orderBy("account_id", "region", "outcome"))
    lines = rows_by_day(unreadable_lines(flows).orderBy("object", "reason"))
    lost = rows_by_day(lost_somewhere(flows, frames))
    evidence = rows_by_day(attribution.evidence.orderBy(*EVIDENCE_ORDER))
    sets = rows_by_day(attribution.admitting_sets.orderBy("certain", "possible", "is_known"))
    for day, inventory in inventories.items():
        objects = flow_log_objects.from_rows(manifests[day].get("unreadable", []))
        unread = [*objects, *map(unread_lines, lines.get(day, []))]
        places = [(row["account_id"], row["region"]) for row in lost.get(day, [])]
        places += [(each.account_id, each.region) for each in objects if each.hides_records]
        seen = blinded(logged.get(str(day), {}), inventory, places)
        lake.put_rows(FLOW_UNREADABLE_DAILY, day, flow_log_objects.to_rows(unread))
        lake.put_rows(FLOW_COVERAGE_DAILY, day, outcomes.get(day, []))
        lake.put_rows(ADMITTING_SETS_DAILY, day, sets.get(day, []))
        seen_of_rules = (evidence_row(row, frames.block_bits) for row in evidence.get(day, []))
        lake.put_rows(RULE_EVIDENCE_DAILY, day, seen_of_rules)
        rows = daily_usage(inventory, uses.get(str(day), {}), seen)
        lake.put_rows(RULE_USAGE_DAILY, day, rows)


def unread_lines(row: Mapping[str, Any]) -> Unreadable:
    """Lines of an object that could not be read, for one reason."""
    return Unreadable(**row, hides_records=row["reason"] not in HARMLESS)


def read_flows(spark: SparkSession, files: list[str]) -> DataFrame:
    """The rows of query_flow_logs.sql that the files hold; none for no files."""
    schema = ddl(FLOW_ROWS)
    return spark.read.schema(schema).parquet(*files) if files else spark.createDataFrame([], schema)


def by_day(frame: DataFrame, key: str, value: type[Any]) -> dict[str, dict[str, Any]]:
    """Rows with a `day` and a key as a dict of dicts of values."""
    found: dict[str, dict[str, Any]] = {}
    for row in frame.collect():
        fields = row.asDict()
        day, name = fields.pop("day"), fields.pop(key)
        found.setdefault(day, {})[name] = value(**fields)
    return found


def rows_by_day(frame: DataFrame) -> dict[date, list[dict[str, Any]]]:
    """Rows with a `day`, as they are stored: their day is in the key."""
    found: dict[date, list[dict[str, Any]]] = {}
    for row in frame.collect():
        fields = row.asDict()
        found.setdefault(date.fromisoformat(fields.pop("day")), []).append(fields)
    return found


def versions_of(rules: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Rule id to the version that the rules table has; not for a rule from before versions."""
    return {rule["sg_rule_id"]: rule["rule_version"] for rule in rules if "rule_version" in rule}


def fold(
    spark: SparkSession, lake: Lake, window_days: int, versions: Mapping[str, str]
) -> tuple[Window, dict[str, RuleCounts]]:
    """The window that ends with the last day of the lake, and the counts of each rule in it."""
    days = lake.days_of(RULE_USAGE_DAILY)
    # The schema is given: a day of an earlier release lacks columns, which then are NULL.
    daily = (
        spark.read.schema(ddl((*RULE_USAGE_DAILY.columns, DAY)))
        .option("basePath", lake.folder_uri(RULE_USAGE_DAILY))
        .parquet(*(lake.folder_uri(RULE_USAGE_DAILY, day) for day in days))
    )
    window = window_of(days, window_days)
    return window, counts_by_rule(daily, window, versions)


def observed_in(
    spark: SparkSession, lake: Lake, window: Window, versions: Mapping[str, str]
) -> Observed | None:
    """The evidence of the window; None unless each day that was analysed has it."""
    analysed = {day for day in lake.days_of(RULE_USAGE_DAILY) if is_in(day, window)}
    evidence = (RULE_EVIDENCE_DAILY, ADMITTING_SETS_DAILY)
    if not all(analysed <= set(lake.days_of(table)) for table in evidence):
        return None
    seen = rows_of_window(spark, lake, RULE_EVIDENCE_DAILY, window)
    sets = rows_of_window(spark, lake, ADMITTING_SETS_DAILY, window)
    return Observed(seen_by_rule(seen), admitted_sets(sets, versions))


def rows_of_window(
    spark: SparkSession, lake: Lake, table: LakeTable, window: Window
) -> list[dict[str, Any]]:
    """The rows of a daily table in the window, added up over its days."""
    paths = [lake.folder_uri(table, d) for d in lake.days_of(table) if is_in(d, window)]
    if not paths:
        return []
    names = [column.name for column in table.columns if column.name != "interfaces"]
    counted = [name for name in names if name in ("requests", "records")]
    keys = [name for name in names if name not in counted]
    rows = spark.read.schema(ddl(table.columns)).parquet(*paths).groupBy(*keys).sum(*counted)
    return [dict(zip([*keys, *counted], row, strict=True)) for row in rows.collect()]


def is_in(day: date, window: Window) -> bool:
    """Both ends of a window are inclusive."""
    return window.first <= str(day) <= window.last


def make_judge(lake: Lake, latest: Snapshot, window: Window, settings: Settings) -> Judge:
    """What verdicts rest on beside the counts: the settings, and the account as it is now."""
    account = account_facts(latest, lake.first_snapshots())
    return Judge(window, settings.limits, settings.exemptions, account)


def put_metrics(lake: Lake, day: date, items: Sequence[Mapping[str, Any]]) -> None:
    """The night's figures to CloudWatch; a backfill of older days says nothing of the night."""
    unread = [row for row in lake.rows(FLOW_UNREADABLE_DAILY, day) if row["hides_records"]]
    objects = sum(row["lines"] is None for row in unread)
    figures = night_metrics(lake.rows(FLOW_COVERAGE_DAILY, day), objects, items)
    cloudwatch: Any = boto3.client("cloudwatch", config=PATIENT)
    cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=metric_data(figures))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(levelname)s %(message)s")
    main(sys.argv)
