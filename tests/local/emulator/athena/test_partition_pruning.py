"""Only the partitions that a query asks for are read."""

import gzip

from tests.local.emulator.athena.warehouse import Warehouse, projected_table


def test_only_the_partitions_asked_for_are_scanned(warehouse: Warehouse) -> None:
    projected_table(warehouse)
    size = len(gzip.compress(b"c.gz\n"))
    found = warehouse.run("SELECT a FROM f WHERE day = ? AND region = ?", "'01'", "'eu-west-1'")
    assert found["Statistics"]["DataScannedInBytes"] == size
