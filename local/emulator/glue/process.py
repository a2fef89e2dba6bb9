"""A job's script as a process of this machine."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

GLUE_ONLY = {
    "--extra-py-files",
    "--additional-python-modules",
    "--enable-metrics",
    "--enable-observability-metrics",
    "--enable-continuous-cloudwatch-log",
    "--enable-spark-ui",
    "--spark-event-logs-path",
    "--enable-job-insights",
    "--job-language",
    "--python-modules-installer-option",
}
"""Arguments that Glue consumes itself. Source: "Using job parameters in AWS Glue jobs"."""


@dataclass(frozen=True)
class JobProcess:
    """A started script and the file that holds all it printed."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def wait(self, seconds: float | None) -> int:
        """Its exit code. Raises subprocess.TimeoutExpired."""
        return self.process.wait(seconds)

    def kill(self) -> None:
        """Ends the script and what it started (a JVM)."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)

    def last_line(self) -> str:
        """The last line that is not empty: a Python traceback ends with the error."""
        text = self.log.read_text(errors="replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        errors = [line for line in lines if _is_error(line)]
        return (errors or lines or [""])[-1]


def _is_error(line: str) -> bool:
    name, colon, _ = line.partition(": ")
    last = name.rsplit(".", 1)[-1]
    return bool(colon) and last.isidentifier() and last.endswith(("Error", "Exception", "Exit"))


def script_arguments(job: str, run: str, arguments: Mapping[str, str]) -> list[str]:
    """The command line of the script."""
    given = [
        part for key, value in arguments.items() if key not in GLUE_ONLY for part in (key, value)
    ]
    return ["--JOB_NAME", job, "--JOB_RUN_ID", run, *given]


def start_process(
    folder: Path, script: bytes, argv: list[str], environment: Mapping[str, str]
) -> JobProcess:
    """Starts a script in its folder; its output goes to the file job.log there."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "script.py"
    path.write_bytes(script)
    log = folder / "job.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(path), *argv],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return JobProcess(process, log)
