"""The checks are one list: `make check`, and the hooks that run before a commit."""

import re
import subprocess
from pathlib import Path

import pytest
from pre_commit.clientlib import load_config

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()


def checks() -> list[str]:
    """The targets that `make check` makes, in their order."""
    found = re.search(r"^check: (.+)$", MAKEFILE, re.MULTILINE)
    assert found
    return found[1].split()


def test_hooks_run_what_make_check_runs() -> None:
    config = load_config(ROOT / ".pre-commit-config.yaml")  # refuses a file that is not valid
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]
    assert [hook["entry"] for hook in hooks] == [f"make {target}" for target in checks()]
    for hook in hooks:
        assert (hook["pass_filenames"], hook["always_run"]) == (False, True)


@pytest.mark.parametrize(
    ("target", "command"),
    [
        ("format-check", ".venv/bin/ruff format --check ."),
        ("lint", ".venv/bin/ruff check ."),
        ("types", ".venv/bin/mypy ."),
        ("layers", ".venv/bin/lint-imports --no-logo"),
        ("synth", ".venv/bin/cdk synth --quiet"),
    ],
)
def test_a_check_is_a_command_of_the_projects_own_environment(target: str, command: str) -> None:
    assert target in checks()
    installed = [
        word for file in ("installed", "installed-dev") for word in ("-o", f".venv/{file}")
    ]
    done = subprocess.run(
        ["make", "--dry-run", *installed, target],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert command in done.stdout.replace("\\\n\t\t", "")
