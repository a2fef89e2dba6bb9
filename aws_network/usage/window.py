"""The usage of every rule over a window of days: the fold from which the usage table is written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from aws_network.attribution.match_frames import local_frame
from aws_network.flow_logs.window import Window
from aws_network.usage.verdicts import RuleCounts


def window_of(days: Sequence[date], window_days: int) -> Window:
    """The last `window_days` days to the last one analysed, not before the first one analysed."""
    last = max(days)
    first = max(min(days), last - timedelta(days=window_days - 1))
    analysed = sum(first <= day <= last for day in set(days))
    return Window(str(first), str(last), missing_days=(last - first).days + 1 - analysed)


_TIMES = ("used_times", "sole_times", "ambiguous_times")
_DAYS = {
    "days_used": "used_times > 0",
    "days_ambiguous": "ambiguous_times > 0",
    "days_known": "TRUE",
    "days_attached": "interfaces > 0",
    "days_observed": "interfaces > 0 AND interfaces_complete >= interfaces "
    "AND interfaces_skipped = 0",
    "days_unlogged": "interfaces > interfaces_logged + interfaces_rejects_only",
    "days_rejects_only": "interfaces_rejects_only > 0",
    "days_lost": "interfaces_skipped > 0",
    "days_active": "interfaces_active > 0",
}
"""Fields of RuleCounts to what is true of the days that they count."""


def counts_by_rule(
    daily: DataFrame,
    window: Window,
    versions: Mapping[str, str],
    earlier: Mapping[tuple[str, str | None], str] | None = None,
) -> dict[str, RuleCounts]:
    """Rule id to its counts; `daily` holds rows of sg_rule_usage_daily with their `day`.

    Days outside the window count for `last_used` alone; so do those of `earlier`, rule id and
    version to the day of the last use before. `versions` has the current one by rule id: use before
    a rule was changed is not use of the rule as it is now. A day without versions, or a rule
    without one, is from before they were kept, and counts.
    """
    current = local_frame(
        daily.sparkSession, "sg_rule_id string, current_version string", versions.items()
    )
    rows = (
        daily.withColumn("day", F.col("day").cast("string"))
        .join(F.broadcast(current), "sg_rule_id", "left")
        .where("coalesce(rule_version = current_version, TRUE)")
    )
    folded = rows.groupBy("sg_rule_id").agg(*_totals(window))
    counts = {
        values.pop("sg_rule_id"): RuleCounts(**values)
        for values in (row.asDict() for row in folded.collect())
    }
    for (rule_id, version), day in (earlier or {}).items():
        known = counts.get(rule_id, RuleCounts())
        if version in (None, versions.get(rule_id, version)) and day > (known.last_used or ""):
            counts[rule_id] = replace(known, last_used=day)
    return counts


def _totals(window: Window) -> list[Column]:
    """The fields of RuleCounts, from the rows of a rule."""
    inside = f"day BETWEEN '{window.first}' AND '{window.last}'"
    return [
        *(
            F.expr(f"coalesce(sum({name}) FILTER (WHERE {inside}), 0)").alias(name)
            for name in _TIMES
        ),
        *(F.expr(f"count_if({inside} AND ({which}))").alias(name) for name, which in _DAYS.items()),
        F.expr(f"max(never_logged) FILTER (WHERE {inside})").alias("never_logged"),
        F.expr("max(day) FILTER (WHERE used_times > 0)").alias("last_used"),
    ]
