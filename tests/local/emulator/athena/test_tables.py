"""Which files of a table there are: partition projection, and hidden files."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.local.emulator.athena.warehouse import (
    Warehouse,
    dated_table,
    projected_table,
    text_table,
)


def test_files_that_begin_with_underscore_or_dot_are_hidden(warehouse: Warehouse) -> None:
    text_table(warehouse, "a b c", "1 2 3")
    for hidden in ("t/_SUCCESS", "t/.x.gz"):
        warehouse.put_lines(hidden, "a b c", "7 7 7")
    assert warehouse.rows("SELECT count(*) FROM t") == [("1",)]


@pytest.mark.parametrize(
    ("where", "files"),
    [
        ("", ["a.gz", "b.gz", "c.gz"]),
        ("WHERE day = '01'", ["a.gz", "c.gz"]),
        ("WHERE day IN ('02', '03')", ["b.gz"]),
        ("WHERE year = '2026' AND month = '11' AND day = '01' AND region = 'eu-west-1'", ["c.gz"]),
        ("WHERE day = '09'", []),
    ],
    ids=["all", "day", "days", "region", "none"],
)
def test_partition_projection_finds_the_files(
    warehouse: Warehouse, where: str, files: list[str]
) -> None:
    projected_table(warehouse)
    assert warehouse.rows(f"SELECT a FROM f {where} ORDER BY a") == [(name,) for name in files]


TODAY = datetime.now(UTC).date()
AGO = [str(TODAY - timedelta(days=number)) for number in (3, 2, 0)]


@pytest.mark.parametrize(
    ("bounds", "found"),
    [
        ("2026-01-01,NOW", ["2026-01-01", *AGO]),
        ("2026-01-02,2026-01-03", []),
        ("NOW-2DAYS,NOW", AGO[1:]),
        ("NOW-3DAYS,NOW-1DAYS", AGO[:2]),
    ],
)
def test_date_projection_in_hive_folders(
    warehouse: Warehouse, bounds: str, found: list[str]
) -> None:
    dated_table(warehouse, bounds)
    for day in ("2026-01-01", "2025-12-31", "2999-01-01", "latest", *AGO):
        warehouse.put_lines(f"d/day={day}/x.gz", day)
    assert warehouse.rows("SELECT day FROM d ORDER BY day") == [(day,) for day in found]
