"""The JSON Schemas in docs/ are those of the types, and the files fit them."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from plan.__main__ import main
from plan.model import dump
from tests.findings.round_trip import described_network, plan_of
from tests.findings.sample_plan import PLAN

DOCS = Path(__file__).parents[2] / "docs"


def errors(name: str, document: Any) -> list[str]:
    schema = json.loads((DOCS / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    found = Draft202012Validator(schema).iter_errors(document)
    return [f"{list(error.absolute_path)}: {error.message}" for error in found]


@pytest.mark.parametrize("name", ["plan", "findings", "requests"])
def test_the_file_in_docs_is_current(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", name]) == 0
    current = capsys.readouterr().out
    assert (DOCS / f"{name}.schema.json").read_text() == current, "run `make schemas`"


@pytest.mark.parametrize("name", ["plan", "findings"])
def test_the_schema_explains_its_fields(name: str) -> None:
    schema = json.loads((DOCS / f"{name}.schema.json").read_text())
    assert all("description" in kind for kind in schema["$defs"].values())
    rule = schema["$defs"]["ExactRule"]["properties"]
    assert rule["from_port"]["description"].startswith("First port")


def test_a_plan_fits_its_schema() -> None:
    assert errors("plan", json.loads(dump(PLAN))) == []


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("trade_off", "wider", "'wider' is not one of"),
        ("version", 2, "1 was expected"),
        ("strange", 1, "'strange' was unexpected"),
    ],
)
def test_what_is_not_a_plan_does_not_fit(field: str, value: Any, message: str) -> None:
    [error] = errors("plan", {**json.loads(dump(PLAN)), field: value})
    assert message in error


@pytest.mark.parametrize("seed", range(3))
def test_a_plan_of_a_random_network_fits_its_schema(seed: int) -> None:
    plan = plan_of(described_network(seed), seed)
    assert plan.items
    assert errors("plan", json.loads(dump(plan))) == []
