"""All pages of a DynamoDB table."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from aws_network.table_items import all_items
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
