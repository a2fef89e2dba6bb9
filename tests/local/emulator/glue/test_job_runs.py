"""A Glue job run is a process: its arguments, its packages, its rights, its end."""

import io
import zipfile

import pytest
from botocore.exceptions import ClientError

from local.emulator.server import Emulator
from tests.local.emulator.glue.jobs import make_job, run, start, wait


def test_script_gets_its_arguments_and_its_role(aws: Emulator) -> None:
    script = """
import boto3, sys
from awsglue.utils import getResolvedOptions
options = getResolvedOptions(sys.argv, ["JOB_NAME", "fixed", "from_day"])
assert options["fixed"] == "x" and options["from_day"] == "2026-11-01", options
arn = boto3.client("sts").get_caller_identity()["Arn"]
assert ":assumed-role/role" in arn, arn
"""
    job = make_job(aws, script, {"--fixed": "x", "--additional-python-modules": "boto3"})
    ended = run(aws, job, from_day="2026-11-01")
    assert (ended["JobRunState"], ended.get("ErrorMessage")) == ("SUCCEEDED", None)


def test_argument_of_the_run_wins_over_the_default(aws: Emulator) -> None:
    script = "import sys; assert sys.argv[sys.argv.index('--a') + 1] == 'run', sys.argv"
    assert (
        run(aws, make_job(aws, script, {"--a": "default"}), a="run")["JobRunState"] == "SUCCEEDED"
    )


def test_extra_python_files_can_be_imported(aws: Emulator) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("shipped/__init__.py", "ANSWER = 42")
    job = make_job(aws, "import shipped; assert shipped.ANSWER == 42")
    bucket = f"scripts-{job}"
    aws.client("s3").put_object(Bucket=bucket, Key="p.zip", Body=archive.getvalue())
    files = {"--extra-py-files": f"s3://{bucket}/p.zip"}
    started = aws.client("glue").start_job_run(JobName=job, Arguments=files)["JobRunId"]
    assert wait(aws, job, started)["JobRunState"] == "SUCCEEDED"


def test_project_is_not_importable_but_for_what_is_shipped(aws: Emulator) -> None:
    assert "No module named" in run(aws, make_job(aws, "import aws_network"))["ErrorMessage"]


@pytest.mark.parametrize(
    ("script", "state", "message"),
    [
        ("raise ValueError('day 32')", "FAILED", "ValueError: day 32"),
        ("import sys; print('bye'); sys.exit(3)", "FAILED", "bye"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "FAILED", "exit code 9"),
        ("import sys; sys.exit(0)", "SUCCEEDED", ""),
    ],
    ids=["exception", "exit code", "killed in the middle", "success"],
)
def test_end_of_the_script_is_the_end_of_the_run(
    aws: Emulator, script: str, state: str, message: str
) -> None:
    ended = run(aws, make_job(aws, script))
    assert ended["JobRunState"] == state
    assert message in ended.get("ErrorMessage", "")


def test_stopped_run_is_over_and_its_process_gone(aws: Emulator) -> None:
    job = make_job(aws, "import time; time.sleep(60)")
    started = start(aws, job)
    wait(aws, job, started, until=("RUNNING",))
    answer = aws.client("glue").batch_stop_job_run(JobName=job, JobRunIds=[started, "jr_none"])
    assert [item["JobRunId"] for item in answer["SuccessfulSubmissions"]] == [started]
    assert [item["JobRunId"] for item in answer["Errors"]] == ["jr_none"]
    assert wait(aws, job, started)["JobRunState"] == "STOPPED"


def test_second_run_of_a_job_waits_for_its_turn(aws: Emulator) -> None:
    job = make_job(aws, "import time; time.sleep(60)", ExecutionProperty={"MaxConcurrentRuns": 1})
    started = start(aws, job)
    with pytest.raises(ClientError, match="ConcurrentRunsExceededException"):
        start(aws, job)
    aws.client("glue").batch_stop_job_run(JobName=job, JobRunIds=[started])


def test_role_must_trust_glue(aws: Emulator) -> None:
    ended = run(aws, make_job(aws, "pass", service="lambda.amazonaws.com"))
    assert "should be given assume role permissions" in ended["ErrorMessage"]


def test_role_must_be_allowed_to_read_the_script(aws: Emulator) -> None:
    assert "s3:GetObject" in run(aws, make_job(aws, "pass", grants=[]))["ErrorMessage"]
