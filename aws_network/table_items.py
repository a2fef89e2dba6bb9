"""The items of a DynamoDB table, all of them."""

from collections.abc import Iterator
from typing import Any


def all_items(table: Any) -> Iterator[dict[str, Any]]:
    """Every item of a boto3 Table, as it is at the time its page is read."""
    parameters: dict[str, Any] = {"ConsistentRead": True}
    while True:
        page = table.scan(**parameters)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        parameters["ExclusiveStartKey"] = page["LastEvaluatedKey"]
