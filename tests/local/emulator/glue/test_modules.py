"""Modules of a job come out of the zip that it names, and from nowhere else."""

import io
import zipfile
from pathlib import Path

import pytest

from local.emulator.glue import modules
from local.emulator.server import Emulator
from tests.local.emulator.glue.jobs import make_job, wait

pytestmark = pytest.mark.skipif(
    not modules.IS_LIKE_GLUE, reason="the wheels are for Linux on x86_64"
)


@pytest.fixture(autouse=True)
def _install_into_a_folder_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules, "FOLDER", tmp_path)


def wheel(name: str, requires: str = "") -> bytes:
    """A pure wheel whose module says `FROM = "zip"`."""
    info, needs = f"{name}-1.0.dist-info", f"Requires-Dist: {requires}\n" if requires else ""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as file:
        file.writestr(f"{name}.py", 'FROM = "zip"')
        file.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needs}"
        )
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", "")
    return body.getvalue()


def run_with(aws: Emulator, script: str, key: str, wheels: dict[str, bytes]) -> tuple[str, str]:
    """State and error of a job's run whose modules are these wheels."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as file:
        for name, content in wheels.items():
            file.writestr(f"wheels/{name}-1.0-py3-none-any.whl", content)
    job = make_job(aws, script)
    aws.client("s3").put_object(Bucket=f"scripts-{job}", Key=key, Body=body.getvalue())
    how = {
        "--additional-python-modules": f"s3://scripts-{job}/{key}",
        "--python-modules-installer-option": "--no-index",
    }
    started = aws.client("glue").start_job_run(JobName=job, Arguments=how)["JobRunId"]
    ended = wait(aws, job, started)
    return ended["JobRunState"], ended.get("ErrorMessage", "")


def test_modules_are_imported_from_the_zip(aws: Emulator) -> None:
    wheels = {
        "first_of_zip": wheel("first_of_zip", "second_of_zip"),
        "second_of_zip": wheel("second_of_zip"),
    }
    script = "import first_of_zip, second_of_zip; assert second_of_zip.FROM == 'zip'"
    assert run_with(aws, script, "m.gluewheels.zip", wheels) == ("SUCCEEDED", "")


def test_a_shipped_version_wins_over_the_one_that_is_there(aws: Emulator) -> None:
    script = "import jmespath; assert jmespath.FROM == 'zip'"
    assert (
        run_with(aws, script, "m.gluewheels.zip", {"jmespath": wheel("jmespath")})[0] == "SUCCEEDED"
    )


@pytest.mark.parametrize(
    ("key", "requires", "message"),
    [
        ("m.gluewheels.zip", "not-in-the-zip", "No matching distribution found for not-in-the-zip"),
        ("m.zip", "", "does not end in .gluewheels.zip"),
    ],
    ids=["a dependency that nobody locked", "a name that Glue does not take"],
)
def test_what_glue_would_not_install_fails_the_run(
    aws: Emulator, key: str, requires: str, message: str
) -> None:
    state, error = run_with(aws, "pass", key, {"lonely_of_zip": wheel("lonely_of_zip", requires)})
    assert state == "FAILED"
    assert message in error
