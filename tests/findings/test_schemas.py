"""plan.json and findings.json are what their JSON Schemas in docs/ say."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from plan.model import dump
from tests.findings.round_trip import described_network, plan_of
from tests.findings.sample_plan import PLAN

DOCS = Path(__file__).parents[2] / "docs"


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((DOCS / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def errors(name: str, document: Any) -> list[str]:
    return [f"{list(e.absolute_path)}: {e.message}" for e in validator(name).iter_errors(document)]


def test_a_plan_fits_its_schema() -> None:
    assert errors("plan", json.loads(dump(PLAN))) == []


@pytest.mark.parametrize("seed", range(3))
def test_a_plan_of_a_random_network_fits_its_schema(seed: int) -> None:
    plan = plan_of(described_network(seed), seed)
    assert plan.items
    assert errors("plan", json.loads(dump(plan))) == []
