"""`python -m local run` on exports in each format of flow logs, against what truly happened."""

import csv
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local.demo.account import write_demo
from tests.local.demo.expected_statuses import expectations

pytestmark = [pytest.mark.stack, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
LAST = datetime.now(UTC).date() - timedelta(days=1)
DAYS = 4
FIRST = LAST - timedelta(days=DAYS - 1)


def run(folder: Path) -> list[dict[str, str]]:
    """The rows of rule_usage.csv after a run on a folder's inventory and flow logs."""
    subprocess.run(
        [
            *(sys.executable, "-m", "local", "run"),
            *("--inventory", str(folder / "inventory"), "--flow-logs", str(folder / "flow-logs")),
            *("--from", str(FIRST), "--to", str(LAST), "--out", str(folder / "out")),
        ],
        cwd=ROOT,
        check=True,
        timeout=300,
    )
    assert {path.name for path in (folder / "out").iterdir()} == {
        "rule_usage.csv",
        "report.html",
        "report.eml",
        "findings.json",
        "plan.json",
        "requests.json",
    }
    with (folder / "out" / "rule_usage.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("log_format", ["default", "custom", "parquet"])
def test_counts_and_statuses_are_the_truth(tmp_path: Path, log_format: str) -> None:
    write_demo(tmp_path, LAST, DAYS, log_format)
    expected = expectations(LAST, DAYS, log_format)
    rows = run(tmp_path)
    assert {row["sg_rule_id"]: row["status"] for row in rows} == {
        rule_id: rule.status for rule_id, rule in expected.items()
    }
    certain = {
        rule_id: rule.counts.used_times
        for rule_id, rule in expected.items()
        if not rule.counts.hidden_times and not rule.counts.phantom_times
    }
    used = {row["sg_rule_id"]: int(row["used_times"]) for row in rows}
    assert {rule_id: used[rule_id] for rule_id in certain} == certain
    assert len(certain) > 60


def test_demo_rules_are_of_every_kind_of_source(tmp_path: Path) -> None:
    """What the test above is worth: it covers IPv6, prefix lists and referenced groups."""
    write_demo(tmp_path, LAST, 1)
    expected = expectations(LAST, 1)
    exported = json.loads((tmp_path / "inventory" / "security-group-rules.json").read_text())
    used = [
        item
        for item in exported["SecurityGroupRules"]
        if expected[item["SecurityGroupRuleId"]].status == "used"
    ]
    for source in ("CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupInfo"):
        assert any(source in item for item in used), source
