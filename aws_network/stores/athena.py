"""Waits for an Athena query, and translates its failure."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_athena import AthenaClient

DEADLINE_SECONDS = 3600

_TOO_LARGE = frozenset({*range(9), 206, 210})
"""Error types of a query that exceeded its resources or its time limit.
Source: "Athena error catalog", Amazon Athena user guide."""


class QueryFailedError(RuntimeError):
    """Athena did not finish a query; the message has Athena's reason."""

    def __init__(self, message: str, reason: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason


class QueryTooLargeError(QueryFailedError):
    """The query needs more memory or time than Athena has for one query."""


def finished(athena: "AthenaClient", query_id: str) -> Mapping[str, Any]:
    """The execution of a query, once it has succeeded.

    Raises QueryFailedError if it failed, was cancelled or timed out, and QueryTooLargeError.
    """
    deadline, pause = time.monotonic() + DEADLINE_SECONDS, 0.2
    while time.monotonic() < deadline:
        answer: Mapping[str, Any] = athena.get_query_execution(QueryExecutionId=query_id)
        execution: Mapping[str, Any] = answer["QueryExecution"]
        match execution["Status"]["State"]:
            case "SUCCEEDED":
                return execution
            case "FAILED" | "CANCELLED":
                raise _failure(query_id, execution["Status"])
        time.sleep(pause)
        pause = min(pause * 1.5, 0.5)
    athena.stop_query_execution(QueryExecutionId=query_id)
    raise QueryFailedError(f"query {query_id} stopped: not done after {DEADLINE_SECONDS} s")


def _failure(query_id: str, status: Mapping[str, Any]) -> QueryFailedError:
    reason = status.get("StateChangeReason")
    said = reason or "Athena gave no reason"
    is_too_large = status.get("AthenaError", {}).get("ErrorType") in _TOO_LARGE
    kind = QueryTooLargeError if is_too_large else QueryFailedError
    return kind(f"query {query_id} {status['State'].lower()}: {said}", reason)
