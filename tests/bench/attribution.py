"""Attribution of Parquet files of rows, as the compute job does it, in a process of its own."""

import sys
import time
from dataclasses import astuple
from pathlib import Path

from aws_network.network.inventory import union
from aws_network.stores.window_results import read_flows
from aws_network.usage.analysis import analyse_days
from tests.accuracy.played import snapshot_of
from tests.attribution.harness import spark_session
from tests.bench.child import say
from tests.bench.work import DAY, account


def main(rows: Path, rules: int, heap: str, interfaces: int | None) -> None:
    """Says the seconds from the files to all that is collected, without the start of Spark."""
    inventory = union([snapshot_of(account(rules, interfaces))])
    spark = spark_session(memory=heap)
    spark.range(1).collect()
    begun = time.monotonic()
    results = analyse_days(read_flows(spark, [str(rows)]), {DAY: inventory}, {})[DAY]
    rows_of = {
        "used": sum(any(astuple(rule_day.uses)) for rule_day in results.usage),
        "evidence": len(results.evidence),
        "sets": len(results.admitting_sets),
        "coverage": len(results.coverage),
    }
    say(seconds=time.monotonic() - begun, **rows_of)
    spark.stop()


if __name__ == "__main__":
    main(
        Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]) if sys.argv[4:] else None
    )
