"""The CloudWatch metrics of a nightly run, for alarms and the dashboard."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from aws_network.flow_logs.outcomes import ACCEPTED_REQUESTS, LOST, MAY_HIDE_USE, Outcome
from aws_network.usage.judging import RuleUsage
from aws_network.usage.statuses import Status

RECORDS = "Records"
ATTRIBUTED = "AttributedPercent"
UNATTRIBUTED = "UnattributedPercent"
UNREADABLE = "UnreadableObjects"
RULES = "Rules"
UNUSED_RULES = "UnusedRules"


def metrics_of_day(
    coverage: Iterable[Mapping[str, Any]],
    unreadable_objects: int,
    usages: Iterable[RuleUsage],
) -> dict[str, float]:
    """Name to value, from the rows of sg_flow_coverage_daily of a day and the usage of each rule.

    A percentage of zero records is left out.
    """
    records = records_by_outcome(coverage)
    statuses = [usage.status for usage in usages if not usage.rule.gone_since]
    figures = {
        RECORDS: float(sum(records.values())),
        UNREADABLE: float(unreadable_objects),
        RULES: float(len(statuses)),
        UNUSED_RULES: float(statuses.count(Status.UNUSED)),
    }
    accepted = sum(records[outcome] for outcome in ACCEPTED_REQUESTS)
    lost = sum(records[outcome] for outcome in LOST)
    hiding = sum(records[outcome] for outcome in MAY_HIDE_USE)
    if accepted:
        figures[ATTRIBUTED] = 100 * records[Outcome.ATTRIBUTED] / accepted
    if accepted + lost:
        figures[UNATTRIBUTED] = 100 * hiding / (accepted + lost)
    return figures


def records_by_outcome(coverage: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Outcome to number of records, from rows of sg_flow_coverage_daily."""
    records: Counter[str] = Counter()
    for row in coverage:
        records[row["outcome"]] += row["records"]
    return records


def metric_data(figures: Mapping[str, float]) -> list[dict[str, Any]]:
    """For PutMetricData; without a timestamp, because it refuses those older than two weeks."""
    return [
        {"MetricName": name, "Value": value, "Unit": "Percent" if "Percent" in name else "Count"}
        for name, value in figures.items()
    ]
