"""Attribution of Parquet files of rows, as the compute job does it, in a process of its own."""

import sys
import time
from pathlib import Path

from aws_network.attribution.attribution import attribute
from aws_network.attribution.match_frames import match_frames
from aws_network.network.inventory import union
from aws_network.stores.lake_tables import FLOW_ROWS, ddl
from aws_network.usage.observation import observed_groups
from tests.accuracy.judged import snapshot_of
from tests.attribution.harness import spark_session
from tests.bench.child import say
from tests.bench.work import DAY, account


def main(rows: Path, rules: int, heap: str, interfaces: int | None) -> None:
    """Says the seconds from the files to all that is collected, without the start of Spark."""
    inventory = union([snapshot_of(account(rules, interfaces))])
    spark = spark_session(memory=heap)
    spark.range(1).collect()
    begun = time.monotonic()
    schema = ddl(FLOW_ROWS)
    flows = spark.read.schema(schema).parquet(str(rows))
    frames = match_frames(spark, {DAY: inventory})
    found = attribute(flows, frames)
    collected = {
        "used": found.rule_uses,
        "evidence": found.evidence,
        "sets": found.admitting_sets,
        "coverage": found.coverage,
        "logged": observed_groups(flows, frames),
    }
    rows_of = {name: len(frame.collect()) for name, frame in collected.items()}
    say(seconds=time.monotonic() - begun, **rows_of)
    spark.stop()


if __name__ == "__main__":
    main(
        Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]) if sys.argv[4:] else None
    )
