"""How complete the flow logs of each VPC are, and what each flow log delivered."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from report.wording import count, day, number

VPC_COLUMNS = (
    "account_id", "region", "vpc_id", "vpc_name", "interfaces", "complete", "with_gaps",
    "rejects_only", "unlogged", "lost",
)  # fmt: skip
FLOW_LOG_COLUMNS = ("flow_log_id", "vpc_id", "traffic_type", "delivers", "to_s3", "records")
"""The columns that `from_rows` reads."""

FAULTS: Mapping[str, str] = {
    "unlogged": "No flow log",
    "rejects_only": "Only rejected traffic logged",
    "with_gaps": "Hours without records",
    "lost": "Records lost or unreadable",
}
"""Why interfaces are not complete: the column that counts them, and the fault in words."""

_TRAFFIC = {
    "ALL": "all traffic",
    "ACCEPT": "accepted traffic",
    "REJECT": "rejected traffic only",
    None: "traffic type not known",
}

Rows = Iterable[Mapping[str, Any]]


@dataclass(frozen=True)
class FlowLogRecord:
    """A flow log over the window; what it is, as on the last day."""

    flow_log_id: str
    traffic_type: str | None
    delivers: bool | None
    to_s3: bool | None
    days_with_records: int
    last_day: date | None
    """The last day with records."""

    @property
    def text(self) -> str:
        """What it records, how its delivery is, and when there were records."""
        return ", ".join(filter(None, (_TRAFFIC[self.traffic_type], self._delivery, self._seen)))

    @property
    def _delivery(self) -> str | None:
        if self.to_s3 is False:
            return "not delivered to S3"
        return {True: "delivered", False: "delivery fails", None: None}[self.delivers]

    @property
    def _seen(self) -> str:
        if self.last_day is None:
            return "no records"
        return f"records on {count(self.days_with_records, 'day')}, last on {day(self.last_day)}"

    @property
    def order(self) -> tuple[object, ...]:
        """The one with the least records first."""
        return self.days_with_records, self.flow_log_id


@dataclass(frozen=True)
class VpcRecord:
    """A VPC with interfaces in use, over the window."""

    vpc_id: str
    name: str | None
    account_id: str
    region: str
    interfaces: int
    """The most on one day."""
    days: int
    """Analysed days on which it had interfaces in use."""
    complete_days: int
    """Those on which all of them were complete."""
    complete_share: float
    """Of its interface-days, 0 to 1."""
    missing: tuple[str, ...]
    """What keeps the other days from being complete, in sentences; none if all are."""
    flow_logs: tuple[FlowLogRecord, ...]

    @property
    def flow_logs_alike(self) -> Mapping[str, list[str]]:
        """What is said of flow logs, each with the ids of those of which it is said."""
        alike: dict[str, list[str]] = defaultdict(list)
        for log in self.flow_logs:
            alike[log.text].append(log.flow_log_id)
        return alike


@dataclass(frozen=True)
class LogCoverage:
    """The VPCs, the worst covered first. `days`: those of which this is known."""

    vpcs: tuple[VpcRecord, ...] = ()
    days: frozenset[date] = frozenset()
    complete_share: float | None = None
    """Of all interface-days, 0 to 1; None without any. An interface-day is an interface in use on
    one day; it is complete if a flow log of accepted traffic has all of its records."""

    @property
    def incomplete(self) -> tuple[VpcRecord, ...]:
        return tuple(vpc for vpc in self.vpcs if vpc.missing)


def from_rows(
    vpc_days: Iterable[tuple[date, Rows]], flow_log_days: Iterable[tuple[date, Rows]]
) -> LogCoverage:
    """Shape the rows of sg_vpc_coverage_daily and of sg_flow_log_coverage_daily."""
    given = [(on, list(rows)) for on, rows in vpc_days]
    by_vpc: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for _, rows in given:
        for row in rows:
            by_vpc[row["vpc_id"]].append(row)
    flow_logs = _flow_logs(flow_log_days)
    vpcs = [_vpc(rows, flow_logs.get(vpc_id, ())) for vpc_id, rows in by_vpc.items()]
    return LogCoverage(
        vpcs=tuple(sorted(vpcs, key=lambda vpc: (vpc.complete_share, -vpc.interfaces, vpc.vpc_id))),
        days=frozenset(on for on, _ in given),
        complete_share=_share([row for rows in by_vpc.values() for row in rows]),
    )


def _vpc(rows: Sequence[Mapping[str, Any]], flow_logs: Sequence[FlowLogRecord]) -> VpcRecord:
    """`rows` are the days of one VPC, in order."""
    last = rows[-1]
    return VpcRecord(
        vpc_id=last["vpc_id"],
        name=last["vpc_name"],
        account_id=last["account_id"] or "",
        region=last["region"] or "",
        interfaces=max(row["interfaces"] for row in rows),
        days=len(rows),
        complete_days=sum(row["complete"] == row["interfaces"] for row in rows),
        complete_share=_share(rows) or 0.0,
        missing=tuple(filter(None, (_missing(fault, rows) for fault in FAULTS))),
        flow_logs=tuple(flow_logs),
    )


def _share(rows: Sequence[Mapping[str, Any]]) -> float | None:
    interfaces = sum(row["interfaces"] for row in rows)
    return sum(row["complete"] for row in rows) / interfaces if interfaces else None


def _missing(fault: str, rows: Sequence[Mapping[str, Any]]) -> str | None:
    """As "No flow log: 2 of 6 interfaces, on 31 days."; the most interfaces of any day."""
    hit = [row for row in rows if row[fault]]
    if not hit:
        return None
    worst = max(hit, key=lambda row: (row[fault], -row["interfaces"]))
    of = count(worst["interfaces"], "interface")
    return f"{FAULTS[fault]}: {number(worst[fault])} of {of}, on {count(len(hit), 'day')}."


def _flow_logs(days: Iterable[tuple[date, Rows]]) -> dict[str, list[FlowLogRecord]]:
    """VPC id to its flow logs."""
    by_log: dict[str, list[tuple[date, Mapping[str, Any]]]] = defaultdict(list)
    for on, rows in days:
        for row in rows:
            by_log[row["flow_log_id"]].append((on, row))
    found: dict[str, list[FlowLogRecord]] = defaultdict(list)
    for seen in by_log.values():
        vpc_id = next((row["vpc_id"] for _, row in reversed(seen) if row["vpc_id"]), "")
        found[vpc_id].append(_flow_log(seen))
    return {vpc_id: sorted(logs, key=lambda log: log.order) for vpc_id, logs in found.items()}


def _flow_log(seen: Sequence[tuple[date, Mapping[str, Any]]]) -> FlowLogRecord:
    """`seen` are the days of one flow log, in order."""
    _, last = seen[-1]
    with_records = [on for on, row in seen if row["records"]]
    return FlowLogRecord(
        flow_log_id=last["flow_log_id"],
        traffic_type=last["traffic_type"],
        delivers=last["delivers"],
        to_s3=last["to_s3"],
        days_with_records=len(with_records),
        last_day=with_records[-1] if with_records else None,
    )
