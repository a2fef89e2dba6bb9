"""Every AWS call of the jobs, held against the limits of the service models."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.emulator.glue.launcher import Launcher
from tests.local.in_job import sitecustomize


@contextmanager
def recorded_calls(file: Path) -> Iterator[None]:
    """Meanwhile each run of a job adds its calls to the file; `calls` reads them."""
    own = Launcher._environment

    def environment(self: Launcher, *arguments: Any) -> dict[str, str]:
        made = own(self, *arguments)
        folder = Path(sitecustomize.__file__).parent
        path = f"{folder}:{made['PYTHONPATH']}"
        return made | {"PYTHONPATH": path, sitecustomize.CALLS_FILE: str(file)}

    file.touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Launcher, "_environment", environment)
        yield


def calls(file: Path) -> list[dict[str, Any]]:
    """service, operation, and violations: texts, empty where all limits are kept."""
    return [json.loads(line) for line in file.read_text().splitlines()]
