"""Attribution of Parquet files of rows, as the compute job does it, in a process of its own."""

import sys
import time
from pathlib import Path

from aws_network.attribution import attribute
from aws_network.inventory import union
from aws_network.match_frames import match_frames
from aws_network.observation import observed_groups
from aws_network.schemas import FLOW_ROWS, ddl
from tests.accuracy.judged import snapshot_of
from tests.attribution.harness import spark_session
from tests.bench.child import say
from tests.bench.work import DAY, account


def main(rows: Path, rules: int, interfaces: int | None) -> None:
    """Says the seconds from the files to the collected counts, without the start of Spark."""
    inventory = union([snapshot_of(account(rules, interfaces))])
    spark = spark_session(memory="2g")
    spark.range(1).collect()
    begun = time.monotonic()
    schema = ddl(FLOW_ROWS)
    flows = spark.read.schema(schema).parquet(str(rows))
    frames = match_frames(spark, {DAY: inventory})
    found = attribute(flows, frames)
    used = len(found.rule_uses.collect())
    logged = len(observed_groups(flows, frames).collect())
    outcomes = {row["outcome"]: row["records"] for row in found.coverage.collect()}
    seconds = time.monotonic() - begun
    say(seconds=seconds, used=used, logged=logged, outcomes=outcomes)
    spark.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if sys.argv[3:] else None)
