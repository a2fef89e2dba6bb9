"""`python -m aws_network.export`: what cannot be done is one line and a code."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from moto.ec2.responses import EC2Response

from aws_network.export.__main__ import main
from tests.aws_network.export.account import Shell

ACCOUNT = "111122223333"


@pytest.fixture(autouse=True)
def in_the_emulator(shell: Shell) -> None:
    """AWS is the emulator."""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--profile", "nobody"], "The config profile (nobody) could not be found; give --profile"),
        (["--region", "eu-wset-1"], "--region eu-wset-1: botocore knows no such region"),
        (["--region", "eu-west-1", "--all-regions"], "--all-regions: give either this or --region"),
        (["--role-name", "r"], "give --role-name, and with it --accounts or --organization"),
        (["--accounts", ACCOUNT], "give --role-name, and with it --accounts or --organization"),
        (["--organization"], "give --role-name, and with it --accounts or --organization"),
        (["--external-id", "x"], "--external-id: give it with --role-name"),
    ],
)
def test_options_that_cannot_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: list[str], said: str
) -> None:
    assert main(["--out", str(tmp_path / "out"), *given]) == 2
    [error] = capsys.readouterr().err.splitlines()
    assert error.startswith(f"error: {said}")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--accounts", "1234"], "argument --accounts: '1234' is no account; write 12 digits"),
        (["--parallel", "0"], "argument --parallel: '0' is no number of 1 or more"),
        (
            ["--role-name", "r", "--accounts", ACCOUNT, "--organization"],
            "argument --organization: not allowed with argument --accounts",
        ),
    ],
)
def test_options_that_cannot_be_read(
    capsys: pytest.CaptureFixture[str], given: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(given)
    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1].endswith(f"error: {said}")


def test_no_region(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    assert main(["--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        "error: no region: give --region or --all-regions, or set AWS_REGION\n"
    )


def test_no_credentials(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert main(["--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        "error: no valid credentials: Unable to locate credentials; sign in, or give a --profile\n"
    )


def test_a_folder_that_cannot_be_written_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").touch()
    assert main(["--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        f"error: --out {tmp_path / 'out'}: cannot be written to (File exists)\n"
    )


def test_aws_that_cannot_be_reached_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert main(["--out", str(tmp_path / "out")]) == 1
    [error] = capsys.readouterr().err.splitlines()
    assert error.startswith("error: Could not connect to the endpoint URL")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Is set when EC2 is asked for the groups, which it does not answer before the test is over."""
    is_asked, is_over = Event(), Event()

    def wait(_: Any) -> None:
        is_asked.set()
        is_over.wait()

    monkeypatch.setattr(EC2Response, "describe_security_groups", wait)
    yield is_asked
    is_over.set()


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_while_aws_does_not_answer_it_ends_at_once_and_leaves_nothing(
    asked: Event, tmp_path: Path, signal_number: signal.Signals
) -> None:
    command = [sys.executable, "-m", "aws_network.export", "--out", str(tmp_path / "out")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    assert asked.wait(timeout=60)
    process.send_signal(signal_number)
    assert process.communicate(timeout=30)[1] == b"error: interrupted\n"
    assert process.returncode == 130
    assert not (tmp_path / "out").exists()
