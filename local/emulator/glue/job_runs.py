"""Patch of moto: a Glue job run runs its script.

The script is taken from its ScriptLocation and started in a process of its own, with the arguments
Glue would give it, the extra Python files on its path and the credentials of the job's own role.
"""

import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.glue import models
from moto.glue.exceptions import JobRunNotFoundException
from moto.glue.responses import GlueResponse

from local.emulator.glue.process import JobProcess
from local.emulator.moto_patch import replace

Launch = Callable[[str, str, dict[str, Any], dict[str, str]], JobProcess]
"""(job name, run id, the job as AWS describes it, arguments) -> the started process."""

_FakeJobRun = models.FakeJobRun


class ScriptRun(_FakeJobRun):
    """A run that is a process. Its state is read from the process, not stepped through by calls."""

    launch: Launch

    def __init__(self, job_name: str, **kwargs: Any) -> None:
        super().__init__(job_name=job_name, **kwargs)
        self.state = "STARTING"
        self.error: str | None = None
        self.process: JobProcess | None = None
        self.ended_on: datetime | None = None

    @property
    def status(self) -> str:
        return self.state

    @status.setter
    def status(self, _value: str) -> None:
        """moto's state model sets a first state; the process decides instead."""

    def advance(self) -> None:
        """Nothing: time passes by itself."""

    def start(self, job: Any) -> None:
        """Starts the process and a thread that waits for its end."""
        threading.Thread(target=self._run, args=(job,), daemon=True, name=self.job_run_id).start()

    def stop(self) -> None:
        """Ends the process; the run is STOPPED."""
        if self.state in ("STARTING", "RUNNING"):
            self.state = "STOPPING"
            if self.process:
                self.process.kill()

    def _run(self, job: Any) -> None:
        try:
            self.process = type(self).launch(
                self.job_name, self.job_run_id, job.as_dict(), dict(self.arguments or {})
            )
            if self.state == "STOPPING":
                self.process.kill()
            else:
                self.state = "RUNNING"
            self._finish(self.process.wait(60.0 * self.timeout if self.timeout else None))
        except subprocess.TimeoutExpired:
            if self.process:
                self.process.kill()
            self._end("TIMEOUT", "Job run timed out")
        except Exception as error:
            self._end("FAILED", f"{type(error).__name__}: {error}")

    def _finish(self, code: int) -> None:
        if self.state == "STOPPING":
            self._end("STOPPED", None)
        elif code == 0:
            self._end("SUCCEEDED", None)
        else:
            error = self.process.last_line() if self.process and code > 0 else ""
            self._end("FAILED", error or f"Command failed with exit code {abs(code)}")

    def _end(self, state: str, error: str | None) -> None:
        self.error = error
        self.ended_on = self.modified_on = datetime.now(UTC)
        self.state = state

    def as_dict(self) -> dict[str, Any]:
        end = self.ended_on or datetime.now(UTC)
        started = self.started_on.replace(tzinfo=UTC)
        described = {
            **super().as_dict(),
            "JobRunState": self.state,
            "ExecutionTime": int((end - started).total_seconds()),
            "CompletedOn": self.ended_on,
            "LogGroupName": "/aws-glue/jobs",
            "GlueVersion": "5.1",
            "ErrorMessage": self.error,
        }
        return {key: value for key, value in described.items() if value is not None}


def _start_job_run(self: Any, **kwargs: Any) -> str:
    """moto's own check of MaxConcurrentRuns first, then the process."""
    run_id = str(_moto_start(self, **kwargs))
    run = next(run for run in self.job_runs if run.job_run_id == run_id)
    run.start(self)
    return run_id


def _batch_stop_job_run(self: Any) -> ActionResult:
    """moto lacks BatchStopJobRun."""
    job = self.glue_backend.get_job(self._get_param("JobName"))
    stopped, errors = [], []
    for run_id in self._get_param("JobRunIds"):
        try:
            job.get_job_run(run_id).stop()
            stopped.append({"JobName": job.name, "JobRunId": run_id})
        except JobRunNotFoundException as error:
            detail = {"ErrorCode": "EntityNotFoundException", "ErrorMessage": error.message}
            errors.append({"JobName": job.name, "JobRunId": run_id, "ErrorDetail": detail})
    return ActionResult({"SuccessfulSubmissions": stopped, "Errors": errors})


_moto_start = models.FakeJob.start_job_run


def install(launch: Launch) -> None:
    """Makes every job run a process that `launch` starts."""
    ScriptRun.launch = staticmethod(launch)
    replace(models, "FakeJobRun", ScriptRun)
    replace(models.FakeJob, "start_job_run", _start_job_run)
    replace(GlueResponse, "batch_stop_job_run", _batch_stop_job_run)


def stop_all(account: str) -> None:
    """Ends every process that is still running."""
    for backend in list(models.glue_backends[account].values()):
        for job in backend.jobs.values():
            for run in job.job_runs:
                if isinstance(run, ScriptRun):
                    run.stop()
