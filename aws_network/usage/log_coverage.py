"""What flow logs covered on a day: each VPC with its interfaces, and each flow log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from aws_network.attribution.match_frames import MatchFrames
from aws_network.attribution.match_tables import VpcMap
from aws_network.network.flow_log import FlowLog
from aws_network.network.inventory import Inventory
from aws_network.usage.observation import LostPlace, lost_vpcs

STATE_OF_INTERFACE = """CASE
  WHEN complete THEN 'complete'
  WHEN lost THEN 'lost'
  WHEN rejects_only THEN 'rejects_only'
  WHEN logged THEN 'with_gaps'
  ELSE 'unlogged'
END"""
"""The one state that each interface of interface_observation.sql is in."""


@dataclass(frozen=True)
class VpcCoverage:
    """The interfaces in use of a VPC on a day. The numbers behind `interfaces` add up to it."""

    account_id: str | None
    """The owner of the VPC where the inventory knows it, else of an interface in it."""
    region: str | None
    vpc_id: str
    vpc_name: str | None
    interfaces: int
    complete: int = 0
    """Interfaces of which a flow log of accepted traffic has records all day, and lost none."""
    with_gaps: int = 0
    """Interfaces of which such a flow log has records of a part of the day only."""
    rejects_only: int = 0
    """Interfaces of which only flow logs of rejected traffic have records."""
    unlogged: int = 0
    """Interfaces of which no flow log has records."""
    lost: int = 0
    """Interfaces some of whose records were, or may have been, lost or unreadable."""


@dataclass(frozen=True)
class FlowLogCoverage:
    """A flow log on a day. What only DescribeFlowLogs tells is None where nobody asked it."""

    account_id: str | None
    region: str | None
    flow_log_id: str
    vpc_id: str | None
    """The VPC of all interfaces that it covers."""
    resource_id: str | None
    traffic_type: str | None
    delivers: bool | None
    to_s3: bool | None
    """False where it delivers elsewhere, so that its records are not read."""
    interfaces: int
    """Interfaces of which it has records."""
    records: int


def vpc_states(interfaces: DataFrame) -> DataFrame:
    """day, vpc_id, interfaces and the number of interfaces in each state; see observation.py."""
    states = ("complete", "with_gaps", "rejects_only", "unlogged", "lost")
    return (
        interfaces.where("vpc_id IS NOT NULL")
        .withColumn("state", F.expr(STATE_OF_INTERFACE))
        .groupBy("day", "vpc_id")
        .agg(
            F.expr("count(*)").alias("interfaces"),
            *(F.expr(f"count_if(state = '{state}')").alias(state) for state in states),
        )
        .orderBy("vpc_id")
    )


def flow_log_records(flows: DataFrame, frames: MatchFrames) -> DataFrame:
    """day, account_id, region, flow_log_id, vpc_id, interfaces, records: of what was delivered."""
    known = frames.interfaces.select(
        "inventory_id", "interface_id", F.col("vpc_id").alias("interface_vpc")
    )
    return (
        flows.where("flow_log_id IS NOT NULL AND outcome <> 'malformed'")
        .join(F.broadcast(frames.days), "day")
        .join(F.broadcast(known), ["inventory_id", "interface_id"], "left")
        .groupBy(
            "day",
            F.col("delivery_account").alias("account_id"),
            F.col("delivery_region").alias("region"),
            "flow_log_id",
        )
        .agg(
            F.expr("max(coalesce(interface_vpc, vpc_id))").alias("vpc_id"),
            F.expr("CAST(count(DISTINCT interface_id) AS INT)").alias("interfaces"),
            F.expr("sum(records_in + records_out)").alias("records"),
        )
        .orderBy("flow_log_id", "account_id", "region")
    )


def vpc_coverage(
    inventory: Inventory, states: Iterable[Mapping[str, Any]], places: Iterable[LostPlace]
) -> list[VpcCoverage]:
    """The rows of `vpc_states` of a day; `places` is where records of unknown interfaces were lost.

    Any interface there may have had them, so none counts as complete.
    """
    known = {vpc.vpc_id: vpc for vpc in inventory.vpcs or ()}
    owners = _owners(inventory)
    hit = lost_vpcs(inventory, places)
    found = []
    for row in states:
        account_id, region = owners.get(row["vpc_id"], (None, None))
        vpc = known.get(row["vpc_id"])
        seen = VpcCoverage(account_id, region, vpc_name=vpc.name if vpc else None, **row)
        found.append(_lost_all(seen) if seen.vpc_id in hit else seen)
    return found


def _lost_all(seen: VpcCoverage) -> VpcCoverage:
    return replace(seen, complete=0, lost=seen.lost + seen.complete)


def _owners(inventory: Inventory) -> dict[str | None, tuple[str, str]]:
    """VPC id to account and region: of its owner, else of one who is in it."""
    found = {vpc_id: min(own) for vpc_id, own in VpcMap(inventory).accounts_of.items() if own}
    for interface in inventory.interfaces:
        found.setdefault(interface.vpc_id, (interface.account_id, interface.region))
    return found | {vpc.vpc_id: (vpc.account_id, vpc.region) for vpc in inventory.vpcs or ()}


def flow_log_coverage(
    inventory: Inventory, records: Iterable[Mapping[str, Any]], day: date
) -> list[FlowLogCoverage]:
    """The rows of `flow_log_records` of a day, and the flow logs without records.

    Flow logs of other resources than interfaces, and those created after the day, are left out.
    """
    owners, vpcs = _owners(inventory), inventory.flow_log_vpcs()
    logs = {log.flow_log_id: log for log in inventory.flow_logs or () if _was_there(log, day)}
    delivered = {row["flow_log_id"]: row for row in records}
    found = []
    for flow_log_id in sorted(logs.keys() | delivered.keys()):
        row = delivered.get(flow_log_id, {})
        vpc_id = vpcs.get(flow_log_id) or row.get("vpc_id")
        account_id, region = owners.get(vpc_id, (None, None))
        log = logs.get(flow_log_id)
        found.append(
            FlowLogCoverage(
                account_id=row.get("account_id") or account_id,
                region=log.region if log else row.get("region") or region,
                flow_log_id=flow_log_id,
                vpc_id=vpc_id,
                **_described(log),
                interfaces=row.get("interfaces", 0),
                records=row.get("records", 0),
            )
        )
    return found


def _was_there(log: FlowLog, day: date) -> bool:
    return log.is_of_interfaces and log.created_at < (day + timedelta(days=1)).isoformat()


def _described(log: FlowLog | None) -> dict[str, Any]:
    if log is None:
        return dict.fromkeys(("resource_id", "traffic_type", "delivers", "to_s3"))
    return {
        "resource_id": log.resource_id,
        "traffic_type": log.traffic_type.value,
        "delivers": log.delivers,
        "to_s3": log.bucket is not None,
    }
