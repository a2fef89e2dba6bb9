"""Analysing days: from the flows and the inventory of some days to each day's results.

The compute job, the accuracy measurement, the replay of plans and the benchmark call analyse_days.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyspark.sql import DataFrame

from aws_network.attribution.attribution import Attribution, attribute
from aws_network.attribution.evidence import (
    ObservedRequests,
    RuleEvidence,
    observed_requests,
    rule_evidence,
)
from aws_network.attribution.match_frames import MatchFrames, match_frames
from aws_network.flow_logs.objects import HARMLESS, Unreadable
from aws_network.network.inventory import Inventory, on_days
from aws_network.usage.daily_usage import Observed, RuleDay, Uses, daily_usage
from aws_network.usage.log_coverage import (
    FlowLogCoverage,
    VpcCoverage,
    flow_log_coverage,
    flow_log_records,
    vpc_coverage,
    vpc_states,
)
from aws_network.usage.observation import (
    LostPlace,
    lost_places,
    observed_groups,
    observed_interfaces,
    unreadable_lines,
    unreadable_places,
    with_lost_places,
)

REQUESTS_ORDER = (
    *("certain", "possible", "is_known", "is_proven", "protocol", "from_port", "to_port"),
    *("block", "first_peer"),
)
EVIDENCE_ORDER = ("rule_key", "protocol", "from_port", "to_port", "block", "first_peer")


@dataclass(frozen=True)
class FlowCoverage:
    """What became of the records of an account and region on a day."""

    account_id: str
    region: str
    outcome: str
    records: int
    interfaces: int


@dataclass(frozen=True)
class AdmittingSet:
    """Rules that admitted the same requests: comma lists of rule keys, `sgr-...@...`."""

    certain: str
    possible: str
    is_known: bool
    requests: int


@dataclass(frozen=True)
class DayResults:
    """Everything that one day's flow logs say."""

    usage: Sequence[RuleDay]
    coverage: Sequence[FlowCoverage]
    evidence: Sequence[RuleEvidence]
    admitting_sets: Sequence[AdmittingSet]
    requests: Sequence[ObservedRequests]
    unreadable: Sequence[Unreadable]
    vpcs: Sequence[VpcCoverage]
    flow_logs: Sequence[FlowLogCoverage]


def analyse_days(
    flows: DataFrame,
    inventories: Mapping[date, Inventory],
    unreadable_objects: Mapping[date, Sequence[Unreadable]],
) -> dict[date, DayResults]:
    """The results of each day of `inventories`.

    `flows` holds the rows of the flow-log query (FLOW_ROWS); `unreadable_objects` the objects that
    the query left out, by day.
    """
    inventories = on_days(inventories)
    frames = match_frames(flows.sparkSession, inventories)
    attribution = attribute(flows, frames)
    rows = _Collected(flows, frames, attribution)
    return {
        day: _day_results(day, inventory, unreadable_objects.get(day, ()), rows)
        for day, inventory in inventories.items()
    }


class _Collected:
    """The rows that Spark computed, by day."""

    def __init__(self, flows: DataFrame, frames: MatchFrames, attribution: Attribution) -> None:
        self.uses = _by_day(attribution.rule_uses)
        interfaces = observed_interfaces(attribution.interface_logs, frames)
        self.observed = _by_day(observed_groups(interfaces, frames))
        self.vpcs = _by_day(vpc_states(interfaces))
        self.flow_logs = _by_day(flow_log_records(flows, frames))
        self.coverage = _by_day(attribution.coverage.orderBy("account_id", "region", "outcome"))
        self.lines = _by_day(unreadable_lines(flows).orderBy("object", "reason"))
        self.lost = _by_day(lost_places(flows, attribution.interface_logs, frames))
        evidence = _by_day(attribution.evidence.orderBy(*EVIDENCE_ORDER))
        self.evidence = {
            day: [rule_evidence(row, frames.block_bits) for row in found]
            for day, found in evidence.items()
        }
        sets = attribution.admitting_sets.orderBy("certain", "possible", "is_known")
        self.admitting_sets = _by_day(sets)
        requests = _by_day(attribution.requests.orderBy(*REQUESTS_ORDER))
        self.requests = {
            day: [observed_requests(row, frames.block_bits) for row in found]
            for day, found in requests.items()
        }


def _by_day(frame: DataFrame) -> dict[date, list[dict[str, Any]]]:
    """The rows of a frame with a column `day`, as dicts without it."""
    found: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for row in frame.collect():
        fields = row.asDict()
        found[date.fromisoformat(fields.pop("day"))].append(fields)
    return found


def _day_results(
    day: date, inventory: Inventory, objects: Sequence[Unreadable], rows: _Collected
) -> DayResults:
    uses = {row.pop("rule_key"): Uses(**row) for row in rows.uses.get(day, [])}
    observed = {row.pop("group_id"): Observed(**row) for row in rows.observed.get(day, [])}
    places = [LostPlace(**row) for row in rows.lost.get(day, [])]
    places += unreadable_places(objects, inventory)
    return DayResults(
        usage=daily_usage(inventory, uses, with_lost_places(observed, inventory, places)),
        coverage=[FlowCoverage(**row) for row in rows.coverage.get(day, [])],
        evidence=rows.evidence.get(day, []),
        admitting_sets=[AdmittingSet(**row) for row in rows.admitting_sets.get(day, [])],
        requests=rows.requests.get(day, []),
        unreadable=[*objects, *_unreadable_lines(rows.lines.get(day, []))],
        vpcs=vpc_coverage(inventory, rows.vpcs.get(day, []), places),
        flow_logs=flow_log_coverage(inventory, rows.flow_logs.get(day, []), day),
    )


def _unreadable_lines(rows: Iterable[Mapping[str, Any]]) -> list[Unreadable]:
    """Lines of objects that could not be read, for one reason each."""
    return [Unreadable(**row, hides_records=row["reason"] not in HARMLESS) for row in rows]
