"""The state machine: its shape, and what its expressions say of given inputs."""

import json
from collections.abc import Iterator
from typing import Any

import jsonata
import pytest

from tests.infra.stacks import Template, only, plain, resources

JOB_STATES = {
    "CollectSecurityGroups": "sg-analysis-collect-security-groups",
    "QueryFlowLogs": "sg-analysis-query-flow-logs",
    "ComputeRuleUsage": "sg-analysis-compute-rule-usage",
    "EmailUsageReport": "sg-analysis-email-usage-report",
}
PASSING_ERRORS = {
    "Glue.ConcurrentRunsExceededException",
    "Glue.AWSGlueException",
    "Glue.InternalServiceException",
    "Glue.OperationTimeoutException",
    "Glue.ResourceNumberLimitExceededException",
    "SNS.InternalErrorException",
    "SNS.ThrottledException",
    "SNS.KMSThrottlingException",
}

State = dict[str, Any]


@pytest.fixture(scope="module")
def machine(shipped: Template) -> State:
    loaded: State = json.loads(
        plain(only(shipped, "AWS::StepFunctions::StateMachine")["DefinitionString"])
    )
    return loaded


@pytest.fixture(scope="module")
def states(machine: State) -> dict[str, State]:
    found: dict[str, State] = machine["States"]
    return found


def next_states(state: State) -> Iterator[str]:
    for part in (state, *state.get("Choices", []), *state.get("Catch", [])):
        yield from (part[key] for key in ("Next", "Default") if key in part)


def tasks(states: dict[str, State]) -> dict[str, State]:
    return {name: state for name, state in states.items() if state["Type"] == "Task"}


def evaluate(value: Any, context: dict[str, Any], variables: dict[str, Any]) -> Any:
    """A value of the definition, its `{% ... %}` expressions evaluated."""
    if isinstance(value, dict):
        return {key: evaluate(item, context, variables) for key, item in value.items()}
    if not isinstance(value, str) or not value.startswith("{%"):
        return value
    expression = jsonata.Jsonata(value.removeprefix("{%").removesuffix("%}"))
    frame = expression.create_frame()
    for name, bound in {"states": context, **variables}.items():
        frame.bind(name, bound)
    result = expression.evaluate(None, frame)
    assert result is not None, f"Step Functions fails when nothing comes of {value}"
    return result


def go_on(states: dict[str, State], name: str, given: Any, variables: State) -> tuple[str, State]:
    """(next Task or end, variables there), from a state on and its input."""
    while (state := states[name])["Type"] in ("Pass", "Choice"):
        context = {"input": given}
        taken = state
        for rule in state.get("Choices", []):
            is_met = evaluate(rule["Condition"], context, variables)
            assert isinstance(is_met, bool), rule
            if is_met:
                taken = rule
                break
        given, variables = (
            evaluate(taken.get("Output", given), context, variables),
            variables | evaluate(taken.get("Assign", {}), context, variables),
        )
        name = taken.get("Next") or state["Default"]
    return name, variables


def resolve(states: dict[str, State], given: dict[str, Any]) -> tuple[str, State]:
    """(first Task, variables there) of an execution's input."""
    return go_on(states, "ReadInput", given, {})


def fail_in(
    states: dict[str, State], state: str, output: dict[str, Any], variables: State
) -> tuple[str, State]:
    """(next Task or end, variables there) after a job failed with an error output."""
    (catch,) = states[state]["Catch"]
    assigned = evaluate(catch["Assign"], {"errorOutput": output}, variables)
    return go_on(states, catch["Next"], output, variables | assigned)


def test_every_state_is_reached_and_every_target_exists(machine: State) -> None:
    reached, waiting = set(), [machine["StartAt"]]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(next_states(machine["States"][name]))
    assert reached == set(machine["States"])


def test_the_night_reads_as_a_sentence(states: dict[str, State]) -> None:
    order = ["CollectSecurityGroups"]
    while order[-1] != "Done":
        state = states[order[-1]]
        is_report_day = order[-1] == "IsReportDue"
        order.append("EmailUsageReport" if is_report_day else state.get("Next") or state["Default"])
    assert order == [
        "CollectSecurityGroups",
        "QueryFlowLogs",
        "ComputeRuleUsage",
        "IsReportDue",
        "EmailUsageReport",
        "DidEveryDaySucceed",
        "Done",
    ]


@pytest.mark.parametrize(("state", "job"), JOB_STATES.items())
def test_each_job_state_waits_for_its_job(
    states: dict[str, State], shipped: Template, state: str, job: str
) -> None:
    assert states[state]["Resource"] == "arn:aws:states:::glue:startJobRun.sync"
    assert states[state]["Arguments"]["JobName"] == job
    assert job in [
        properties["Name"] for properties in resources(shipped, "AWS::Glue::Job").values()
    ]


def test_a_failure_is_told_and_ends_in_fail(states: dict[str, State]) -> None:
    for name in JOB_STATES:
        (caught,) = states[name]["Catch"]
        assert caught["ErrorEquals"] == ["States.ALL"]
        following, variables = fail_in(states, name, {"Error": "States.Timeout"}, {"failure": {}})
        assert (following, variables["failure"]["state"]) == ("NotifyFailure", name)
    assert set(next_states(states["NotifyFailure"])) == {"Failed"}
    assert states["Failed"]["Type"] == "Fail"


def test_only_done_succeeds(states: dict[str, State]) -> None:
    ends = {name: s["Type"] for name, s in states.items() if not list(next_states(s))}
    assert ends == {"Done": "Succeed", "Failed": "Fail"}


def test_retries_name_errors_that_pass_and_nothing_else(states: dict[str, State]) -> None:
    for name, task in tasks(states).items():
        retried = {error for retry in task["Retry"] for error in retry["ErrorEquals"]}
        assert retried, name
        assert retried <= PASSING_ERRORS, name


def test_the_job_gives_up_before_its_state_and_all_states_before_the_machine(
    machine: State, shipped: Template
) -> None:
    minutes = {job["Name"]: job["Timeout"] for job in resources(shipped, "AWS::Glue::Job").values()}
    for state, job in JOB_STATES.items():
        assert minutes[job] * 60 < machine["States"][state]["TimeoutSeconds"]
    longest = sum(
        task["TimeoutSeconds"] + sum(map(longest_wait, task["Retry"]))
        for task in tasks(machine["States"]).values()
    )
    assert longest < machine["TimeoutSeconds"]


def test_a_night_waits_for_a_backfill_as_long_as_that_may_take(
    states: dict[str, State], shipped: Template
) -> None:
    jobs = {job["Name"]: job for job in resources(shipped, "AWS::Glue::Job").values()}
    for state, job in JOB_STATES.items():
        assert jobs[job]["ExecutionProperty"] == {"MaxConcurrentRuns": 1}
        (waiting,) = [
            retry
            for retry in states[state]["Retry"]
            if "Glue.ConcurrentRunsExceededException" in retry["ErrorEquals"]
        ]
        assert longest_wait(waiting) > 60 * jobs[job]["Timeout"]


def longest_wait(retry: State) -> float:
    """Seconds between all the attempts of a retrier."""
    first, rate = float(retry["IntervalSeconds"]), float(retry["BackoffRate"])
    most = float(retry.get("MaxDelaySeconds", "inf"))
    return sum(min(first * rate**n, most) for n in range(int(retry["MaxAttempts"])))


def test_every_task_has_a_timeout(states: dict[str, State]) -> None:
    assert all(task["TimeoutSeconds"] > 0 for task in tasks(states).values())


@pytest.mark.parametrize(
    ("given", "from_day", "to_day"),
    [
        ({"time": "2026-11-24T02:00:00Z"}, "2026-11-23", "2026-11-23"),
        ({"time": "2026-11-24T23:59:59Z"}, "2026-11-23", "2026-11-23"),
        ({"time": "2026-11-24T00:00:00.000Z"}, "2026-11-23", "2026-11-23"),
        ({"time": "2026-12-01T02:00:00Z"}, "2026-11-30", "2026-11-30"),
        ({"time": "2027-01-01T02:00:00Z"}, "2026-12-31", "2026-12-31"),
        ({"time": "2026-03-01T02:00:00Z"}, "2026-02-28", "2026-02-28"),
        ({"time": "2028-03-01T02:00:00Z"}, "2028-02-29", "2028-02-29"),
        ({"date": "2026-11-20"}, "2026-11-20", "2026-11-20"),
        ({"date": "2028-02-29"}, "2028-02-29", "2028-02-29"),
        ({"date": "2026-10-31"}, "2026-10-31", "2026-10-31"),
        ({"date": "2026-11-20", "report": True}, "2026-11-20", "2026-11-20"),
        ({"from": "2026-11-01", "to": "2026-11-20"}, "2026-11-01", "2026-11-20"),
        ({"to": "2026-11-20", "from": "2026-11-20"}, "2026-11-20", "2026-11-20"),
    ],
    ids=json.dumps,
)
def test_days_of_an_input(
    states: dict[str, State], given: dict[str, Any], from_day: str, to_day: str
) -> None:
    following, variables = resolve(states, given)
    assert following == "CollectSecurityGroups"
    assert (variables["from_day"], variables["to_day"]) == (from_day, to_day)


@pytest.mark.parametrize(
    ("given", "due", "report_from", "label"),
    [
        ({"time": "2026-11-01T02:00:00Z"}, True, "2026-10-01", "October 2026"),
        ({"time": "2027-01-01T02:00:00Z"}, True, "2026-12-01", "December 2026"),
        ({"time": "2026-03-01T02:00:00Z", "report": True}, True, "2026-02-01", "February 2026"),
        ({"time": "2026-11-02T02:00:00Z"}, False, "2026-11-01", "2026-11-01"),
        ({"time": "2026-11-24T02:00:00Z", "report": True}, True, "2026-11-23", "2026-11-23"),
        ({"date": "2026-11-01"}, False, "2026-11-01", "2026-11-01"),
        ({"date": "2026-11-20", "report": True}, True, "2026-11-20", "2026-11-20"),
        ({"date": "2026-11-20", "report": False}, False, "2026-11-20", "2026-11-20"),
        (
            {"from": "2026-11-01", "to": "2026-11-20", "report": True},
            True,
            "2026-11-01",
            "2026-11-01 to 2026-11-20",
        ),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else None,
)
def test_when_a_report_is_due_and_of_what(
    states: dict[str, State], given: dict[str, Any], due: bool, report_from: str, label: str
) -> None:
    _, variables = resolve(states, given)
    following, _ = go_on(states, "IsReportDue", {}, variables)
    assert following == ("EmailUsageReport" if due else "Done")
    arguments = evaluate(states["EmailUsageReport"]["Arguments"]["Arguments"], {}, variables)
    assert arguments == {
        "--from_day": report_from,
        "--to_day": variables["to_day"],
        "--period_label": label,
    }


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"report": True},
        {"time": "yesterday"},
        {"time": 5},
        {"time": "2026-11-24"},
        {"time": "2026-13-01T02:00:00Z"},
        {"time": "2026-02-30T02:00:00Z"},
        {"time": "2026-11-24T24:00:00Z"},
        {"date": "20.11.2026"},
        {"date": "2026-02-30"},
        {"date": "2026-13-01"},
        {"date": "2026-00-10"},
        {"date": "2026-04-31"},
        {"date": " 2026-11-20"},
        {"from": "2026-02-30", "to": "2026-11-01"},
        {"from": "2026-11-01", "to": "2026-11-31"},
        {"date": 20261120},
        {"from": "2026-11-20"},
        {"to": "2026-11-20"},
        {"from": "2026-11-20", "to": "2026-11-01"},
        {"date": "2026-11-20", "time": "2026-11-24T02:00:00Z"},
        {"date": "2026-11-20", "reprot": True},
        {"date": ["2026-11-20"]},
        {"date": ["2026-11-20", "2026-11-21"]},
        {"date": {"from": "2026-11-20"}},
        {"date": "2026-11-20T02:00Z"},
        {"date": "2026-11-20", "report": "yes please", "to": "2026-11-20"},
        {"time": "2026-11-24T02:00:00+05:00"},
        {"from": "2026-11-20T02:00Z", "to": "2026-11-21"},
    ],
    ids=json.dumps,
)
def test_an_input_that_is_not_understood(states: dict[str, State], given: dict[str, Any]) -> None:
    following, variables = resolve(states, given)
    assert following == "NotifyFailure"
    assert variables["failure"]["error"] == "SgAnalysis.InputNotUnderstood"
    assert json.dumps(given, separators=(",", ":")) in variables["failure"]["reason"]
    context = {"context": {"Execution": {"Id": "arn:aws:states:::execution:night"}}}
    told = evaluate(states["NotifyFailure"]["Arguments"], context, variables)
    assert "The analysis of (no day) failed in ResolveDays." in told["Message"]
    assert evaluate(states["Failed"], context, variables)["Cause"].startswith("ResolveDays failed")


def test_jobs_get_the_days_and_the_time_of_the_snapshot(states: dict[str, State]) -> None:
    _, variables = resolve(states, {"from": "2026-11-01", "to": "2026-11-20"})
    context = {"context": {"Execution": {"StartTime": "2026-11-24T02:00:01.234Z"}}}
    days = {"--from_day": "2026-11-01", "--to_day": "2026-11-20"}
    told = {
        name: evaluate(states[name]["Arguments"]["Arguments"], context, variables)
        for name in ("CollectSecurityGroups", "QueryFlowLogs", "ComputeRuleUsage")
    }
    assert told == {
        "CollectSecurityGroups": {**days, "--snapshot_time": "2026-11-24T02:00:01.234Z"},
        "QueryFlowLogs": days,
        "ComputeRuleUsage": days,
    }


GLUE_CAUSE = json.dumps(
    {
        "AllocatedCapacity": 2,
        "ErrorMessage": 'QueryFailedError: query q-1 failed: COLUMN "x" not found',
        "JobName": "sg-analysis-query-flow-logs",
        "JobRunState": "FAILED",
    },
    separators=(",", ":"),
)


@pytest.mark.parametrize(
    ("given", "days"),
    [
        ({"date": "2026-11-20"}, "2026-11-20"),
        ({"from": "2026-11-01", "to": "2026-11-20"}, "2026-11-01 to 2026-11-20"),
    ],
)
@pytest.mark.parametrize(
    ("error", "cause", "reason"),
    [
        ("States.TaskFailed", GLUE_CAUSE, "QueryFailedError: query q-1 failed: COLUMN"),
        ("States.Timeout", None, "no cause was given"),
        ("Glue.EntityNotFoundException", "no such job", "no such job"),
    ],
)
def test_a_failure_names_days_state_and_reason(
    states: dict[str, State],
    given: dict[str, Any],
    days: str,
    error: str,
    cause: str | None,
    reason: str,
) -> None:
    _, variables = resolve(states, given)
    output = {"Error": error, **({} if cause is None else {"Cause": cause})}
    following, variables = fail_in(states, "QueryFlowLogs", output, variables)
    assert following == "NotifyFailure"
    context = {"context": {"Execution": {"Id": "arn:aws:states:::execution:night"}}}
    told = evaluate(states["NotifyFailure"]["Arguments"], context, variables)
    assert told["Subject"] == "Security group analysis failed in QueryFlowLogs"
    assert f"The analysis of {days} failed in QueryFlowLogs." in told["Message"]
    assert f"Reason: {reason}" in told["Message"]
    assert error in told["Message"]
    assert "arn:aws:states:::execution:night" in told["Message"]
    ended = evaluate(states["Failed"], context, variables)
    assert ended["Error"] == error
    assert ended["Cause"].startswith(f"QueryFlowLogs failed for {days}: {reason}")


def glue_cause(message: str) -> str:
    return json.dumps({"ErrorMessage": message, "JobName": "job"})


def failed(message: str) -> dict[str, str]:
    """What Step Functions says of a job that failed with a message."""
    return {"Error": "States.TaskFailed", "Cause": glue_cause(message)}


SOME = "SomeDaysFailedError: 1 of 20 days failed, the others are done: 2026-11-03 FormatError: no"
OTHERS_GO_ON = [
    ("QueryFlowLogs", SOME, "ComputeRuleUsage"),
    ("QueryFlowLogs", "AllDaysFailedError: 20 of 20", "NotifyFailure"),
    ("QueryFlowLogs", "QueryFailedError: no", "NotifyFailure"),
    ("ComputeRuleUsage", SOME, "EmailUsageReport"),
    ("ComputeRuleUsage", "MissingInputError: no", "NotifyFailure"),
]


@pytest.mark.parametrize(("state", "message", "following"), OTHERS_GO_ON)
def test_other_days_go_on(
    states: dict[str, State], state: str, message: str, following: str
) -> None:
    _, variables = resolve(states, {"from": "2026-11-01", "to": "2026-11-20", "report": True})
    assert fail_in(states, state, failed(message), variables)[0] == following


def test_a_day_that_failed_ends_in_failure_after_all_the_others(states: dict[str, State]) -> None:
    _, variables = resolve(states, {"from": "2026-11-01", "to": "2026-11-20"})
    assert go_on(states, "IsReportDue", {}, variables)[0] == "Done"
    _, once = fail_in(states, "QueryFlowLogs", failed(SOME), variables)
    assert go_on(states, "IsReportDue", {}, once)[0] == "NotifyFailure"
    following, twice = fail_in(states, "ComputeRuleUsage", failed(SOME.replace("03", "04")), once)
    assert following == "NotifyFailure"
    context = {"context": {"Execution": {"Id": "arn:aws:states:::execution:backfill"}}}
    told = evaluate(states["NotifyFailure"]["Arguments"], context, twice)
    assert told["Subject"] == "Security group analysis failed in ComputeRuleUsage for some days"
    assert "2026-11-03 FormatError: no" in told["Message"]
    assert "2026-11-04 FormatError: no" in told["Message"]
    assert "the others are done" in told["Message"]


def test_a_mail_that_fails_after_some_days_failed_tells_both(states: dict[str, State]) -> None:
    _, variables = resolve(states, {"date": "2026-11-20", "report": True})
    following, variables = fail_in(states, "QueryFlowLogs", failed(SOME), variables)
    assert following == "ComputeRuleUsage"
    following, variables = fail_in(states, "EmailUsageReport", failed("Refused: no"), variables)
    assert following == "NotifyFailure"
    assert variables["failure"]["state"] == "EmailUsageReport"
    assert variables["failure"]["reason"] == f"{SOME}\nThen: Refused: no"


def test_all_jobs_have_the_same_retries_and_each_says_why(states: dict[str, State]) -> None:
    assert len({json.dumps(states[name]["Retry"]) for name in JOB_STATES}) == 1
    assert all(retry["Comment"] for task in tasks(states).values() for retry in task["Retry"])


def test_the_machine_logs_everything_and_is_traced(shipped: Template) -> None:
    properties = only(shipped, "AWS::StepFunctions::StateMachine")
    assert properties["LoggingConfiguration"]["Level"] == "ALL"
    assert properties["LoggingConfiguration"]["IncludeExecutionData"] is True
    assert properties["TracingConfiguration"] == {"Enabled": True}
