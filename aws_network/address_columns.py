"""Addresses and ports of a DataFrame, told in the words of the inventory.

An address becomes the smallest block that any rule or interface speaks of, a port the floor of its
range, so that rows which no rule can tell apart become alike.
"""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F


def address_bits(address: Column) -> Column:
    """An address in text as bits (see address_tree); NULL for what is no address."""
    return F.when(address.contains(":"), _v6_bits(address)).when(
        address.rlike(r"^\d{1,3}(\.\d{1,3}){3}$"), _v4_bits(address)
    )


def _v4_bits(address: Column) -> Column:
    octets = F.split(address, r"\.")
    return F.concat(F.lit("4"), *(F.lpad(F.bin(octets[n].cast("int")), 8, "0") for n in range(4)))


def _v6_bits(address: Column) -> Column:
    """`::` stands for as many zero groups as are missing of eight."""
    halves = F.split(address, "::")
    before, after = (
        F.filter(F.split(F.coalesce(F.get(halves, F.lit(n)), F.lit("")), ":"), lambda g: g != "")
        for n in range(2)
    )
    zeros = F.array_repeat(F.lit("0"), F.lit(8) - F.size(before) - F.size(after))
    bits = F.transform(
        F.concat(before, zeros, after), lambda group: F.lpad(F.conv(group, 16, 2), 16, "0")
    )
    return F.concat(F.lit("6"), F.array_join(bits, ""))


def address_blocks(addresses: DataFrame, blocks: DataFrame, lengths: Sequence[int]) -> DataFrame:
    """Each distinct address with the smallest block around it: columns `address`, `block`.

    An address is tried at every length of block that occurs: one hash join for all of them.
    """
    beginnings = F.array_distinct(F.array(*(F.substring("bits", 1, n) for n in lengths)))
    return (
        addresses.where("address IS NOT NULL")
        .distinct()
        .withColumn("bits", address_bits(F.col("address")))
        .select("address", F.explode(beginnings).alias("block"))
        .join(F.broadcast(blocks), "block")
        .groupBy("address")
        .agg(F.max_by("block", F.length("block")).alias("block"))
    )


def with_port_range(rows: DataFrame, side: str, floors: DataFrame) -> DataFrame:
    """Adds `SIDE_from` and `SIDE_to`, the ports (inclusive) that a rule is asked about.

    One port becomes the floor of its range. A port that the query dropped, since the other side's
    was the service, was from 1024 up. A protocol without ports is asked about all of them.
    """
    port, floor = f"{side}_port", f"{side}_floor"
    known = F.broadcast(floors.select(F.col("port").alias(port), F.col("floor").alias(floor)))
    has_ports = F.col("protocol").isin(6, 17)
    return (
        rows.join(known, port, "left")
        .withColumn(f"{side}_from", F.when(~has_ports, 0).otherwise(F.coalesce(floor, F.lit(1024))))
        .withColumn(
            f"{side}_to", F.when(~has_ports, 65535).otherwise(F.coalesce(floor, F.lit(65535)))
        )
        .drop(port, floor)
    )
