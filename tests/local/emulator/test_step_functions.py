"""Step Functions on this machine: Glue tasks, JSONata, errors, the role of the machine."""

import json
import re
import time
from typing import Any

import pytest

from local.emulator.server import Emulator
from tests.local.emulator.glue.jobs import make_job
from tests.local.emulator.roles import Grant, make_role

GLUE: list[Grant] = [(["glue:StartJobRun", "glue:GetJobRun", "glue:BatchStopJobRun"], ["*"])]


def machine(aws: Emulator, states: dict[str, Any], grants: list[Grant] | None = None) -> str:
    """The ARN of a new JSONata state machine that starts with its first state."""
    definition = {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states}
    role = make_role(aws, GLUE if grants is None else grants, service="states.amazonaws.com")
    answer = aws.client("stepfunctions").create_state_machine(
        name=f"machine-{time.monotonic_ns()}", definition=json.dumps(definition), roleArn=role
    )
    return str(answer["stateMachineArn"])


def ended(aws: Emulator, arn: str, given: Any = None) -> dict[str, Any]:
    """A new execution when it has ended."""
    client = aws.client("stepfunctions")
    execution = client.start_execution(stateMachineArn=arn, input=json.dumps(given or {}))
    for _ in range(600):
        found = client.describe_execution(executionArn=execution["executionArn"])
        if found["status"] != "RUNNING":
            return dict(found)
        time.sleep(0.05)
    raise AssertionError("the execution does not end")


def job_task(job: str, **more: Any) -> dict[str, Any]:
    """A state that runs a job and waits for it."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::glue:startJobRun.sync",
        "Arguments": {"JobName": job, "Arguments": {"--day": "{% $states.input.date %}"}},
        "End": True,
        **more,
    }


def test_job_task_waits_for_the_run_and_hands_on_what_it_was(aws: Emulator) -> None:
    script = "import sys; assert '2026-11-20' in sys.argv"
    found = ended(aws, machine(aws, {"A": job_task(make_job(aws, script))}), {"date": "2026-11-20"})
    assert found["status"] == "SUCCEEDED", found
    output = json.loads(found["output"])
    assert output["JobRunState"] == "SUCCEEDED"
    assert isinstance(output["StartedOn"], int)


def test_failed_run_is_caught_with_its_message(aws: Emulator) -> None:
    job = make_job(aws, "raise ValueError('he said \"no\"')")
    catch = {
        "ErrorEquals": ["States.ALL"],
        "Assign": {"e": "{% $states.errorOutput %}"},
        "Next": "F",
    }
    fail = {"Type": "Fail", "Error": "{% $e.Error %}", "Cause": "{% $e.Cause %}"}
    found = ended(aws, machine(aws, {"A": job_task(job, Catch=[catch]), "F": fail}), {"date": "x"})
    assert (found["status"], found["error"]) == ("FAILED", "States.TaskFailed")
    assert json.loads(found["cause"])["ErrorMessage"] == 'ValueError: he said "no"'


def test_task_that_takes_too_long_times_out_and_its_run_is_stopped(aws: Emulator) -> None:
    job = make_job(aws, "import time; time.sleep(60)")
    found = ended(aws, machine(aws, {"A": job_task(job, TimeoutSeconds=1)}), {"date": "x"})
    assert (found["status"], found.get("error")) in (
        ("FAILED", "States.Timeout"),
        ("TIMED_OUT", None),
    )
    for _ in range(100):
        (run,) = aws.client("glue").get_job_runs(JobName=job)["JobRuns"]
        if run["JobRunState"] == "STOPPED":
            return
        time.sleep(0.05)
    raise AssertionError(run)


def test_transient_error_is_retried(aws: Emulator) -> None:
    job = make_job(aws, "import time; time.sleep(1)", ExecutionProperty={"MaxConcurrentRuns": 1})
    retry = {
        "ErrorEquals": ["Glue.ConcurrentRunsExceededException"],
        "IntervalSeconds": 1,
        "MaxAttempts": 9,
    }
    arn = machine(aws, {"A": job_task(job, Retry=[retry])})
    aws.client("stepfunctions").start_execution(stateMachineArn=arn, input='{"date": "x"}')
    assert ended(aws, arn, {"date": "x"})["status"] == "SUCCEEDED"


def test_task_has_the_rights_of_the_machine_only(aws: Emulator) -> None:
    found = ended(aws, machine(aws, {"A": job_task(make_job(aws, "pass"))}, []), {"date": "x"})
    assert found["status"] == "FAILED"
    assert "not authorized to perform: glue:StartJobRun" in found["cause"]


EXPRESSIONS = [
    ("$states.context.Execution.StartTime", r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"),
    ("$states.context.Execution.Name", r"[0-9a-f]{8}-[0-9a-f-]{27}"),
    ("$substring($fromMillis($toMillis('2026-11-01T02:00:00Z') - 86400000), 0, 10)", "2026-10-31"),
    ("$fromMillis($toMillis('2026-11-01T02:00:00Z') - 86400000, '[MNn] [Y0001]')", "October 2026"),
    ("$join($sort($keys($states.input)[$ != 'report']), ' ')", "from to"),
    ("$string($states.input.report = true)", "true"),
    ("$states.input.from & ' to ' & $states.input.to", 'a "quoted" day to b'),
]


@pytest.mark.parametrize(("expression", "answer"), EXPRESSIONS, ids=[e[0] for e in EXPRESSIONS])
def test_jsonata(aws: Emulator, expression: str, answer: str) -> None:
    states = {"P": {"Type": "Pass", "Output": {"is": f"{{% {expression} %}}"}, "End": True}}
    found = ended(aws, machine(aws, states), {"from": 'a "quoted" day', "to": "b", "report": True})
    assert found["status"] == "SUCCEEDED", found
    assert re.fullmatch(answer, json.loads(found["output"])["is"])


def test_expression_that_cannot_be_evaluated_fails_its_state(aws: Emulator) -> None:
    states = {"P": {"Type": "Pass", "Output": "{% $toMillis('yesterday') %}", "End": True}}
    assert ended(aws, machine(aws, states))["status"] == "FAILED"
