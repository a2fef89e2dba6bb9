"""Which groups had all their interfaces logged, so that silence means that nothing happened."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from aws_network.attribution.match_frames import MatchFrames
from aws_network.network.inventory import Inventory
from aws_network.usage.daily_usage import Logged

_LOST = "outcome = 'skipdata' OR outcome = 'malformed' AND coalesce(fault, '') <> 'header_line'"
"""A row of the flow-log query that says that records were lost, or could not be read."""


def observed_groups(flows: DataFrame, frames: MatchFrames) -> DataFrame:
    """day, group_id, logged, skipped, active: numbers of interfaces in use that carry the group.

    logged: those with a record that says what happened, or that nothing did. skipped: those that
    lost records, or some of whose records could not be read. active: those with any traffic.
    """
    interfaces = flows.groupBy("day", "interface_id").agg(
        F.expr("max(outcome IN ('accepted', 'rejected', 'nodata'))").cast("int").alias("logged"),
        F.expr(f"max({_LOST})").cast("int").alias("skipped"),
        F.expr("max(outcome IN ('accepted', 'rejected'))").cast("int").alias("active"),
    )
    in_use = frames.interfaces.where("in_use").select(
        "era", F.col("interface_id").alias("interface_key")
    )
    carried = frames.interface_groups.join(in_use, ["era", "interface_key"])
    return (
        interfaces.join(F.broadcast(frames.days), "day")
        .withColumnRenamed("interface_id", "interface_key")
        .join(F.broadcast(carried), ["era", "interface_key"])
        .groupBy("day", "group_id")
        .agg(*(F.sum(name).alias(name) for name in ("logged", "skipped", "active")))
    )


def lost_somewhere(flows: DataFrame, frames: MatchFrames) -> DataFrame:
    """day, account_id, region: where records were lost of an interface that nobody can name.

    Any interface of the account and region may have had them, so none of them was observed.
    """
    known = frames.interfaces.select("era", "interface_id")
    return (
        flows.where(_LOST)
        .select(
            "day",
            F.col("delivery_account").alias("account_id"),
            F.col("delivery_region").alias("region"),
            "interface_id",
        )
        .distinct()
        .join(F.broadcast(frames.days), "day")
        .join(F.broadcast(known), ["era", "interface_id"], "left_anti")
        .select("day", "account_id", "region")
        .distinct()
    )


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


def with_lost_records(
    logged: Mapping[str, Logged], inventory: Inventory, places: Iterable[tuple[str, str]]
) -> dict[str, Logged]:
    """`logged` by group id, where any interface of these accounts and regions may lack records.

    A flow log of a shared VPC is delivered to the VPC's owner, who alone has its default group; so
    an interface counts for its own account and for every account with a group in its VPC.
    """
    lost = set(places)
    vpcs = {(g.vpc_id, g.account_id, g.region) for g in inventory.groups.values() if g.vpc_id}
    lost_vpcs = {vpc for vpc, account, region in vpcs if (account, region) in lost}
    changed = dict(logged)
    for interface in inventory.interfaces:
        here = (interface.account_id, interface.region) in lost or interface.vpc_id in lost_vpcs
        for group_id in interface.group_ids if here else ():
            seen = changed.get(group_id, Logged())
            changed[group_id] = replace(seen, skipped=seen.skipped + 1)
    return changed
