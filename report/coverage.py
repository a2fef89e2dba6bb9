"""What became of the flow-log records: how far the statuses can be trusted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from aws_network.flow_logs.outcomes import ACCEPTED_REQUESTS, MAY_HIDE_USE, Outcome

COLUMNS = ("account_id", "region", "outcome", "records", "interfaces")
"""The columns that `from_rows` reads."""

_A_THIRD = Fraction(1, 3)


class OutcomeText(NamedTuple):
    """An outcome in words."""

    label: str
    meaning: str


OUTCOME_TEXTS: Mapping[Outcome, OutcomeText] = {
    Outcome.ATTRIBUTED: OutcomeText(
        "Traced to a rule",
        "An accepted request. Every rule that admits it is credited.",
    ),
    Outcome.AMBIGUOUS: OutcomeText(
        "Ambiguous",
        "Accepted, but the logs do not show which side opened the conversation, or whether its "
        "peer belongs to a group. Every rule that may have admitted it counts as possibly used.",
    ),
    Outcome.REPLY: OutcomeText(
        "Reply", "A reply within a conversation. Security groups are stateful: it needs no rule."
    ),
    Outcome.REJECTED: OutcomeText(
        "Rejected", "Refused by a security group or a network ACL. It counts for no rule."
    ),
    Outcome.NODATA: OutcomeText("No traffic", "The interface was logged and had no traffic."),
    Outcome.REPEATED: OutcomeText(
        "Repeated", "Accepted, and recorded by another flow log as well. It is counted once."
    ),
    Outcome.NO_SECURITY_GROUP: OutcomeText(
        "No security group",
        "The interface has no security group, such as that of a NAT gateway. No rule applies.",
    ),
    Outcome.NO_INTERFACE: OutcomeText(
        "No interface",
        "The record names no interface, such as that of a regional NAT gateway. No rule applies.",
    ),
    Outcome.NO_ADMITTING_RULE: OutcomeText(
        "No rule found",
        "Accepted, but no known rule of the interface admits it. Most often the rule was changed "
        "or deleted.",
    ),
    Outcome.UNKNOWN_INTERFACE: OutcomeText(
        "Unknown interface",
        "The interface is in no inventory snapshot, so its groups are not known.",
    ),
    Outcome.SKIPDATA: OutcomeText("Lost by AWS", "The flow log skipped records (SKIPDATA)."),
    Outcome.MALFORMED: OutcomeText("Unreadable", "Lines that do not follow the flow log's format."),
}


class Night(NamedTuple):
    """A day of an account and region. `untraced_share`: 0 to 1, of its accepted requests."""

    day: date
    account_id: str
    region: str
    untraced_share: Fraction


@dataclass(frozen=True)
class CoverageRow:
    """The records of one account, region and day with one outcome, on so many interfaces."""

    day: date
    account_id: str
    region: str
    outcome: Outcome
    records: int
    interfaces: int


@dataclass(frozen=True)
class Coverage:
    """The coverage of the window's analysed days."""

    rows: tuple[CoverageRow, ...]

    def records(self, *outcomes: Outcome, day: date | None = None) -> int:
        """Number of records with one of these outcomes (all outcomes when none is given)."""
        return sum(
            row.records
            for row in self.rows
            if (not outcomes or row.outcome in outcomes) and day in (None, row.day)
        )

    @property
    def traced_share(self) -> float | None:
        """Share (0 to 1) of the accepted requests that were traced to a rule; None without any."""
        requests = self.records(*ACCEPTED_REQUESTS)
        return self.records(Outcome.ATTRIBUTED) / requests if requests else None

    def untraced_nights(self) -> tuple["Night", ...]:
        """Each day of an account and region on which a third or more of the accepted requests found
        no rule; the worst first."""
        nights: dict[tuple[date, str, str], dict[Outcome, int]] = {}
        for row in self.rows:
            outcomes = nights.setdefault((row.day, row.account_id, row.region), {})
            outcomes[row.outcome] = outcomes.get(row.outcome, 0) + row.records
        found = [Night(*place, _untraced(outcomes)) for place, outcomes in nights.items()]
        bad = [night for night in found if night.untraced_share >= _A_THIRD]
        return tuple(sorted(bad, key=lambda night: (-night.untraced_share, night[:3])))

    @property
    def gap_records(self) -> int:
        return self.records(*MAY_HIDE_USE)

    def by_day(self) -> Mapping[date, Mapping[Outcome, int]]:
        """Records of each day by outcome."""
        days: dict[date, dict[Outcome, int]] = {}
        for row in self.rows:
            outcomes = days.setdefault(row.day, {})
            outcomes[row.outcome] = outcomes.get(row.outcome, 0) + row.records
        return days

    def most_interfaces(self, outcome: Outcome) -> int:
        """The largest number of interfaces that had this outcome on one day."""
        per_day: dict[date, int] = {}
        for row in self.rows:
            if row.outcome is outcome:
                per_day[row.day] = per_day.get(row.day, 0) + row.interfaces
        return max(per_day.values(), default=0)


def _untraced(outcomes: Mapping[Outcome, int]) -> Fraction:
    requests = sum(outcomes.get(outcome, 0) for outcome in ACCEPTED_REQUESTS)
    return Fraction(requests - outcomes.get(Outcome.ATTRIBUTED, 0), requests or 1)


def from_rows(days: Iterable[tuple[date, Iterable[Mapping[str, Any]]]]) -> Coverage:
    """Shape the rows of sg_flow_coverage_daily. Raises ValueError for an unknown outcome."""
    return Coverage(tuple(_row(day, row) for day, rows in days for row in rows))


def _row(day: date, row: Mapping[str, Any]) -> CoverageRow:
    return CoverageRow(
        day=day,
        account_id=row["account_id"] or "",
        region=row["region"] or "",
        outcome=Outcome(row["outcome"]),
        records=row["records"],
        interfaces=row["interfaces"],
    )
