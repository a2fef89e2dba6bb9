"""One emulator for all tests of this folder; each test makes its own buckets and tables."""

from collections.abc import Iterator

import pytest

from local import emulator
from local.emulator import Emulator


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A running emulator with all repairs, and an empty account."""
    with emulator.running(tmp_path_factory.mktemp("emulator")) as running:
        yield running
