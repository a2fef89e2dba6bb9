"""One emulator for each module of tests: a process holds one at a time, for moto's state is its.

Each test makes its own buckets and tables.
"""

from collections.abc import Iterator

import pytest

from local import emulator
from local.emulator import Emulator


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A running emulator with all repairs, and an empty account."""
    with emulator.running(tmp_path_factory.mktemp("emulator")) as running:
        yield running
