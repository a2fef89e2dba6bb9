"""The jobs are told what they ask for: by the stack, and for each run by the state machine."""

import importlib.util
import inspect
import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from infra.jobs import GLUE_VERSION
from tests.infra.stacks import FULL, ROOT, Template, named, only, plain, resources, template

JOBS = {
    "CollectSecurityGroups": "collect_security_groups",
    "QueryFlowLogs": "query_flow_logs",
    "ComputeRuleUsage": "compute_rule_usage",
    "EmailUsageReport": "email_usage_report",
}
# What the state machine passes to each run; test_state_machine.py evaluates the expressions.
OF_A_RUN = {
    "--from_day": "2026-10-01",
    "--to_day": "2026-10-31",
    "--snapshot_time": "2026-11-24T02:00:01.234Z",
    "--period_label": "October 2026",
}
GLUE_OWN = {
    "--job-language",
    "--job-bookmark-option",
    "--additional-python-modules",
    "--python-modules-installer-option",
    "--custom-logGroup-prefix",
    "--extra-py-files",
}


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "jobs" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def constant_arguments(of: Template, noun: str) -> dict[str, str]:
    """What the stack tells the job in every run."""
    name = f"sg-analysis-{noun.replace('_', '-')}"
    told = plain(named(of, "AWS::Glue::Job", "Name", name)["DefaultArguments"])
    return {key: value for key, value in told.items() if key not in GLUE_OWN}


def arguments_of_a_run(of: Template, state: str) -> set[str]:
    definition = json.loads(plain(only(of, "AWS::StepFunctions::StateMachine")["DefinitionString"]))
    return set(definition["States"][state]["Arguments"]["Arguments"])


def argument_reader(module: ModuleType) -> Callable[[list[str]], object]:
    """The one function of a job that reads its arguments."""
    (found,) = [
        function
        for _, function in inspect.getmembers(module, inspect.isfunction)
        if "getResolvedOptions" in function.__code__.co_names
    ]
    return found


@pytest.mark.parametrize(("state", "noun"), JOBS.items())
def test_a_job_understands_all_it_is_told(
    full: Template, state: str, noun: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = script(noun)
    asked: set[str] = set()
    resolve: Callable[[list[str], list[str]], dict[str, Any]] = module.getResolvedOptions

    def listening(argv: list[str], names: list[str]) -> dict[str, Any]:
        asked.update(f"--{name}" for name in names)
        return resolve(argv, names)

    monkeypatch.setattr(module, "getResolvedOptions", listening)
    of_run = arguments_of_a_run(full, state)
    told = constant_arguments(full, noun) | {key: OF_A_RUN[key] for key in of_run}
    argv = [word for pair in told.items() for word in pair]
    argument_reader(module)(["job.py", *argv])
    assert asked == set(told)


def test_jobs_run_where_the_tests_run(either: Template) -> None:
    """Glue 5.1 is Spark 3.5.6 on Python 3.11; AWS documents it, pyproject.toml pins the same."""
    for job in resources(either, "AWS::Glue::Job").values():
        assert job["Command"]["Name"] == "glueetl"
        assert job["GlueVersion"] == GLUE_VERSION == "5.1"
        assert (job["WorkerType"], job["NumberOfWorkers"]) == ("G.1X", 2)
        assert job["MaxRetries"] == 0


def test_only_the_computation_grows() -> None:
    jobs = resources(
        template(**FULL, compute_workers="10", compute_worker_type="G.4X"), "AWS::Glue::Job"
    ).values()
    workers = {job["Name"]: (job["NumberOfWorkers"], job["WorkerType"]) for job in jobs}
    assert workers.pop("sg-analysis-compute-rule-usage") == (10, "G.4X")
    assert set(workers.values()) == {(2, "G.1X")}
