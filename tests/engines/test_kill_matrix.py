"""Jobs killed at a write to DynamoDB and run again, on an engine that is not the emulator."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.engines.dynalite import Dynalite
from tests.engines.whole_run import declared_table
from tests.reliability.account import Account, deployed
from tests.reliability.faults import Point
from tests.reliability.kills import kill_matrix
from tests.reliability.remembered import spark_remembered

pytestmark = pytest.mark.engines

JOBS = ("collect_security_groups", "compute_rule_usage")
"""Those that write into tables."""


@dataclass
class OnDynalite(Account):
    """The account, with its tables on dynalite."""

    engine: Dynalite | None = None

    @property
    def dynamodb(self) -> Any:
        assert self.engine
        return self.engine.client()


@pytest.fixture
def account(
    dynamodb: Dynalite, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Account]:
    """The stack in the emulator, but for its tables."""
    with deployed(tmp_path_factory.mktemp("killed")) as on_local:
        for output in ("RulesTableName", "UsageTableName"):
            name = on_local.outputs[output]
            dynamodb.create_table(declared_table(on_local.aws, name))
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.endpoint)
        yield OnDynalite(on_local.aws, on_local.outputs, on_local.sessions, engine=dynamodb)
        assert all(
            on_local.aws.client("dynamodb").scan(TableName=on_local.outputs[output])["Count"] == 0
            for output in ("RulesTableName", "UsageTableName")
        )


def is_write_to_a_table(point: Point) -> bool:
    """The first of two: after it, the table is half written."""
    return point.operation == "dynamodb.BatchWriteItem" and point.number == 1


def test_a_job_killed_at_a_write_to_a_table_and_run_again_leaves_the_same(
    account: Account,
) -> None:
    with spark_remembered():
        kills = list(kill_matrix(account, is_write_to_a_table, JOBS))
    assert {kill.noun for kill in kills} == set(JOBS)
    assert {kill.point.side for kill in kills} == {"before", "after"}
    assert [kill for kill in kills if not kill.is_harmless] == []
