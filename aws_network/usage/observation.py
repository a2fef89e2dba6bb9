"""Which interfaces and groups were observed, so that silence means that nothing happened.

An interface is observed on a day if a flow log that records accepted traffic has records of it in
every half hour in which it was in use, and lost none. A group is observed if all of its interfaces
are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from aws_network.attribution.match_frames import MatchFrames
from aws_network.attribution.match_tables import VpcMap
from aws_network.flow_logs.objects import Unreadable
from aws_network.network.inventory import Inventory
from aws_network.usage.daily_usage import Observed

STATES = ("logged", "complete", "lost", "rejects_only", "active")
"""What interface_observation.sql says of an interface."""

_LOST = "outcome = 'skipdata' OR outcome = 'malformed' AND coalesce(fault, '') <> 'header_line'"
"""A row of the flow-log query that says that records were lost, or could not be read."""


def observed_interfaces(interface_logs: DataFrame, frames: MatchFrames) -> DataFrame:
    """day, inventory_id, interface_id, vpc_id and STATES, computed once."""
    sql = files(__package__).joinpath("interface_observation.sql").read_text()
    interfaces = interface_logs.sparkSession.sql(
        sql,
        logs=interface_logs,
        flow_logs=frames.flow_logs,
        interfaces=frames.interfaces,
        days=frames.days,
    )
    return interfaces.toDF(*interfaces.columns).localCheckpoint()


def observed_groups(interfaces: DataFrame, frames: MatchFrames) -> DataFrame:
    """day, group_id, and the fields of Observed: numbers of interfaces that carry the group."""
    carried = frames.interface_groups.select(
        "inventory_id", F.col("interface_key").alias("interface_id"), "group_id"
    )
    counts = [F.expr(f"count_if({state})").alias(state) for state in STATES]
    return (
        interfaces.join(F.broadcast(carried), ["inventory_id", "interface_id"])
        .groupBy("day", "group_id")
        .agg(F.expr("count(*)").alias("interfaces"), *counts)
    )


@dataclass(frozen=True)
class LostPlace:
    """Where records of interfaces that nobody can name were lost: a VPC, or an account and region.

    Any interface there may have had them, so none of them was observed.
    """

    account_id: str
    region: str
    vpc_id: str | None = None


def lost_places(flows: DataFrame, interface_logs: DataFrame, frames: MatchFrames) -> DataFrame:
    """day and the fields of LostPlace: of interfaces that no snapshot knows, where their records
    were lost, or where flow logs recorded their rejected traffic only."""
    known = frames.interfaces.select("inventory_id", "interface_id")
    unrecorded = F.broadcast(_unrecorded(interface_logs, frames))
    return (
        flows.where(_LOST)
        .unionByName(flows.join(unrecorded, ["day", "interface_id"], "left_semi"))
        .join(F.broadcast(frames.flow_log_vpcs.withColumnRenamed("vpc_id", "logged_vpc")),
              "flow_log_id", "left")
        .select(
            "day",
            F.col("delivery_account").alias("account_id"),
            F.col("delivery_region").alias("region"),
            F.coalesce("vpc_id", "logged_vpc").alias("vpc_id"),
            "interface_id",
        )
        .distinct()
        .join(F.broadcast(frames.days), "day")
        .join(F.broadcast(known), ["inventory_id", "interface_id"], "left_anti")
        .select("day", "account_id", "region", "vpc_id")
        .distinct()
    )  # fmt: skip


def _unrecorded(interface_logs: DataFrame, frames: MatchFrames) -> DataFrame:
    """day, interface_id: no flow log that has records of it records accepted traffic, as
    DescribeFlowLogs says, or else as its records show."""
    accepting = interface_logs.where("has_accepted").select("flow_log_id").distinct()
    return (
        interface_logs.join(F.broadcast(frames.flow_logs), "flow_log_id", "left")
        .join(F.broadcast(accepting.withColumn("accepts", F.lit(True))), "flow_log_id", "left")
        .groupBy("day", "interface_id")
        .agg(F.expr("bool_or(has_accepted OR coalesce(records_accepted, accepts, FALSE))")
             .alias("is_recorded"))
        .where("NOT is_recorded")
        .select("day", "interface_id")
    )  # fmt: skip


def unreadable_places(objects: Iterable[Unreadable], inventory: Inventory) -> list[LostPlace]:
    """Where objects that could not be read hide records."""
    vpcs = inventory.flow_log_vpcs()
    return [
        LostPlace(hidden.account_id, hidden.region, vpcs.get(hidden.flow_log_id or ""))
        for hidden in objects
        if hidden.hides_records
    ]


def with_lost_places(
    observed: Mapping[str, Observed], inventory: Inventory, places: Iterable[LostPlace]
) -> dict[str, Observed]:
    """`observed` by group id, where any interface of these places may lack records."""
    vpcs, lost = VpcMap(inventory), set(places)
    lost_vpcs = {place.vpc_id for place in lost if place.vpc_id}
    lost_accounts = _lost_accounts(lost)
    hit = {group_id for group_id, used_in in vpcs.vpcs_of.items() if used_in & lost_vpcs}
    hit |= {
        group for *account, group in vpcs.groups_by_account() if tuple(account) in lost_accounts
    }
    changed = dict(observed)
    for group_id in hit:
        seen = changed.get(group_id, Observed())
        changed[group_id] = replace(seen, lost=seen.lost + 1, complete=0)
    return changed


def lost_vpcs(inventory: Inventory, places: Iterable[LostPlace]) -> set[str]:
    """The VPCs any interface of which may lack records."""
    lost = set(places)
    lost_accounts = _lost_accounts(lost)
    hit = {vpc for vpc, owners in VpcMap(inventory).accounts_of.items() if owners & lost_accounts}
    return {vpc_id for vpc_id in hit | {place.vpc_id for place in lost} if vpc_id}


def _lost_accounts(places: Iterable[LostPlace]) -> set[tuple[str, str]]:
    return {(place.account_id, place.region) for place in places if not place.vpc_id}


def unreadable_lines(flows: DataFrame) -> DataFrame:
    """day, account_id, region, object, reason, lines: what could not be read, by object."""
    return (
        flows.where("outcome = 'malformed'")
        .groupBy(
            "day",
            F.col("delivery_account").alias("account_id"),
            F.col("delivery_region").alias("region"),
            "object",
            F.col("fault").alias("reason"),
        )
        .agg(F.expr("sum(records_in + records_out)").alias("lines"))
    )
