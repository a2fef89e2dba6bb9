"""The Python modules of the jobs: the wheels that a lock names, in one zip that Glue installs from.

Glue takes a `.gluewheels.zip` with `--no-index` and then asks no package index. Source: "Using
Python libraries with AWS Glue", Appendix A, AWS Glue developer guide.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

LOCK = Path(__file__).parent.parent / "requirements-jobs.txt"

FOLDER = Path(sys.prefix) / "job-modules"
"""Beside the modules that the tests run with; `make install` fills it."""

FOR_GLUE = (
    *("--only-binary", ":all:", "--python-version", "3.11"),
    *("--platform", "manylinux_2_28_x86_64", "--platform", "manylinux_2_17_x86_64"),
    *("--platform", "manylinux2014_x86_64"),
)
"""Options of pip for what Glue 5.1 runs. Source: Appendix B of the same guide."""


class JobModulesError(Exception):
    """The wheels cannot be fetched; the message holds the reason and what to do."""


def job_modules() -> Path:
    """The zip with the wheels of LOCK, fetched from the package index unless it is there.

    The same lock gives the same bytes. Raises JobModulesError.
    """
    target = FOLDER / f"{lock_digest(LOCK.read_text())}.gluewheels.zip"
    if not target.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
            _download(Path(folder))
            os.replace(_zipped(Path(folder)), target)
    return target


def lock_digest(lock: str) -> str:
    """Twelve hexadecimal digits that stand for the requirements of a lock, without its comments."""
    lines = [line for line in lock.splitlines() if line and not line.startswith("#")]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def _download(folder: Path) -> None:
    """Every wheel of the lock, and only with the hash that it states."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    how = ["--require-hashes", "--no-deps", *FOR_GLUE, "--dest", str(folder)]
    done = subprocess.run(
        [*command, *how, "-r", str(LOCK)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
        reason = (said or ["pip gave no reason"])[-1].removeprefix("ERROR:").strip()
        raise JobModulesError(
            f"{LOCK.name}: the wheels of the jobs cannot be fetched: {reason}. Run `make install` "
            "where the package index can be reached."
        )


def _zipped(folder: Path) -> Path:
    """Dates are left out, so that the bytes depend on the wheels alone; wheels are compressed."""
    path = folder / "wheels.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        for wheel in sorted(folder.glob("*.whl")):
            file.writestr(zipfile.ZipInfo(f"wheels/{wheel.name}"), wheel.read_bytes())
    return path


if __name__ == "__main__":
    try:
        job_modules()
    except JobModulesError as error:
        sys.exit(f"error: {error}")
