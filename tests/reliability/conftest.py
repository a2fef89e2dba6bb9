"""An account with the stack deployed, empty at the beginning of each test."""

from collections.abc import Iterator

import pytest

from tests.reliability.account import Account, deployed


@pytest.fixture(scope="module")
def deployed_account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with deployed(tmp_path_factory.mktemp("reliability")) as account:
        yield account


@pytest.fixture
def account(deployed_account: Account) -> Iterator[Account]:
    empty = deployed_account.save()
    yield deployed_account
    deployed_account.restore(empty)
