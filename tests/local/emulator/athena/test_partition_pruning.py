"""Only the partitions that a query asks for are read."""

import gzip
from datetime import UTC, datetime, timedelta

from tests.local.emulator.athena.warehouse import Warehouse, dated_table, projected_table


def test_only_the_partitions_asked_for_are_scanned(warehouse: Warehouse) -> None:
    projected_table(warehouse)
    size = len(gzip.compress(b"c.gz\n"))
    found = warehouse.run("SELECT a FROM f WHERE day = ? AND region = ?", "'01'", "'eu-west-1'")
    assert found["Statistics"]["DataScannedInBytes"] == size


def test_days_that_a_bound_from_today_leaves_out_are_not_scanned(warehouse: Warehouse) -> None:
    dated_table(warehouse, "2020-01-01,NOW")
    yesterday = str(datetime.now(UTC).date() - timedelta(days=1))
    for day in ("2020-01-01", yesterday):
        warehouse.put_lines(f"d/day={day}/x.gz", day)
    bound = "CAST(CAST(current_date - interval '7' day AS date) AS varchar)"
    found = warehouse.run(f"SELECT a FROM d WHERE d.day >= {bound}")
    assert found["Statistics"]["DataScannedInBytes"] == len(
        gzip.compress(f"{yesterday}\n".encode())
    )
