"""The commands that check refuse what they do not know, with one line and exit code 2."""

import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RELIABILITY = "'kils' is not one of kills, answers, schedules, soak, year, fuzz"
BENCH = "'sped' is not one of query, compute, pipeline, reference, memory"

Said = tuple[int, str, str]
"""exit code, standard output, standard error"""


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], Said]:
    """Runs `python -m` with these words; in this process, which has imported most of it."""

    def run(command: str) -> Said:
        module, *arguments = command.split()
        monkeypatch.setattr(sys, "argv", [module, *arguments])
        with pytest.raises(SystemExit) as ended:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("tests.reliability kils", RELIABILITY),
        ("tests.reliability kills kils", RELIABILITY),
        ("tests.reliability --fast", "unrecognized arguments: --fast"),
        ("tests.bench sped", BENCH),
        ("tests.bench query --scale 0", "'0' is not a number above 0"),
        ("tests.bench --sc=2", "unrecognized arguments: --sc"),
        ("tests.fuzz long", "'long' is not a number above 0"),
        ("tests.fuzz nan", "'nan' is not a number above 0"),
        ("tests.fuzz 10 20", "unrecognized arguments: 20"),
        ("tests.accuracy many", "'many' is not a whole number above 0"),
        ("tests.accuracy 1.5", "'1.5' is not a whole number above 0"),
        ("tests.findings 0", "'0' is not a whole number above 0"),
        ("tests.report.take_screenshots", "the following arguments are required"),
    ],
)
def test_a_wrong_argument_ends_the_command_with_one_line(
    run: Callable[[str], Said], command: str, said: str
) -> None:
    code, out, errors = run(command)
    assert (code, out) == (2, "")
    (line,) = errors.splitlines()
    assert line.startswith(f"python -m {command.split()[0]}: ")
    assert said in line


@pytest.mark.parametrize(
    ("module", "word"),
    [
        ("tests.reliability", "kills"),
        ("tests.bench", "pipeline"),
        ("tests.fuzz", "seconds"),
        ("tests.accuracy", "networks"),
        ("tests.findings", "networks"),
    ],
)
def test_help_says_what_may_be_given_and_checks_nothing(
    run: Callable[[str], Said], module: str, word: str
) -> None:
    code, out, errors = run(f"{module} --help")
    assert (code, errors) == (0, "")
    assert out.startswith(f"usage: python -m {module}")
    assert word in out


def test_a_misspelt_word_at_a_real_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.reliability", "kils"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    said = f"python -m tests.reliability: argument PART: {RELIABILITY}\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)
