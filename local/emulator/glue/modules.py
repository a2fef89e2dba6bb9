"""The additional Python modules of a job, installed as Glue installs a zip of wheels."""

import hashlib
import io
import os
import platform
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

SUFFIX = ".gluewheels.zip"
"""Source: "Using Python libraries with AWS Glue", AWS Glue developer guide."""

FOLDER = Path(sys.prefix) / "job-modules"

IS_LIKE_GLUE = (sys.platform, platform.machine()) == ("linux", "x86_64")
"""Elsewhere the wheels cannot be imported, and jobs take the modules of this environment."""


class ModulesError(Exception):
    """Glue could not install the modules; the message has pip's reason."""


def wheel_zips(value: str) -> list[str]:
    """The s3:// addresses in `--additional-python-modules`.

    A module that is named is taken from this environment. Raises ModulesError for another file.
    """
    uris = [part.strip() for part in value.split(",") if part.strip().startswith("s3://")]
    for uri in uris:
        if not uri.endswith(SUFFIX):
            raise ModulesError(f"--additional-python-modules: {uri} does not end in {SUFFIX}")
    return uris


def installed(wheels: bytes, options: str) -> Path:
    """A folder with the modules of a zip, for PYTHONPATH; the same zip is installed once.

    `options` is the value of `--python-modules-installer-option`. Raises ModulesError.
    """
    digest = hashlib.sha256(wheels)
    digest.update(options.encode())
    target = FOLDER / digest.hexdigest()[:16]
    if not target.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
            _install(wheels, options, Path(folder))
            _keep(Path(folder, "modules"), target)
    return target


def _install(wheels: bytes, options: str, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(wheels)) as file:
        file.extractall(folder)
    found = sorted(map(str, folder.rglob("*.whl")))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*command, *options.split(), "--target", str(folder / "modules"), *found],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["pip gave no reason"]
        raise ModulesError(lines[-1])


def _keep(folder: Path, target: Path) -> None:
    """Another run may have been faster."""
    try:
        os.rename(folder, target)
    except OSError:
        if not target.exists():
            raise
