"""An empty, emulated AWS account."""

from collections.abc import Iterator

import pytest

from tests.emulated_aws import emulated_aws


@pytest.fixture
def aws() -> Iterator[None]:
    with emulated_aws():
        yield
