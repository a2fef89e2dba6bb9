"""Worlds by formats: what the product says of simulated accounts, held against the truth.

`python -m tests.accuracy` prints the table of docs/attribution.md, and fails at the first rule that
was used and is called unused, or that a plan removes wrongly.
"""

import sys
import tempfile
from pathlib import Path

from simulation.worlds import WORLDS
from tests.accuracy.judged import Score, judge
from tests.arguments import Parser, count
from tests.attribution.harness import spark_session

FORMATS = ("custom", "default")
"""With TCP flags, and without; the Parquet formats hold the same values."""
HEADER = (
    "| world | format | networks | records | false unused | wrongly planned | refused | false used "
    "| found | in doubt | TCP exact |"
)


def share(part: int, whole: int) -> str:
    """`99.5% (199/200)`."""
    return f"{part / whole:.1%} ({part}/{whole})" if whole else "-"


def row(score: Score) -> str:
    """A row of the table."""
    return (
        f"| {score.world} | {score.log_format} | {score.networks} | {score.records:,} | "
        f"{len(score.false_unused)} | {len(score.wrongly_planned)} | {len(score.refused)} | "
        f"{score.false_used} | {share(score.found, score.unused)} | "
        f"{share(score.in_doubt, score.rules)} | {share(score.tcp_exact, score.tcp)} |"
    )


def main(networks: int, worlds: list[str]) -> int:
    """1 when a rule in use was called unused, or would have been removed."""
    spark = spark_session()
    wrong: list[str] = []
    print(HEADER)
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for world in worlds:
            for log_format in FORMATS:
                score = judge(spark, world, log_format, range(networks), Path(folder))
                print(row(score), flush=True)
                found = [*score.false_unused, *score.wrongly_planned, *score.refused]
                for line in found[:8]:
                    print(f"  {line}", file=sys.stderr)
                if score.reasons:
                    print(f"  not found: {dict(score.reasons.most_common(6))}", file=sys.stderr)
                wrong += found
    spark.stop()
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = Parser("tests.accuracy", __doc__)
    parser.add_argument(
        "networks", nargs="?", type=count, default=12, help="of each: 12 by default"
    )
    parser.add_argument("--world", action="append", choices=list(WORLDS), help="all by default")
    given = parser.parse_args()
    sys.exit(main(given.networks, given.world or list(WORLDS)))
