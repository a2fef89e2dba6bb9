"""The proofs over many random networks: `python -m tests.findings [networks]`."""

import sys
import tempfile
from pathlib import Path

from local.emulator.server import running_emulator
from tests.arguments import Parser, count
from tests.attribution.harness import spark_session
from tests.findings.replay import replay, table
from tests.findings.round_trip import described_network, plan_of, round_trip


def main(networks: int) -> int:
    """1 when anything is wrong."""
    wrong = _round_trips(networks) + _replays(networks)
    return 1 if wrong else 0


def _replays(networks: int) -> list[str]:
    """Apply the plans, and let the observed traffic ask again."""
    spark = spark_session()
    with tempfile.TemporaryDirectory() as folder:
        tally = replay(spark, range(networks), Path(folder))
    spark.stop()
    print("\n".join(table(tally)))
    wrong = [*tally.refused, *tally.wrong_answers]
    for line in wrong[:10]:
        print(f"  {line}", file=sys.stderr)
    return wrong


def _round_trips(networks: int) -> list[str]:
    """Apply and undo, in the emulator."""
    wrong, items = [], 0
    with tempfile.TemporaryDirectory() as folder, running_emulator(Path(folder)) as aws:
        for seed in range(networks):
            network = described_network(seed)
            plan = plan_of(network, seed)
            items += len(plan.items)
            found = round_trip(aws.client("ec2"), network, plan, Path(folder) / "shell")
            wrong += [f"seed {seed}: {line}" for line in found]
    print(f"round trip: {networks} networks, {items} items of plans, {len(wrong)} differences")
    for line in wrong[:10]:
        print(f"  {line}", file=sys.stderr)
    return wrong


if __name__ == "__main__":
    parser = Parser("tests.findings", __doc__)
    parser.add_argument("networks", nargs="?", type=count, default=200, help="200 by default")
    sys.exit(main(parser.parse_args().networks))
