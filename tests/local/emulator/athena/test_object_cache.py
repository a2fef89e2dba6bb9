"""Objects as Athena reads them, and damaged ones: a query never goes on with part of one."""

import gzip
import random

import pytest

from tests.local.emulator.athena.warehouse import PARQUET, Warehouse, parquet, text_table

HEADER, LINE = b"a b c\n", b"1 2 3\n"
NOISE = random.Random(1).randbytes(2_000_000).hex().encode()


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (gzip.compress(HEADER + LINE), [("1", "2", "3")]),
        (gzip.compress(HEADER + LINE[:-1]), [("1", "2", "3")]),
        (gzip.compress(HEADER) + gzip.compress(LINE), [("1", "2", "3")]),
        (gzip.compress(HEADER[:3]) + gzip.compress(HEADER[3:] + LINE), [("1", "2", "3")]),
        (gzip.compress(HEADER + b"1 2 3\r\n"), [("1", "2", "3")]),
        (gzip.compress(HEADER + b"1 2 3\r1 2 4\n"), [("1", "2", "3"), ("1", "2", "4")]),
        (gzip.compress(HEADER + b"1 2 \xff\n"), [("1", "2", "\ufffd")]),
        (gzip.compress(HEADER + "1 \u00e9\u6771 3\n".encode()), [("1", "\u00e9\u6771", "3")]),
        (gzip.compress(HEADER + b"1 \x02 3\n"), [("1", "?", "3")]),
        (gzip.compress(HEADER + LINE) + bytes(100), [("1", "2", "3")]),
        (gzip.compress(HEADER + b"x" * 5_000_000 + b"\n" + LINE), [("1", "2", "3")]),
        (gzip.compress(HEADER + NOISE + b"\n" + LINE), [("1", "2", "3")]),
        (gzip.compress(HEADER), []),
        (gzip.compress(b""), []),
    ],
    ids=[
        "one member", "no end of line", "two members", "members that share a line", "CR LF", "CR",
        "no UTF-8", "letters beyond ASCII", "a control character", "zeros behind it",
        "a line that is too long", "one that packs badly", "a header alone", "nothing",
    ],
)  # fmt: skip
def test_gzip_is_read_as_athena_reads_it(
    warehouse: Warehouse, content: bytes, rows: list[tuple[str, ...]]
) -> None:
    text_table(warehouse, "a b c", "7 7 7")
    warehouse.put("t/two.log.gz", content)
    found = warehouse.rows("SELECT a, b, c FROM t WHERE a <> '7' AND b IS NOT NULL")
    assert sorted(found, key=str) == rows


PACKED = gzip.compress(HEADER + b"".join(b"%d 2 3\n" % n for n in range(500)))


@pytest.mark.parametrize(
    "content",
    [
        PACKED[:-20],
        PACKED[:-3],
        PACKED[:-8] + bytes(8),
        PACKED + b"more",
        HEADER + LINE,
    ],
    ids=["truncated", "end cut off", "wrong checksum", "more behind it", "not gzip at all"],
)
def test_damaged_gzip_fails_the_query_and_is_named(warehouse: Warehouse, content: bytes) -> None:
    text_table(warehouse, "a b c", "1 2 3")
    warehouse.put("t/two.log.gz", content)
    reason = warehouse.reason("SELECT count(*) FROM t")
    assert reason.startswith("HIVE_CURSOR_ERROR")
    assert f"s3://{warehouse.name}/t/two.log.gz" in reason


def test_damaged_parquet_fails_the_query_and_is_named(warehouse: Warehouse) -> None:
    warehouse.table("p", "a string", PARQUET)
    warehouse.put("p/1.parquet", parquet(a=["x"])[:-9])
    reason = warehouse.reason("SELECT a FROM p")
    assert reason.startswith("HIVE_BAD_DATA")
    assert f"s3://{warehouse.name}/p/1.parquet" in reason
