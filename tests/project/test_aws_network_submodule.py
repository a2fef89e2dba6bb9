"""The folder aws_network: in the tree for a plain clone, a submodule for those who want one."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def git(folder: Path, *arguments: str) -> str:
    """Runs git as a person without any configuration; returns what it printed."""
    settings = ("protocol.file.allow=always", "user.name=A", "user.email=a@example.com")
    options = [word for setting in settings for word in ("-c", setting)]
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_ALLOW_PROTOCOL": "file"}
    done = subprocess.run(
        ["git", *options, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A fresh clone, with its whole history."""
    git(tmp_path, "clone", "--quiet", "--bare", str(ROOT), "main.git")
    git(tmp_path, "clone", "--quiet", str(tmp_path / "main.git"), "main")
    return tmp_path / "main"


def test_submodule_init_and_update_run_clean_in_a_fresh_clone(clone: Path) -> None:
    git(clone, "submodule", "init")
    git(clone, "submodule", "update")
    assert git(clone, "status", "--porcelain") == ""
    assert (clone / "aws_network" / "network" / "rules.py").is_file()


def test_gitmodules_declares_the_folder_beside_the_repository(clone: Path) -> None:
    read = ("config", "--file", ".gitmodules", "--get")
    assert git(clone, *read, "submodule.aws_network.path") == "aws_network\n"
    assert git(clone, *read, "submodule.aws_network.url") == "../aws_network.git\n"


def test_the_documented_command_makes_a_submodule_in_which_branches_can_be_checked_out(
    clone: Path, tmp_path: Path
) -> None:
    before = {path.name for path in (clone / "aws_network").iterdir()}
    own_repository = tmp_path / "aws_network.git"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(own_repository))
    environment = {
        **os.environ,
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "protocol.file.allow",
        "GIT_CONFIG_VALUE_0": "always",
    }
    subprocess.run(
        ["tools/split_aws_network.sh", "../aws_network.git"],
        cwd=clone,
        env={**environment, "GIT_CONFIG_GLOBAL": os.devnull},
        check=True,
    )
    git(clone, "commit", "--quiet", "-m", "Bind aws_network as a submodule")
    git(clone, "push", "--quiet", "origin", "HEAD")
    assert git(clone, "ls-files", "--stage", "aws_network").startswith("160000 ")

    second = tmp_path / "second"
    git(tmp_path, "clone", "--quiet", str(tmp_path / "main.git"), str(second))
    git(second, "submodule", "init")
    git(second, "submodule", "update")
    git(second / "aws_network", "checkout", "--quiet", "-b", "try-something")
    assert {path.name for path in (second / "aws_network").iterdir()} - {".git"} == before
    assert "Attribute flows" in git(second / "aws_network", "log", "--format=%s")
