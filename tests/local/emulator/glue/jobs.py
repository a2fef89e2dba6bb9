"""Glue jobs for tests: a script in a bucket, a role, a run."""

import itertools
import time
from typing import Any

from local.emulator.server import Emulator
from tests.local.emulator.roles import Grant, make_role

_NUMBERS = itertools.count()

READ_ALL: list[Grant] = [(["s3:GetObject"], ["arn:aws:s3:::scripts*"])]


def make_job(
    aws: Emulator,
    script: str,
    arguments: dict[str, str] | None = None,
    grants: list[Grant] | None = None,
    service: str = "glue.amazonaws.com",
    **settings: Any,
) -> str:
    """The name of a new job that runs the script."""
    name = f"job{next(_NUMBERS)}"
    bucket = f"scripts-{name}"
    aws.client("s3").create_bucket(Bucket=bucket)
    aws.client("s3").put_object(Bucket=bucket, Key="script.py", Body=script.encode())
    aws.client("glue").create_job(
        Name=name,
        Role=make_role(aws, READ_ALL if grants is None else grants, service=service),
        Command={"Name": "glueetl", "ScriptLocation": f"s3://{bucket}/script.py"},
        DefaultArguments=arguments or {},
        **settings,
    )
    return name


def start(aws: Emulator, job: str, **arguments: str) -> str:
    """Starts a run: its id."""
    given = {f"--{key}": value for key, value in arguments.items()}
    return str(aws.client("glue").start_job_run(JobName=job, Arguments=given)["JobRunId"])


def wait(aws: Emulator, job: str, run: str, *, until: tuple[str, ...] = ()) -> dict[str, Any]:
    """The run when it has ended, or is in one of the states."""
    over = until or ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT")
    for _ in range(600):
        found = aws.client("glue").get_job_run(JobName=job, RunId=run)["JobRun"]
        if found["JobRunState"] in over:
            return dict(found)
        time.sleep(0.05)
    raise AssertionError(f"run {run} is still {found['JobRunState']}")


def run(aws: Emulator, job: str, **arguments: str) -> dict[str, Any]:
    """Runs a job to its end."""
    return wait(aws, job, start(aws, job, **arguments))
