"""One emulator for each module of tests: a process holds one at a time, for moto's state is its.

Each test makes its own buckets and tables.
"""

from collections.abc import Iterator

import pytest

from local.emulator.server import Emulator, running_emulator


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A running emulator with all patches, and an empty account."""
    with running_emulator(tmp_path_factory.mktemp("emulator")) as running:
        yield running
