"""Which groups had all their interfaces logged, so that silence means that nothing happened."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from aws_network.match_frames import MatchFrames


def observed_groups(flows: DataFrame, frames: MatchFrames) -> DataFrame:
    """day, group_id, logged, skipped: numbers of interfaces in use that carry the group.

    logged: those with a record that says what happened, or that nothing did. skipped: those that
    lost records, or some of whose records could not be read.
    """
    interfaces = flows.groupBy("day", "interface_id").agg(
        F.expr("max(outcome IN ('accepted', 'rejected', 'nodata'))").cast("int").alias("logged"),
        F.expr("max(outcome IN ('skipdata', 'malformed'))").cast("int").alias("skipped"),
    )
    in_use = frames.interfaces.where("in_use").select("era", F.col("interface_id").alias("carrier"))
    carried = frames.carrier_groups.join(in_use, ["era", "carrier"])
    return (
        interfaces.join(F.broadcast(frames.days), "day")
        .withColumnRenamed("interface_id", "carrier")
        .join(F.broadcast(carried), ["era", "carrier"])
        .groupBy("day", "group_id")
        .agg(F.sum("logged").alias("logged"), F.sum("skipped").alias("skipped"))
    )
