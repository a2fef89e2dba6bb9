"""`python -m local plan`, and files that are no plan."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.__main__ import main
from plan.cli import to_cli
from plan.cloudformation import to_cloudformation
from plan.model import PlanError, dump, load
from plan.terraform import to_terraform
from tests.findings.sample_plan import PLAN


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    path.write_text(dump(PLAN), encoding="utf-8")
    return path


@pytest.mark.parametrize("undo", [False, True])
@pytest.mark.parametrize(
    ("form", "render"),
    [("cli", to_cli), ("terraform", to_terraform), ("cloudformation", to_cloudformation)],
)
def test_a_plan_is_printed(
    file: Path, form: str, render: Any, undo: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["plan", "--plan", str(file), "--format", form, *(["--undo"] if undo else [])]
    assert main(words) == 0
    assert capsys.readouterr().out == render(PLAN, undo=undo)


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
    ("no JSON", "{", "this is no JSON"),
    ("a list", "[]", "plan: an object is missing"),
    ("another version", changed("version", 2), "version 2: this reads version 1"),
    ("a strange field", changed("items.0.rule.port", 1), r"items\[0\].rule.port: nobody knows"),
    ("no rule", changed("items.1.rule", None), r"items\[1\].rule: an object is missing"),
    ("no id", changed("items.1.rule.rule_id", ""), r"items\[1\].rule.rule_id: the rule that"),
    ("a missing field", changed("items.0.rule.region", None), r"items\[0\].rule: .*region"),
    ("a port that is text", changed("items.0.rule.to_port", "1; x"), "to_port: '1; x' is no int"),
    ("true is no number", changed("items.0.step", True), "step: True is no int"),
    ("an action of its own", changed("items.0.action", "rm"), r"items\[0\].action: 'rm'"),
    ("a direction", changed("items.0.rule.direction", "up"), "direction: 'up' is no direction"),
    ("two peers", changed("items.0.rule.peer.group_id", "sg-1"), "name exactly one"),
    ("a tag without text", changed("items.0.rule.tags", {"a": 1}), r"rule.tags.a: 1 is no str"),
    ("covered by a number", changed("items.0.evidence.covered_by", [1]), "covered_by: 1 is no str"),
]


@pytest.mark.parametrize(("text", "message"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_what_is_no_plan_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        load(text)


def test_a_missing_or_broken_file_is_an_error_of_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plan.json"
    assert main(["plan", "--plan", str(path)]) == 2
    assert f"error: {path}: no such file" in capsys.readouterr().err
    path.write_text("{}")
    assert main(["plan", "--plan", str(path)]) == 2
    assert f"error: {path}: is no plan" in capsys.readouterr().err
