"""Prints the table of docs/attribution.md: `python -m tests.accuracy [networks]`."""

import sys
import tempfile
from pathlib import Path

from tests.accuracy.judged import Score, judge
from tests.arguments import Parser, count
from tests.attribution.harness import spark_session

FORMATS = ("custom", "parquet", "default", "default-parquet")


def share(part: int, whole: int) -> str:
    """`99.50% (199/200)`."""
    return f"{part / whole:.2%} ({part}/{whole})" if whole else "-"


def row(score: Score) -> str:
    """A format's row of the table."""
    return (
        f"| {score.log_format} | {score.networks} | {score.records:,} | "
        f"{share(score.tcp_exact, score.tcp)} | {share(score.udp_exact, score.udp)} | "
        f"{share(score.all_tcp_exact, score.all_tcp)} | {len(score.false_unused)} | "
        f"{share(score.found, score.unused)} |"
    )


def main(networks: int) -> int:
    """Judges every format; returns 1 when a rule that was used was called unused."""
    spark = spark_session()
    print(
        "| format | networks | records | TCP exact | UDP exact | TCP exact, all "
        "| false unused | found |"
    )
    print("|---|---|---|---|---|---|---|---|")
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for log_format in FORMATS:
            score = judge(spark, log_format, range(networks), Path(folder))
            print(row(score), flush=True)
            failures += score.false_unused
            for line in [*score.false_unused[:5], *score.inexact[:5]]:
                print(f"  {line}", file=sys.stderr)
    spark.stop()
    return 1 if failures else 0


if __name__ == "__main__":
    parser = Parser("tests.accuracy", __doc__)
    parser.add_argument("networks", nargs="?", type=count, default=200, help="200 by default")
    sys.exit(main(parser.parse_args().networks))
