"""`python -m local`: exit codes, one line per error, results replaced whole or not at all."""

import contextlib
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from local import __main__ as command_line
from local import deploy, execution, run
from local.account.cli_exports import InputError
from local.demo.account import write_demo
from local.run import write_results

RUN = ["run", "--inventory", "i", "--flow-logs", "f", "--from", "2026-11-01", "--to", "2026-11-02"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("i: no such folder"), 2),
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


@pytest.mark.stack
@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_leaves_no_process_and_earlier_results(
    tmp_path: Path, signal_number: signal.Signals
) -> None:
    write_demo(tmp_path / "demo", date(2026, 11, 1), 1, "default")
    out = tmp_path / "out"
    out.mkdir()
    (out / "rule_usage.csv").write_text("earlier")
    given: list[str | Path] = ["run", "--inventory", tmp_path / "demo/inventory", "--out", out]
    given += ["--flow-logs", tmp_path / "demo/flow-logs", "--work", tmp_path / "work"]
    given += ["--from", "2026-11-01", "--to", "2026-11-01"]
    process = subprocess.Popen([sys.executable, "-m", "local", *given], stderr=subprocess.PIPE)
    wait_for(tmp_path / "work/cdk.out")
    assert processes_of(tmp_path / "work/cdk.out")
    process.send_signal(signal_number)
    assert process.communicate(timeout=30)[1] == b"error: interrupted\n"
    assert process.returncode == 130
    assert processes_of(tmp_path / "work/cdk.out") == []
    assert [(path.name, path.read_text()) for path in out.iterdir()] == [
        ("rule_usage.csv", "earlier")
    ]


def wait_for(path: Path) -> None:
    """Waits until a file or folder is there."""
    for _ in range(1200):
        if path.exists():
            return
        time.sleep(0.05)
    raise AssertionError(f"{path} does not appear")


def processes_of(path: Path) -> list[str]:
    """The command lines of all processes that name a path."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(file.read_text().replace("\0", " "))
    return [line for line in found if str(path) in line]
