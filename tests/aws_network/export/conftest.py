"""An emulator for each module of tests, an account in it, and a shell."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.emulator.server import Emulator, running_emulator
from tests.aws_network.export.account import Shell, answer, write_account


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running_emulator(tmp_path_factory.mktemp("emulator")) as running:
        yield running


@pytest.fixture
def account(aws: Emulator, tmp_path: Path) -> Path:
    """The folder of the exports with which the emulator answers; the tests may change both."""
    folder = tmp_path / "account"
    write_account(folder)
    answer(folder)
    return folder


@pytest.fixture
def shell(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """AWS is the emulator, and the caller its administrator."""
    return Shell(aws, monkeypatch)
