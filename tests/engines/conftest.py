"""Engines that run as long as the tests of this folder, and the table at their end."""

import signal
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engines import downloads, dynalite, trino_server
from tests.engines.dynalite import Dynalite
from tests.engines.results import Results
from tests.engines.trino_server import Trino

_RESULTS = pytest.StashKey[Results]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder need engines."""
    for item in items:
        if "tests/engines/" in item.path.as_posix():
            item.add_marker(pytest.mark.engines)


def pytest_configure(config: pytest.Config) -> None:
    """Before anything is counted."""
    config.stash[_RESULTS] = Results()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The table of the engines, where any was asked."""
    results = config.stash[_RESULTS]
    if results.counts:
        terminalreporter.section("engines")
        for line in [*results.table(), *results.notes]:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def results(request: pytest.FixtureRequest) -> Results:
    """What was asked of each engine.

    A run that is ended by a signal ends its engines too, as one that is interrupted.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    found = request.config.stash[_RESULTS]
    found.notes.append(
        f"engines are kept in {downloads.CACHE}, and fetched when they are not there"
    )
    return found


@pytest.fixture(scope="package")
def trino(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trino]:
    """Trino, without a catalog."""
    with trino_server.running(tmp_path_factory.mktemp("trino")) as running:
        yield running


@pytest.fixture(scope="module")
def dynamodb(tmp_path_factory: pytest.TempPathFactory, results: Results) -> Iterator[Dynalite]:
    """A DynamoDB without tables; its calls are counted."""
    with dynalite.running(tmp_path_factory.mktemp("dynalite")) as running:
        yield running
        results.add(dynalite.NAME, dynalite.VERSION, "calls", running.calls, 0)
