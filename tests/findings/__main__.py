"""The proofs over many random networks: `python -m tests.findings [networks]`."""

import sys
import tempfile
from pathlib import Path

from local import emulator
from tests.findings.round_trip import described_network, plan_of, round_trip


def main(networks: int) -> int:
    """1 when anything is wrong."""
    return 1 if _round_trips(networks) else 0


def _round_trips(networks: int) -> list[str]:
    """Apply and undo, in the emulator."""
    wrong, items = [], 0
    with tempfile.TemporaryDirectory() as folder, emulator.running(Path(folder)) as aws:
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
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
