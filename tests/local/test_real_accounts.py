"""What AWS does in real accounts, at the front door: never a wrong `unused`, and no wider doubt."""

import csv
import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.local.real_account import DAYS
from tests.local.real_cases import CASES, real_account

pytestmark = [pytest.mark.stack, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
LAST = datetime.now(UTC).date() - timedelta(days=2)
"""The day after is over too, so that what is delivered with it is there."""
FIRST = LAST - timedelta(days=DAYS - 1)


@dataclass(frozen=True)
class Run:
    """What a run leaves: the rows of rule_usage.csv, and the rules that the plan changes."""

    rows: dict[str, dict[str, str]]
    changes: dict[str, dict[str, Any]]
    """Rule id to the item of the plan that removes or narrows it."""

    def said(self, rule_id: str) -> tuple[str, str]:
        """The status of a rule, and why."""
        return self.rows[rule_id]["status"], self.rows[rule_id]["reason_code"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("real")
    real_account(FIRST).write(folder)
    subprocess.run(
        [
            *(sys.executable, "-m", "local", "run"),
            *("--inventory", str(folder / "inventory"), "--flow-logs", str(folder / "flow-logs")),
            *("--from", str(FIRST), "--to", str(LAST), "--out", str(folder / "out")),
        ],
        cwd=ROOT,
        check=True,
        timeout=500,
    )
    with (folder / "out" / "rule_usage.csv").open() as file:
        rows = {row["sg_rule_id"]: row for row in csv.DictReader(file)}
    items = json.loads((folder / "out" / "plan.json").read_text())["items"]
    changes = [item for item in items if item["action"] in ("remove", "narrow")]
    return Run(rows, {item["rule"]["rule_id"]: item for item in changes})


USED = ("used", "used")
AMBIGUOUS = ("ambiguous", "may_have_been_used")
REJECTS = ("not_observed", "only_rejects_logged")
HOURS = ("not_observed", "missing_hours")
NEVER = ("not_observed", "never_logged")
LOST = ("not_observed", "lost_records")
FEW = ("not_observed", "too_few_days")


@pytest.mark.parametrize(
    ("rule_id", "said"),
    [
        pytest.param("sgr-1", REJECTS, id="1: the flow log records rejected traffic only"),
        pytest.param("sgr-2", HOURS, id="2: objects of six hours never came"),
        pytest.param("sgr-2-late", HOURS, id="2: the flow log was created at 18:00"),
        pytest.param("sgr-3-inner", USED, id="3: a request across a midnight of the window"),
        pytest.param("sgr-3-last", USED, id="3: a request across the window's last midnight"),
        pytest.param(
            "sgr-3-lost",
            LOST,
            id="3: records lost across the window's last midnight",
        ),
        pytest.param("sgr-4-mirror", NEVER, id="4: mirrored traffic at a mirror target"),
        pytest.param("sgr-4-privatelink", NEVER, id="4: PrivateLink at a load balancer"),
        pytest.param("sgr-5", LOST, id="5: records lost of an interface that is detached now"),
        pytest.param("sgr-5-gone", LOST, id="5: records lost of an interface that is deleted"),
        pytest.param("sgr-5-bare", LOST, id="5: the same, of a group that no interface has now"),
        pytest.param("sgr-6-known", USED, id="6: a participant's interface, the owner's log"),
        pytest.param("sgr-6-gone", AMBIGUOUS, id="6: a participant's interface that is gone"),
        pytest.param("sgr-6-lost", LOST, id="6: records lost in a VPC of another account"),
        pytest.param("sgr-6-away", AMBIGUOUS, id="6: a group used in an associated VPC"),
        pytest.param("sgr-7-block", AMBIGUOUS, id="7: a member that is gone, secondary block"),
        pytest.param("sgr-7-peered", AMBIGUOUS, id="7: a member that is gone, peered VPC"),
        pytest.param("sgr-8-again", AMBIGUOUS, id="8: an interface attached later has the address"),
        pytest.param("sgr-8-overlap", AMBIGUOUS, id="8: a VPC not connected has the address"),
        pytest.param("sgr-9-group", AMBIGUOUS, id="9: the interface had another group"),
        pytest.param("sgr-9-list", AMBIGUOUS, id="9: the prefix list had another entry"),
        pytest.param("sgr-10", AMBIGUOUS, id="10: a load balancer keeps the client's address"),
        pytest.param("sgr-10-accelerator", AMBIGUOUS, id="10: Global Accelerator keeps it"),
        pytest.param("sgr-11-ftp", AMBIGUOUS, id="11: active FTP, no flags seen"),
        pytest.param("sgr-11-low", AMBIGUOUS, id="11: a client port of 995, no flags at all"),
        pytest.param("sgr-12-out", AMBIGUOUS, id="12: twenty peers dialled from one port"),
        pytest.param("sgr-12-near-out", AMBIGUOUS, id="12: the other end's picture is old"),
        pytest.param("sgr-13-icmp", AMBIGUOUS, id="13: an ICMP error"),
        pytest.param("sgr-13-syslog", AMBIGUOUS, id="13: UDP from 514 to 5140, one way"),
        pytest.param("sgr-13-udp-out", AMBIGUOUS, id="13: the same, read the other way"),
        pytest.param("sgr-14", USED, id="14: two flow logs over one interface"),
        pytest.param("sgr-14-twice", USED, id="14: objects that came twice"),
        pytest.param("sgr-15-gone", AMBIGUOUS, id="15: the VPC of an interface that is gone"),
        pytest.param("sgr-15-late", FEW, id="15: an interface launched on the fifth day"),
    ],
)
def test_what_may_have_been_used_is_not_called_unused(
    run: Run, rule_id: str, said: tuple[str, str]
) -> None:
    assert run.said(rule_id) == said
    assert rule_id not in run.changes


CONTROLS = [
    "sgr-1-control",
    "sgr-2-control",
    "sgr-3-control",
    "sgr-4-control",
    "sgr-4-plain-control",
    "sgr-4-vxlan-control",
    "sgr-5-control",
    "sgr-6-control",
    "sgr-6-home-control",
    "sgr-7-control",
    "sgr-7-peered-control",
    "sgr-8-control",
    "sgr-9-control",
    "sgr-9-list-control",
    "sgr-10-control",
    "sgr-11-control",
    "sgr-12-control",
    "sgr-12-near-control",
    "sgr-13-control",
    "sgr-14-control",
    "sgr-14-twice-control",
    "sgr-15-control",
    "sgr-15-other-control",
]
"""Beside each case a rule that nothing used, and that the doubt must not reach."""


REACHED = pytest.param(
    "sgr-13-control",
    marks=pytest.mark.xfail(
        strict=True, reason="the query drops the port to which a datagram without answer went"
    ),
)


@pytest.mark.parametrize("rule_id", [*(name for name in CONTROLS if "13" not in name), REACHED])
def test_doubt_stays_where_it_arose(run: Run, rule_id: str) -> None:
    assert run.said(rule_id) == ("unused", "never_used")
    assert run.changes[rule_id]["action"] == "remove"


def test_every_case_has_a_control() -> None:
    assert {int(name.split("-")[1]) for name in CONTROLS} == set(range(1, len(CASES) + 1))


@pytest.mark.parametrize(
    ("rule_id", "used_times"),
    [
        pytest.param("sgr-14", 3, id="two flow logs over one interface"),
        pytest.param("sgr-14-twice", 3, id="objects that came twice"),
        pytest.param("sgr-10-wide", DAYS, id="health checks; clients are ambiguous"),
        pytest.param("sgr-6-known", 1, id="logged for the owner of the VPC"),
    ],
)
def test_each_request_counts_once(run: Run, rule_id: str, used_times: int) -> None:
    assert int(run.rows[rule_id]["used_times"]) == used_times


def test_a_request_counts_on_the_day_on_which_it_began(run: Run) -> None:
    assert run.rows["sgr-3-inner"]["sg_rule_last_used"] == str(FIRST + timedelta(days=3))


def test_what_clients_may_have_used_stays_within_a_narrowed_rule(run: Run) -> None:
    """Health checks prove the use of port 8080; clients may have used port 9001."""
    assert run.said("sgr-10-wide") == USED
    (rule,) = run.changes["sgr-10-wide"]["replacements"]
    assert (rule["from_port"], rule["to_port"]) == (8080, 9001)
    assert rule["peer"]["group_id"] == "sg-10-nlb"
