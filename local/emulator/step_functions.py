"""Patch of moto: what its interpreter of the Amazon States Language lacks.

The interpreter is there behind a switch. What it lacks for this stack: `glue:startJobRun.sync` (it
ends in an internal error), JSONata, a name for an unnamed execution, the start time as text, and
tasks that act as the state machine's own role.
"""

import json
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

import jsonata
from moto.core.config import default_user_config
from moto.stepfunctions.parser.asl.component.common.error_name import custom_error_name
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_glue as glue_task,
)
from moto.stepfunctions.parser.asl.jsonata import jsonata as moto_jsonata
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str
from moto.stepfunctions.parser.backend import execution_worker
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from local.emulator.moto_patch import replace

POLL_SECONDS = 0.2

_start_execution = StepFunctionsParserBackend.start_execution


def install(client_as_role: Callable[[str, str, str], Any]) -> None:
    """Switches the interpreter on and patches it.

    `client_as_role(service, region, role_arn)` makes a client of the emulator for a task.
    """
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    replace(moto_jsonata, "_eval_jsonata", evaluate)
    # AWS refuses $ only at the top of an expression; moto refuses it in a filter ([$ != 1]) too.
    moto_jsonata._ILLEGAL_VARIABLE_REFERENCES.clear()
    replace(StepFunctionsParserBackend, "start_execution", start_named_execution)
    replace(execution_worker, "ExecutionData", execution_data)
    # A Fail state may hand on the error it caught; moto takes that for a made-up name.
    replace(custom_error_name, "ILLEGAL_CUSTOM_ERROR_PREFIX", "\0")
    replace(glue_task.StateTaskServiceGlue, "_eval_integration_pattern", await_job_run)
    glue_task._JOB_RUN_STATE_ABNORMAL_TERMINAL_VALUE.add("STOPPED")
    _give_tasks_their_role(client_as_role)


def evaluate(expression: str) -> Any:
    """The value of a JSONata expression, as JSON knows it.

    Raises moto's JSONataException, which fails the state as States.QueryEvaluationError.
    """
    try:
        value = jsonata.Jsonata(expression).evaluate(None)
    except Exception as error:  # jsonata-python also lets Python's own errors out
        raise moto_jsonata.JSONataException("UNKNOWN", str(error)) from error
    return json.loads(to_json_str(value))


def start_named_execution(
    self: Any, state_machine_arn: str, name: str | None = None, *args: Any, **kwargs: Any
) -> Any:
    """AWS gives an execution without a name a random one; moto calls them all "None"."""
    return _start_execution(self, state_machine_arn, name or str(uuid.uuid4()), *args, **kwargs)


def execution_data(**fields: Any) -> Any:
    """`$states.context.Execution`, with the start time as text, in UTC and with milliseconds."""
    start = fields["StartTime"]
    if not isinstance(start, str):
        text = start.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        fields = {**fields, "StartTime": text}
    return dict(fields)


def await_job_run(
    self: Any,
    env: Any,
    resource_runtime_part: Any,
    normalised_parameters: dict[str, Any],
    state_credentials: Any,
) -> None:
    """`.sync`: polls the job run until it ended, and stops it when the task is over before."""
    started = env.stack[-1]
    resolve = self._build_sync_resolver(
        env, resource_runtime_part, normalised_parameters, state_credentials
    )
    result = None
    while result is None and env.is_running():
        result = resolve()
        time.sleep(0 if result else POLL_SECONDS)
    if result is None:
        client = self._get_glue_client(resource_runtime_part, state_credentials)
        client.batch_stop_job_run(JobName=started["JobName"], JobRunIds=[started["JobRunId"]])
    env.stack.append(_with_times_as_text(result))


def _with_times_as_text(job_run: Any) -> Any:
    """AWS hands the run's times on as numbers of milliseconds; a datetime breaks the history."""
    if not isinstance(job_run, dict):
        return job_run
    return {
        key: int(value.timestamp() * 1000) if hasattr(value, "timestamp") else value
        for key, value in job_run.items()
    }


def _give_tasks_their_role(client_as_role: Callable[[str, str, str], Any]) -> None:
    def client_for(region: str, service: str, state_credentials: Any = None) -> Any:
        return client_as_role(service, region, state_credentials.role_arn)

    for name, module in list(sys.modules.items()):
        if name.startswith("moto.stepfunctions") and hasattr(module, "boto_client_for"):
            replace(module, "boto_client_for", client_for)
