"""`python -m local`: exit codes, one line per error, results replaced whole or not at all."""

import subprocess
import sys
from pathlib import Path

import pytest

from local import __main__ as command_line
from local import deploy, execution, exports, run
from local.run import write_results

RUN = ["run", "--inventory", "i", "--flow-logs", "f", "--from", "2026-11-01", "--to", "2026-11-02"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (exports.InputError("i: no such folder"), 2),
        (execution.ExecutionFailedError("ComputeRuleUsage failed"), 1),
        (deploy.DeploymentError("cdk deploy failed"), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_error_is_one_line_and_a_code(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(command_line, "run", fail)
    assert command_line.main(RUN) == code
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1


def test_missing_export_is_bad_input(tmp_path: Path) -> None:
    given = [*RUN, "--out", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "local", *given], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "error: i: no such folder; it is to hold the exports of the AWS CLI\n"


@pytest.mark.parametrize("given", [[], ["run"], [*RUN[:-1], "yesterday"]])
def test_arguments_that_cannot_be_read_are_bad_input(given: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.main(given)
    assert ended.value.code == 2


def test_results_replace_earlier_ones(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    paths = write_results(tmp_path, {"a": b"new", "b": b"too"})
    assert [path.read_bytes() for path in paths] == [b"new", b"too"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_results_that_cannot_be_written_leave_the_earlier_ones(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(FileNotFoundError):
        write_results(tmp_path, {"a": b"new", "no/folder": b"x"})
    assert (tmp_path / "a").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_working_folder_goes_unless_its_logs_are_needed() -> None:
    with run.working_folder(None) as folder:
        pass
    assert not folder.exists()
    with pytest.raises(execution.ExecutionFailedError), run.working_folder(None) as folder:
        raise execution.ExecutionFailedError
    assert folder.is_dir()
    folder.rmdir()
