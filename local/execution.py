"""One execution of the state machine, watched from its history."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from local.emulator.iam.callers import DEPLOYER, require_trust
from local.emulator.s3 import ObjectStore
from local.emulator.server import Emulator

POLL_SECONDS = 0.3


class ExecutionFailedError(Exception):
    """The execution did not succeed; the message is its cause and the log of the last job."""


@dataclass(frozen=True)
class Step:
    """Where an execution is: its state, and how many of its days that state has finished."""

    state: str
    done: int
    days: int
    seconds: float


Show = Callable[[Step], None]

_DAY_FILES = {
    "QueryFlowLogs": "flows/day={}/manifest.json",
    "ComputeRuleUsage": "usage/day={}/usage.parquet",
}
"""State -> the object that it writes last for a day."""


def execute(
    aws: Emulator,
    outputs: Mapping[str, str],
    given: Mapping[str, Any],
    days: list[date],
    show: Show,
    role: str | None = None,
) -> None:
    """Starts an execution with an input and waits for its end. Raises ExecutionFailedError.

    It is started by whoever deploys, or in the name of a role.
    """
    client = aws.client("stepfunctions")
    starter = aws.client_as_role("stepfunctions", aws.region, role) if role else client
    arn = starter.start_execution(
        stateMachineArn=outputs["StateMachineArn"], input=json.dumps(given)
    )["executionArn"]
    lake = _Lake(outputs["LakeBucketName"])
    entered: dict[str, float] = {}
    while True:
        status = client.describe_execution(executionArn=arn)
        history = client.get_execution_history(executionArn=arn)["events"]
        state = _last_state(history)
        begun = entered.setdefault(state, time.monotonic())
        done = lake.days_done(state, days)
        show(Step(state, done, len(days), time.monotonic() - begun))
        if status["status"] != "RUNNING":
            break
        time.sleep(POLL_SECONDS)
    if status["status"] != "SUCCEEDED":
        cause = status.get("cause") or status.get("error") or status["status"]
        raise ExecutionFailedError(f"{cause}{log_hint(aws)}")


def scheduled_input(aws: Emulator, at: str) -> dict[str, Any]:
    """The input that the nightly schedule would give at a time; moto never fires schedules."""
    text = _schedule(aws)["Target"]["Input"]
    return dict(json.loads(text.replace("<aws.scheduler.scheduled-time>", at)))


def schedule_role(aws: Emulator) -> str:
    """The role in whose name the nightly schedule starts. Raises DeniedError."""
    schedule = _schedule(aws)
    role = str(schedule["Target"]["RoleArn"])
    # It says for which schedule group. Source: "Confused deputy", EventBridge Scheduler guide.
    group = schedule["Arn"].rpartition("/")[0].replace(":schedule/", ":schedule-group/")
    require_trust(role, "scheduler.amazonaws.com", group)
    return role


def _schedule(aws: Emulator) -> dict[str, Any]:
    found = aws.client("scheduler").list_schedules()["Schedules"]
    name = next(item["Name"] for item in found if item["Name"].startswith("sg-analysis"))
    return dict(aws.client("scheduler").get_schedule(Name=name))


def _last_state(history: Iterable[Mapping[str, Any]]) -> str:
    names = [
        event["stateEnteredEventDetails"]["name"]
        for event in history
        if "stateEnteredEventDetails" in event
    ]
    return names[-1] if names else "Starting"


@dataclass
class _Lake:
    bucket: str

    def __post_init__(self) -> None:
        self._store = ObjectStore(DEPLOYER)
        self._before = self._etags()

    def days_done(self, state: str, days: list[date]) -> int:
        """How many days the state has written since this object was made."""
        pattern = _DAY_FILES.get(state)
        if pattern is None:
            return 0
        now = self._etags()
        keys = [pattern.format(day) for day in days]
        return sum(key in now and now[key] != self._before.get(key) for key in keys)

    def _etags(self) -> dict[str, float]:
        listed = self._store.list(self.bucket, "")
        return {item.key: item.modified for item in listed}


def log_hint(aws: Emulator) -> str:
    """Where the log of the last job run is, on a line of its own; nothing if there is none."""
    logs = sorted((aws.folder / "jobs").glob("*/job.log"), key=lambda path: path.stat().st_mtime)
    return f"\nlog: {logs[-1]}" if logs else ""
