"""A bucket, a database and a workgroup for each test of the Athena engine."""

import pytest

from local.emulator.server import Emulator
from tests.local.emulator.athena.warehouse import Warehouse, make_warehouse


@pytest.fixture
def warehouse(aws: Emulator) -> Warehouse:
    return make_warehouse(aws)
