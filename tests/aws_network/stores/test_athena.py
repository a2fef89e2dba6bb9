"""Waiting for Athena: to the end, to a failure, and no longer than that."""

import time
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from aws_network.stores import athena
from aws_network.stores.athena import QueryFailedError, QueryTooLargeError, finished


@pytest.fixture
def client(aws: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Athena on a clock that sleeping moves."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", lambda pause: now.__setitem__(0, now[0] + pause))
    return boto3.client("athena")


def execution(state: str, reason: str | None = None, error_type: int | None = None) -> Any:
    status: dict[str, Any] = {"State": state}
    if reason:
        status["StateChangeReason"] = reason
    if error_type is not None:
        status["AthenaError"] = {"ErrorCategory": 2, "ErrorType": error_type}
    return {"QueryExecution": {"QueryExecutionId": "q-1", "Status": status}}


def test_it_waits_until_the_query_is_done(client: Any) -> None:
    with Stubber(client) as answers:
        for state in ("QUEUED", "RUNNING", "RUNNING", "SUCCEEDED"):
            answers.add_response(
                "get_query_execution", execution(state), {"QueryExecutionId": "q-1"}
            )
        assert finished(client, "q-1")["Status"]["State"] == "SUCCEEDED"
        answers.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("state", "reason", "error_type", "kind", "said"),
    [
        ("FAILED", "SYNTAX_ERROR: line 1:8", 1004, QueryFailedError, "failed: SYNTAX_ERROR: line"),
        ("FAILED", None, None, QueryFailedError, "query q-1 failed: Athena gave no reason"),
        ("CANCELLED", "Bytes scanned limit", None, QueryFailedError, "cancelled: Bytes scanned"),
        ("FAILED", "Query exhausted resources", 0, QueryTooLargeError, "failed: Query exhausted"),
        ("FAILED", "Query exhausted resources", 8, QueryTooLargeError, "failed: Query exhausted"),
        ("FAILED", "Query timeout", 210, QueryTooLargeError, "failed: Query timeout"),
    ],
)
def test_a_query_that_fails_says_athenas_reason(
    client: Any,
    state: str,
    reason: str | None,
    error_type: int | None,
    kind: type[QueryFailedError],
    said: str,
) -> None:
    with Stubber(client) as answers:
        answers.add_response("get_query_execution", execution(state, reason, error_type))
        with pytest.raises(QueryFailedError, match=said) as raised:
            finished(client, "q-1")
    assert type(raised.value) is kind
    assert raised.value.reason == reason


def test_a_query_that_takes_too_long_is_stopped(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(athena, "DEADLINE_SECONDS", 0.4)
    with Stubber(client) as answers:
        for _ in range(2):
            answers.add_response("get_query_execution", execution("RUNNING"))
        answers.add_response("stop_query_execution", {}, {"QueryExecutionId": "q-1"})
        with pytest.raises(QueryFailedError, match=r"q-1 stopped: not done after 0\.4 s"):
            finished(client, "q-1")
        answers.assert_no_pending_responses()
