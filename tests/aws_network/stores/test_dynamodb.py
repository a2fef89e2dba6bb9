"""All pages of a DynamoDB table; items put until they are in."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from aws_network.stores.dynamodb import (
    BATCH,
    MOST_REFUSALS,
    TableRefusedError,
    all_items,
    put_items,
)
from tests.emulated_aws import SESSION

NAME = "sg-analysis-rules-data"
ASKED = {"TableName": NAME, "ConsistentRead": True}


def key(rule_id: str) -> dict[str, Any]:
    return {"sg_rule_id": {"S": rule_id}}


def page(rule_id: str) -> dict[str, Any]:
    return {"Items": [key(rule_id)]}


def test_every_page_is_read_consistently() -> None:
    table = SESSION.resource("dynamodb").Table(NAME)
    with Stubber(table.meta.client) as stub:
        stub.add_response("scan", page("sgr-1") | {"LastEvaluatedKey": key("sgr-1")}, ASKED)
        following = ASKED | {"ExclusiveStartKey": {"sg_rule_id": "sgr-1"}}
        stub.add_response("scan", page("sgr-2"), following)
        assert [item["sg_rule_id"] for item in all_items(table)] == ["sgr-1", "sgr-2"]


def test_no_access_is_not_an_empty_table() -> None:
    table = SESSION.resource("dynamodb").Table(NAME)
    with Stubber(table.meta.client) as stub:
        stub.add_client_error("scan", "AccessDeniedException", "no", 400)
        with pytest.raises(ClientError, match="AccessDeniedException"):
            list(all_items(table))


def asked_to_put(*rule_ids: str) -> dict[str, Any]:
    requests = [{"PutRequest": {"Item": {"sg_rule_id": rule_id}}} for rule_id in rule_ids]
    return {"RequestItems": {NAME: requests}}


def unprocessed(*rule_ids: str) -> dict[str, Any]:
    requests = [{"PutRequest": {"Item": key(rule_id)}} for rule_id in rule_ids]
    return {"UnprocessedItems": {NAME: requests} if requests else {}}


def items(count: int) -> list[dict[str, Any]]:
    return [{"sg_rule_id": f"sgr-{number}"} for number in range(count)]


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was slept; nobody sleeps."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


def test_as_many_items_at_once_as_dynamodb_takes(pauses: list[float]) -> None:
    table = SESSION.resource("dynamodb").Table(NAME)
    with Stubber(table.meta.client) as stub:
        for first, last in ((0, BATCH), (BATCH, BATCH + 1)):
            names = [f"sgr-{number}" for number in range(first, last)]
            stub.add_response("batch_write_item", {}, asked_to_put(*names))
        put_items(table, items(BATCH + 1))
        stub.assert_no_pending_responses()
    assert pauses == []


def test_what_was_left_unprocessed_is_put_again_after_longer_and_longer_pauses(
    pauses: list[float],
) -> None:
    table = SESSION.resource("dynamodb").Table(NAME)
    both = ("sgr-0", "sgr-1")
    with Stubber(table.meta.client) as stub:
        stub.add_response("batch_write_item", unprocessed(*both), asked_to_put(*both))
        stub.add_response("batch_write_item", unprocessed("sgr-1"), asked_to_put(*both))
        stub.add_response("batch_write_item", unprocessed(), asked_to_put("sgr-1"))
        put_items(table, items(2))
        stub.assert_no_pending_responses()
    assert len(pauses) == 2
    assert pauses[0] < 0.11 < pauses[1] + 0.1


def test_a_table_that_takes_nothing_is_an_error_and_not_the_end_of_the_night(
    pauses: list[float],
) -> None:
    table = SESSION.resource("dynamodb").Table(NAME)
    with Stubber(table.meta.client) as stub:
        for _ in range(MOST_REFUSALS):
            stub.add_response("batch_write_item", unprocessed("sgr-0"))
        with pytest.raises(TableRefusedError, match=f"{NAME}: DynamoDB left 1 items unprocessed"):
            put_items(table, items(1))
