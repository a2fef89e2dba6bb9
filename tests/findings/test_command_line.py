"""`python -m plan`, and files that are not a plan."""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from plan.__main__ import main
from plan.aws_cli import to_aws_cli
from plan.model import Plan, dump
from plan.reader import PlanError, load
from plan.terraform import to_terraform, to_terraform_import, to_terraform_undo
from tests.findings.sample_plan import PLAN


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    path.write_text(dump(PLAN), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("words", "render"),
    [
        ("show", to_aws_cli),
        ("show --format cli", to_aws_cli),
        ("show --format terraform", to_terraform),
        ("show --format terraform-import", to_terraform_import),
        ("undo", partial(to_aws_cli, undo=True)),
        ("undo --format terraform", to_terraform_undo),
    ],
)
def test_a_plan_is_printed(
    file: Path, words: str, render: Callable[[Plan], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words.split(), "--plan", str(file)]) == 0
    assert capsys.readouterr().out == render(PLAN)


def test_a_plan_comes_back_as_it_was() -> None:
    assert load(dump(PLAN)) == PLAN


def test_people_may_take_items_out(file: Path) -> None:
    plan = json.loads(file.read_text())
    plan["items"] = plan["items"][:2]
    assert load(json.dumps(plan)).items == PLAN.items[:2]


def changed(path: str, value: Any) -> str:
    """The sample plan with one value replaced, or taken out where it is None."""
    plan = json.loads(dump(PLAN))
    *way, last = path.split(".")
    inner = plan
    for step in way:
        inner = inner[int(step)] if step.isdigit() else inner[step]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return json.dumps(plan)


BROKEN = [
    ("no JSON", "{", "^Invalid JSON: EOF while parsing"),
    ("a list", "[]", r"^Input should be an object, not \[\]$"),
    ("another version", changed("version", 2), "^version: Input should be 1, not 2$"),
    (
        "another version with other fields",
        changed("version", 2).replace('"step"', '"rank"'),
        "^version: Input should be 1, not 2 ",
    ),
    (
        "a strange field",
        changed("items.0.rule.port", 1),
        r"^items\[0\].rule.port: Unexpected keyword",
    ),
    ("no rule", changed("items.1.rule", None), r"^items\[1\].rule: Field required$"),
    ("no id", changed("items.1.rule.rule_id", ""), r"^items\[1\].rule.rule_id: the rule to remove"),
    (
        "a missing field",
        changed("items.0.rule.region", None),
        r"^items\[0\].rule.region: Field required$",
    ),
    (
        "a port that is text",
        changed("items.0.rule.to_port", "1; x\n"),
        r"^items\[0\].rule.to_port: Input should be a valid integer, not '1; x\\n'$",
    ),
    ("true is no number", changed("items.0.rule.to_port", True), r"to_port: .*, not True$"),
    ("an action of its own", changed("items.0.action", "rm"), r"^items\[0\].action: .*'rm'$"),
    ("a direction", changed("items.0.rule.direction", "up"), r"rule.direction: .*, not 'up'$"),
    (
        "two peers",
        changed("items.0.rule.peer.group_id", "sg-1"),
        r"^items\[0\].rule.peer: name exactly one",
    ),
    (
        "a protocol",
        changed("items.0.rule.ip_protocol", "tpc"),
        r"^items\[0\].rule: protocol 'tpc' is neither",
    ),
    ("a tag without text", changed("items.0.rule.tags", {"a": 1}), r"rule.tags.a: .*, not 1$"),
    (
        "covered by a number",
        changed("items.0.evidence.covered_by", [1]),
        r"^items\[0\].evidence.covered_by\[0\]: .*, not 1$",
    ),
    (
        "days that do not add up",
        changed("window.missing_days", 3),
        "^window: 2026-11-01 to 2026-11-30 has 30 days",
    ),
    ("a field named in two lines", changed("a\nb", 1), r"^a\?b: Unexpected keyword"),
]


@pytest.mark.parametrize(("text", "message"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_what_is_not_a_plan_is_refused_in_one_line_that_names_the_field(
    text: str, message: str
) -> None:
    with pytest.raises(PlanError, match=message) as refused:
        load(text)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(None, "No such file or directory", id="missing"),
        pytest.param(b"{}", "this is not a plan: window: Field required", id="not a plan"),
        pytest.param(b"\xff", "this is not text in UTF-8", id="not a text"),
    ],
)
def test_a_file_that_cannot_be_used_is_bad_input(
    tmp_path: Path, content: bytes | None, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plan.json"
    if content is not None:
        path.write_bytes(content)
    assert main(["show", "--plan", str(path)]) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"error: {path}: {message}")
    assert (said.out, said.err.count("\n")) == ("", 1)


@pytest.mark.parametrize(
    "words",
    ["", "apply", "show --format cloudformation", "undo --format terraform-import", "schema rule"],
)
def test_arguments_that_cannot_be_read_are_bad_input(words: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words.split())
    assert ended.value.code == 2


LOADED = "import sys, {}; print(*{{name.partition('.')[0] for name in sys.modules}})"


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        pytest.param("plan.__main__", {"local", "moto", "boto3", "pyspark"}, id="command line"),
        pytest.param("plan.conclusions", {"pydantic", "local", "pyspark"}, id="what jobs import"),
    ],
)
def test_what_is_not_needed_is_not_imported(module: str, absent: set[str]) -> None:
    command = [sys.executable, "-c", LOADED.format(module)]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert module.partition(".")[0] in loaded
    assert not absent & set(loaded)
