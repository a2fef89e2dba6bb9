"""The accepted rows of the flow-log query, placed on the interfaces of the inventory."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from aws_network.address_columns import with_block, with_port_range
from aws_network.match_frames import UNKNOWN, MatchFrames

ROW = (
    *("day", "era", "account_id", "region", "interface_id", "carrier", "vpc_id"),
    *("is_known", "both_sides", "protocol", "opener", "evidence", "replies_alone"),
    *("own_block", "peer_block", "own_from", "own_to", "peer_from", "peer_to"),
    *("own_port_shared", "peer_port_shared"),
)
"""What tells one row from another, as far as rules can."""

SUMS = ("records_in", "records_out", "uses_in", "uses_out")
"""records: lines of the log towards and from the interface. uses: what the row counts for when the
peer opened it (uses_in) or the interface did (uses_out): the request records, and at least one, for
replies prove that there was a request."""

SHARED_BY = 16
"""Peers that must use a port before it counts as a service, where nothing else decides."""


def interface_rows(accepted: DataFrame, frames: MatchFrames) -> DataFrame:
    """The rows with the columns ROW and SUMS; those that no rule can tell apart are one."""
    rows = _on_carriers(accepted, frames)
    for side in ("own", "peer"):
        rows = with_block(rows, side, f"{side}_block", frames.blocks)
    rows = _with_shared_ports(_on_their_side(rows, frames))
    for side in ("own", "peer"):
        rows = with_port_range(rows, side, frames.floors)
    return rows.groupBy(*ROW).agg(*(F.sum(name).alias(name) for name in SUMS))


def _on_carriers(accepted: DataFrame, frames: MatchFrames) -> DataFrame:
    """Adds era, carrier, vpc_id and is_known, and what the row counts for."""
    known = frames.interfaces.drop("in_use").withColumn("carrier", F.col("interface_id"))
    return (
        accepted.join(F.broadcast(frames.days), "day")
        .join(F.broadcast(known), ["era", "interface_id"], "left")
        .withColumnsRenamed({"delivery_account": "account_id", "delivery_region": "region"})
        .withColumns(
            {
                "is_known": F.col("carrier").isNotNull(),
                "carrier": F.coalesce(
                    "carrier", F.concat_ws("/", F.lit(UNKNOWN), "account_id", "region")
                ),
                "replies_alone": F.expr(
                    "evidence = 'inferred' AND if(opener = 'ingress', records_in, records_out) = 0"
                ),
                "uses_in": F.greatest("records_in", F.lit(1)),
                "uses_out": F.greatest("records_out", F.lit(1)),
            }
        )
    )


def _on_their_side(rows: DataFrame, frames: MatchFrames) -> DataFrame:
    """Turns rows whose sides the query had to guess, and adds both_sides.

    The interface's own blocks tell (a delegated prefix is one). Where they don't, the row is there
    twice, once for each way, with its records counted once.
    """
    guessed = rows.where(~F.col("is_sided"))
    for side in ("own", "peer"):
        own_blocks = frames.interface_blocks.select(
            "era",
            "interface_id",
            F.col("block").alias(f"{side}_block"),
            F.lit(True).alias(f"{side}_is_own"),
        )
        keys = ["era", "interface_id", f"{side}_block"]
        guessed = guessed.join(F.broadcast(own_blocks), keys, "left").fillna(
            False, [f"{side}_is_own"]
        )
    guessed = guessed.withColumn("both_sides", F.col("own_is_own") == F.col("peer_is_own"))
    turned = _turned(guessed.where("both_sides OR peer_is_own"))
    sided = rows.where("is_sided").withColumn("both_sides", F.lit(False))
    columns = sided.columns
    kept = guessed.where("both_sides OR own_is_own")
    return _without_spent_own(
        sided.unionByName(kept.select(columns)).unionByName(turned.select(columns))
    )


def _turned(rows: DataFrame) -> DataFrame:
    """The rows with own and peer exchanged; records of a row that is there twice count as none."""
    swapped = {
        **{f"own{part}": F.col(f"peer{part}") for part in ("", "_block", "_port")},
        **{f"peer{part}": F.col(f"own{part}") for part in ("", "_block", "_port")},
        "opener": F.expr(
            "CASE opener WHEN 'ingress' THEN 'egress' WHEN 'egress' THEN 'ingress' ELSE opener END"
        ),
        "records_in": F.expr("if(both_sides, 0, records_out)"),
        "records_out": F.expr("if(both_sides, 0, records_in)"),
        "uses_in": F.col("uses_out"),
        "uses_out": F.col("uses_in"),
    }
    return rows.withColumns(swapped)


def _without_spent_own(rows: DataFrame) -> DataFrame:
    """Forgets the own address where the opener is known: it decides nothing any more."""
    return rows.withColumn("own_block", F.expr("if(opener = 'unknown', own_block, NULL)"))


def _with_shared_ports(rows: DataFrame) -> DataFrame:
    """Adds own_port_shared and peer_port_shared, true only where nothing tells who opened.

    A service port is one that many peers share. It speaks for TCP alone: a UDP program may well
    send to many peers from one port.
    """
    doubtful = rows.where("opener = 'unknown' AND protocol = 6")
    for port in ("own_port", "peer_port"):
        keys = ["day", "interface_id", "protocol", "opener", port]
        shared = (
            doubtful.groupBy(*keys)
            .agg(F.approx_count_distinct("peer").alias("peers"))
            .where(F.col("peers") >= SHARED_BY)
            .select(*keys, F.lit(True).alias(f"{port}_shared"))
        )
        rows = rows.join(F.broadcast(shared), keys, "left").fillna(False, [f"{port}_shared"])
    return rows
