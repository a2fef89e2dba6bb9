"""Writes requirements-jobs.txt: the wheels of the jobs' modules and of all that these need.

The versions are those of the environment that it runs in, which is that of the tests. It asks the
package index, as pip would for Glue.
"""

import importlib.metadata
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from infra.job_modules import FOR_GLUE, LOCK

MODULES = ("boto3", "pyarrow", "pandas", "Jinja2")
"""What jobs/, aws_network/, plan/ and report/ import, beyond what Glue alone has."""

HEAD = """\
# The modules of the jobs, each as the one wheel that Glue gets: Linux on x86_64, Python 3.11.
# `make lock` writes this file, with the versions that requirements.txt pins for the tests.
"""


def main() -> None:
    """Resolves MODULES within the installed versions, and writes the lock."""
    with tempfile.TemporaryDirectory() as folder:
        pins, report = Path(folder, "pins.txt"), Path(folder, "report.json")
        found = importlib.metadata.distributions()
        pins.write_text("".join(f"{one.metadata['Name']}=={one.version}\n" for one in found))
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        how = ["--dry-run", "--ignore-installed", *FOR_GLUE, "--target", folder]
        given = ["--constraint", str(pins), "--report", str(report)]
        subprocess.run([*command, *how, *given, *MODULES], check=True)
        lines = lock_lines(json.loads(report.read_text())["install"])
    LOCK.write_text(HEAD + "".join(lines))


def lock_lines(installed: Iterable[Mapping[str, Any]]) -> list[str]:
    """One line for each item of pip's installation report, sorted by name."""
    return sorted(
        f"{item['metadata']['name'].lower()}=={item['metadata']['version']}"
        f" --hash=sha256:{item['download_info']['archive_info']['hashes']['sha256']}\n"
        for item in installed
    )


if __name__ == "__main__":
    main()
