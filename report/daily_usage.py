"""Usage of each rule on each day: the rows of sg_rule_usage_daily."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

COLUMNS = (
    "sg_rule_id",
    "rule_version",
    "used_times",
    "ambiguous_times",
    "interfaces",
    "interfaces_logged",
    "interfaces_skipped",
)
"""The columns that `from_rows` reads."""


@dataclass(frozen=True, slots=True)
class RuleDay:
    """One rule on one day: `interfaces` carried its group, `interfaces_logged` of them had logs."""

    used_times: int
    ambiguous_times: int
    interfaces: int
    interfaces_logged: int
    interfaces_skipped: int

    @property
    def was_attached(self) -> bool:
        """Whether an interface in use carried the rule's group."""
        return self.interfaces > 0

    @property
    def was_observed(self) -> bool:
        """Whether the logs would show a use: all interfaces were logged, and no record was lost."""
        is_logged = self.interfaces_logged >= self.interfaces and not self.interfaces_skipped
        return self.was_attached and is_logged


DailyUsage = Mapping[str, Mapping[date, RuleDay]]
"""Rule id to day to usage. Days that were not analysed, or without the rule, are absent."""


def from_rows(
    days: Iterable[tuple[date, Iterable[Mapping[str, Any]]]], versions: Mapping[str, str]
) -> DailyUsage:
    """The rows of each analysed day by rule, of the current version of the rule only.

    `versions`: rule id to current version. Rows of earlier releases have no version; they count.
    """
    daily: dict[str, dict[date, RuleDay]] = {}
    for day, rows in days:
        for row in rows:
            version = row.get("rule_version")
            if version is not None and version != versions.get(row["sg_rule_id"], version):
                continue
            daily.setdefault(row["sg_rule_id"], {})[day] = _rule_day(row)
    return daily


def _rule_day(row: Mapping[str, Any]) -> RuleDay:
    return RuleDay(
        used_times=row["used_times"],
        ambiguous_times=row["ambiguous_times"],
        interfaces=row["interfaces"],
        interfaces_logged=row["interfaces_logged"],
        interfaces_skipped=row["interfaces_skipped"],
    )
