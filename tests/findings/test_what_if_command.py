"""`python -m plan what-if` on the files of a run."""

import json
from pathlib import Path
from typing import Any

import pytest

from aws_network.findings import TradeOff
from aws_network.findings.requests import Requests
from aws_network.network.inventory import union
from aws_network.network.snapshot import Snapshot
from aws_network.usage.statuses import ReasonCode
from plan.__main__ import main
from plan.conclusions import conclude
from plan.model import Totals
from plan.requests_file import requests_file
from tests.attribution.networks import network
from tests.findings.test_changes import described
from tests.findings.usages import WINDOW, usage_of

NETWORK = network(
    [
        "sgr-web sg-web ingress tcp 443 0.0.0.0/0",
        "sgr-ssh sg-web ingress tcp 22 198.51.100.0/24",
        "sgr-dark sg-web ingress udp 53 198.51.100.0/24",
    ],
    ["eni-web sg-web 10.0.0.4"],
)
OBSERVED = [
    Requests(
        ("sgr-web",), (), True, 6, 443, 443, "203.0.113.0/24", ("sg-web",), 4711, "2026-11-20"
    ),
    Requests((), ("sgr-ssh",), True, 6, 22, 22, "198.51.100.7/32", (), 3, "2026-11-02"),
]
CODES = {"sgr-dark": ReasonCode.NO_FLOW_LOGS}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    usages = [
        usage_of(CODES.get(rule.rule_id, ReasonCode.USED), rule.rule_id) for rule in NETWORK.rules
    ]
    concluded = conclude(union([NETWORK]), usages, None, Totals(), WINDOW, TradeOff.FEWER)
    (tmp_path / "findings.json").write_text(concluded.file)
    (tmp_path / "requests.json").write_text(requests_file(OBSERVED, WINDOW, NETWORK))
    return tmp_path


def without(*rule_ids: str, snapshot: Snapshot = NETWORK) -> dict[str, Any]:
    rules = [described(rule) for rule in snapshot.rules if rule.rule_id not in rule_ids]
    return {"SecurityGroupRules": rules}


def ask(results: Path, document: Any, *words: str) -> int:
    file = results / "changed.json"
    file.write_text(json.dumps(document))
    return main(["what-if", "--results", str(results), "--rules", str(file), *words])


def test_requests_that_would_be_refused(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(results, without("sgr-web")) == 1
    said = capsys.readouterr().out
    assert said == (
        "Rules removed: 1, added: 0. Asked about what was observed from 2026-11-01 to 2026-11-30.\n"
        "REFUSED: tcp 443 from 203.0.113.0/24, members of sg-web, to sg-web, 4711 request records, "
        "last on 2026-11-20\n"
        "    without sgr-web: ingress tcp 443 from 0.0.0.0/0 of sg-web\n"
        "    no other rule admits them\n"
        "Kinds of requests that would be refused: 1; that may be refused: 0.\n"
    )


@pytest.mark.parametrize(
    ("removed", "words", "code"),
    [
        ((), "", 0),
        (("sgr-web",), "", 1),
        (("sgr-web",), "--fail-on refused", 1),
        (("sgr-ssh",), "", 1),
        (("sgr-ssh",), "--fail-on refused", 0),
        (("sgr-dark",), "--fail-on may_be_refused", 1),
        (("sgr-dark",), "--fail-on refused", 0),
    ],
)
def test_the_exit_code(
    results: Path, removed: tuple[str, ...], words: str, code: int,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert ask(results, without(*removed), *words.split()) == code
    assert capsys.readouterr().err == ""


def test_the_answer_for_programs(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask(results, without("sgr-ssh", "sgr-dark"), "--format", "json")
    answer = json.loads(capsys.readouterr().out)
    assert [(one["outcome"], one["lost"]) for one in answer["refusals"]] == [
        ("may_be_refused", ["sgr-ssh"]),
        ("may_be_refused", ["sgr-dark"]),
    ]
    assert answer["refusals"][0]["requests"]["requests"] == 3
    assert answer["refusals"][1]["reason"].startswith("nothing shows whether the rule is used")


def broken(results: Path, name: str, text: str) -> None:
    (results / name).write_text(text)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("requests.json", "{}", "requests.json: this is not the requests of a run: version"),
        ("findings.json", "x", "findings.json: this is not the findings of a run: Invalid JSON"),
        ("changed.json", "x", "changed.json: this is not a set of rules: Expecting value"),
        ("changed.json", "[]", "changed.json: this is not a set of rules: this is not what"),
    ],
)
def test_files_that_cannot_be_used(
    results: Path, name: str, text: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (results / "changed.json").write_text(json.dumps(without()))
    (results / name).write_text(text)
    given = ["--results", str(results), "--rules", str(results / "changed.json")]
    assert main(["what-if", *given]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)


def test_partial_is_for_a_set_of_rules(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--results", str(results), "--plan", str(results / "plan.json"), "--partial"]
    assert main(["what-if", *given]) == 2
    assert "--partial says something of --rules alone" in capsys.readouterr().err


def test_files_of_two_runs(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = json.loads((results / "requests.json").read_text())
    other["window"] |= {"first": "2026-11-02", "analysed_days": 29}
    (results / "requests.json").write_text(json.dumps(other))
    assert ask(results, without()) == 2
    assert "findings.json and requests.json are of different windows" in capsys.readouterr().err
