"""The last use of each rule before a window, without reading every day that was ever analysed.

Each month before the window has one object with the last use of each rule in that month. It says,
as a digest of ETags, from which objects of the daily usage it was made. When a day was analysed
again since, the month is made again. So the answer depends on the daily usage alone.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from aws_network.stores.lake import Lake
from aws_network.stores.lake_tables import LAST_USES_MONTHLY, RULE_USAGE_DAILY

LastUses = Mapping[tuple[str, str | None], str]
"""(rule id, version) to the day (YYYY-MM-DD) of its last use."""

_COLUMNS = ("sg_rule_id", "rule_version", "used_times")


def last_uses_before(lake: Lake, day: date) -> dict[tuple[str, str | None], str]:
    """The last use of each rule, in each version, before a day. Rules without any are absent."""
    found: dict[tuple[str, str | None], str] = {}
    for month, etags in sorted(_months_before(lake, day).items()):
        is_whole = month < f"{day:%Y-%m}"
        found |= _of_month(lake, month, etags) if is_whole else _of_days(lake, etags)
    return found


def _months_before(lake: Lake, day: date) -> dict[str, dict[date, str]]:
    """Month (YYYY-MM) to the days of it before a day, each with the ETag of its usage."""
    months: dict[str, dict[date, str]] = defaultdict(dict)
    for analysed, etag in lake.etags_of(RULE_USAGE_DAILY).items():
        if analysed < day:
            months[f"{analysed:%Y-%m}"][analysed] = etag
    return months


def _of_month(lake: Lake, month: str, etags: Mapping[date, str]) -> LastUses:
    key = LAST_USES_MONTHLY.key(f"month={month}/{LAST_USES_MONTHLY.file_name}")
    kept, source = lake.find_rows(key), _digest(etags)
    if kept and kept.source == source:
        return {(row["sg_rule_id"], row["rule_version"]): row["last_used"] for row in kept.rows}
    uses = _of_days(lake, etags)
    lake.put_rows_of(source, key, LAST_USES_MONTHLY, _rows(uses))
    return uses


def _of_days(lake: Lake, days: Iterable[date]) -> dict[tuple[str, str | None], str]:
    """The last use of each rule in these days; of two days the later one counts."""
    return {
        (row["sg_rule_id"], row.get("rule_version")): str(day)
        for day in sorted(days)
        for row in lake.rows(RULE_USAGE_DAILY, day, _COLUMNS)
        if row["used_times"]
    }


def _rows(uses: LastUses) -> list[dict[str, str | None]]:
    return [
        {"sg_rule_id": rule_id, "rule_version": version, "last_used": day}
        for (rule_id, version), day in sorted(uses.items(), key=str)
    ]


def _digest(etags: Mapping[date, str]) -> str:
    said = "\n".join(f"{day} {etag}" for day, etag in sorted(etags.items()))
    return hashlib.sha256(said.encode()).hexdigest()[:16]
