"""Reads all items of a DynamoDB table, and writes many."""

import random
import time
from collections.abc import Iterator, Sequence
from typing import Any

BATCH = 25
"""Most items in one call. Source: BatchWriteItem, Amazon DynamoDB API reference."""

MOST_REFUSALS = 12
LONGEST_PAUSE_SECONDS = 20.0


class TableRefusedError(RuntimeError):
    """DynamoDB left items unprocessed in every attempt."""


def all_items(table: Any) -> Iterator[dict[str, Any]]:
    """Every item of a boto3 Table, as of the time at which its page is read."""
    parameters: dict[str, Any] = {"ConsistentRead": True}
    while True:
        page = table.scan(**parameters)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        parameters["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def put_items(table: Any, items: Sequence[dict[str, Any]]) -> None:
    """Writes every item over the existing one; keys must be distinct.

    Unprocessed items are written again, with growing pauses. Raises TableRefusedError if a batch
    cannot be written: the batch_writer of boto3 would try forever.
    """
    for start in range(0, len(items), BATCH):
        _put_batch(table, items[start : start + BATCH])


def _put_batch(table: Any, items: Sequence[dict[str, Any]]) -> None:
    left: Any = {table.name: [{"PutRequest": {"Item": item}} for item in items]}
    for attempt in range(MOST_REFUSALS):
        left = table.meta.client.batch_write_item(RequestItems=left).get("UnprocessedItems")
        if not left:
            return
        time.sleep(random.uniform(0.5, 1) * min(0.1 * 2**attempt, LONGEST_PAUSE_SECONDS))
    refused = len(left[table.name])
    raise TableRefusedError(
        f"{table.name}: DynamoDB left {refused} items unprocessed {MOST_REFUSALS} times in a row"
    )
