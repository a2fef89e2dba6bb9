"""The accepted rows of the flow-log query, placed on the interfaces of the inventory."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from aws_network.address_columns import address_blocks, with_port_range
from aws_network.match_frames import UNKNOWN, MatchFrames

ROW = (
    *("day", "era", "account_id", "region", "interface_id", "carrier", "vpc_id"),
    *("is_known", "both_sides", "protocol", "opener", "evidence", "replies_alone", "heard"),
    *("own_block", "peer_block", "own_from", "own_to", "peer_from", "peer_to"),
    *("own_port_shared", "peer_port_shared"),
)
"""What tells one row from another, as far as rules can."""

SUMS = ("records_in", "records_out")
"""Records of the log towards and from the interface."""

SHARED_BY = 16
"""Peers that must use a port before it counts as a service, where nothing else decides."""


def interface_rows(accepted: DataFrame, frames: MatchFrames) -> DataFrame:
    """The rows with the columns ROW and SUMS; those that no rule can tell apart are one."""
    rows = _with_shared_ports(_on_carriers(accepted, frames), accepted)
    own, peer = (accepted.select(F.col(side).alias("address")) for side in ("own", "peer"))
    known = address_blocks(own.union(peer), frames.blocks, frames.lengths)
    for side in ("own", "peer"):
        block = known.withColumnsRenamed({"address": side, "block": f"{side}_block"})
        rows = with_port_range(rows.join(block, side, "left"), side, frames.floors)
    rows = _on_their_side(rows, frames)
    return rows.groupBy(*ROW).agg(*(F.sum(name).alias(name) for name in SUMS))


def _on_carriers(accepted: DataFrame, frames: MatchFrames) -> DataFrame:
    """Adds era, carrier, vpc_id and is_known."""
    known = frames.interfaces.drop("in_use").withColumn("carrier", F.col("interface_id"))
    unknown = F.concat_ws("/", F.lit(UNKNOWN), "account_id", "region")
    return (
        accepted.join(F.broadcast(frames.days), "day")
        .join(F.broadcast(known), ["era", "interface_id"], "left")
        .withColumnsRenamed({"delivery_account": "account_id", "delivery_region": "region"})
        .withColumns(
            {
                "is_known": F.col("carrier").isNotNull(),
                "carrier": F.coalesce("carrier", unknown),
                "replies_alone": F.expr(
                    "evidence = 'inferred' AND if(opener = 'ingress', records_in, records_out) = 0"
                ),
            }
        )
    )


def _with_shared_ports(rows: DataFrame, accepted: DataFrame) -> DataFrame:
    """Adds own_port_shared and peer_port_shared, true only where nothing tells who opened.

    A service port is one that many peers share. It speaks for TCP alone: a UDP program may well
    send to many peers from one port.
    """
    doubtful = accepted.where("is_sided AND opener = 'unknown' AND protocol = 6")
    for port in ("own_port", "peer_port"):
        keys = ["day", "interface_id", "protocol", "opener", "is_sided", port]
        shared = (
            doubtful.groupBy(*keys)
            .agg(F.approx_count_distinct("peer").alias("peers"))
            .where(F.col("peers") >= SHARED_BY)
            .select(*keys, F.lit(True).alias(f"{port}_shared"))
        )
        rows = rows.join(F.broadcast(shared), keys, "left").fillna(False, [f"{port}_shared"])
    return rows


def _on_their_side(rows: DataFrame, frames: MatchFrames) -> DataFrame:
    """Turns the rows whose sides the query had to guess, and guessed wrong; adds both_sides.

    The interface's own blocks tell (a delegated prefix is one). Where they don't, the row is there
    twice, once for each way, its records counted once. And the own address is forgotten where the
    opener is known: there it decides nothing.
    """
    for side in ("own", "peer"):
        own_blocks = frames.interface_blocks.select(
            "era",
            "interface_id",
            F.col("block").alias(f"{side}_block"),
            F.lit(True).alias(f"{side}_is_own"),
        )
        keys = ["era", "interface_id", f"{side}_block"]
        rows = rows.join(F.broadcast(own_blocks), keys, "left").fillna(False, [f"{side}_is_own"])
    turns = F.expr("""
        CASE WHEN is_sided OR own_is_own AND NOT peer_is_own THEN array(false)
             WHEN peer_is_own AND NOT own_is_own THEN array(true)
             ELSE array(false, true) END
    """)
    turned = {
        name: F.expr(f"if(turn, {other}, {name})")
        for one, two in _OPPOSITES
        for name, other in ((one, two), (two, one))
    }
    return (
        rows.withColumn("both_sides", F.expr("NOT is_sided AND own_is_own = peer_is_own"))
        .select("*", F.explode(turns).alias("turn"))
        .withColumns(turned)
        .withColumns(
            {
                "opener": F.expr(
                    "CASE WHEN NOT turn OR opener = 'unknown' THEN opener "
                    "WHEN opener = 'ingress' THEN 'egress' ELSE 'ingress' END"
                ),
                "records_in": F.expr("if(turn AND both_sides, 0, records_in)"),
                "records_out": F.expr("if(turn AND both_sides, 0, records_out)"),
                "own_block": F.expr("if(opener = 'unknown', own_block, NULL)"),
                # Did the peer send anything? If not, nobody knows whether it was reached.
                "heard": F.expr("opener = 'unknown' AND records_in > 0"),
            }
        )
    )


_OPPOSITES = (
    ("own_block", "peer_block"),
    ("own_from", "peer_from"),
    ("own_to", "peer_to"),
    ("records_in", "records_out"),
)
"""What changes place when own and peer do."""
