"""`make test` needs git, make and Python alone: Java and node come from requirements.txt."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.deploy import environment
from local.emulator.server import Emulator
from local.emulator.spark.configuration import spark_environment

ROOT = Path(__file__).parents[2]
REFUSED = ROOT / "tests" / "refused_on_path"
OWN = Path(sys.prefix).resolve()


def run(
    command: Path | str, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs a command in an environment that has only what is given."""
    return subprocess.run(
        [command, *arguments], env=environment, capture_output=True, text=True, check=False
    )


def test_make_test_puts_what_refuses_first_on_path() -> None:
    options = ["--dry-run", "-o", ".venv/installed", "-o", ".venv/installed-dev"]
    done = subprocess.run(
        ["make", *options, "test"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert 'tests/refused_on_path:$PATH" .venv/bin/python -m pytest' in done.stdout


@pytest.mark.parametrize("name", ["java", "mvn", "node", "npm", "npx", "aws", "cdk"])
def test_what_is_on_path_refuses(name: str) -> None:
    found = shutil.which(name, path=f"{REFUSED}{os.pathsep}{os.environ['PATH']}")
    assert found == str(REFUSED / name)
    done = run(found, "--version", PATH=os.defpath)
    assert done.returncode == 99
    assert f"{name}: a test started what is on PATH" in done.stderr


def test_java_of_spark_is_our_own(tmp_path: Path) -> None:
    java = Path(spark_environment(tmp_path)["JAVA_HOME"]) / "bin" / "java"
    assert java.resolve().is_relative_to(OWN)
    assert 'version "17.' in run(java, "-version", PATH=str(REFUSED)).stderr


def test_node_and_cdk_of_a_deployment_are_our_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{REFUSED}{os.pathsep}{os.defpath}")
    given = environment(Emulator("http://localhost:1", "us-east-1", tmp_path))
    for name, version in (("node", "v24."), ("cdk", "2.")):
        found = shutil.which(name, path=given["PATH"])
        assert found
        assert Path(found).resolve().is_relative_to(OWN)
        assert run(found, "--version", **given).stdout.startswith(version)
    assert Path(given["JSII_NODE"]).resolve().is_relative_to(OWN)
