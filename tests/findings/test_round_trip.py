"""A plan's script and its undo, in bash, against the emulator."""

from pathlib import Path

import pytest

from local.emulator.server import Emulator
from plan.aws_cli import to_aws_cli
from tests.findings.round_trip import described_network, plan_of, round_trip
from tests.findings.shell import run_script

NETWORKS = 12


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_what_a_plan_takes_away_its_undo_brings_back(
    seed: int, aws: Emulator, tmp_path: Path
) -> None:
    network = described_network(seed)
    plan = plan_of(network, seed)
    assert any(item.action == "remove" for item in plan.items)
    assert list(round_trip(aws.client("ec2"), network, plan, tmp_path)) == []


def test_a_script_only_tries_unless_it_is_told_to_apply(tmp_path: Path) -> None:
    ran = run_script(to_aws_cli(plan_of(described_network(1), 1)), "dry-run", tmp_path)
    assert ran.code == 0
    assert "nothing was changed" in ran.output
    assert ran.calls
    assert all(call[-1] == "--dry-run" for call in ran.calls)


def test_another_account_is_not_touched(tmp_path: Path) -> None:
    script = to_aws_cli(plan_of(described_network(1), 1)).replace("123456789012", "999999999999")
    ran = run_script(script, "apply", tmp_path)
    assert (ran.code, ran.calls) == (1, [])
    assert "you are in 123456789012" in ran.output
