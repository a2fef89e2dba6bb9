"""A day that is too large for one query, on an Athena that has too little memory."""

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from local.emulator.athena.query import Query
from local.emulator.athena.sql_translation import Statement
from local.emulator.athena.table_views import Scan
from tests.fuzz.reader import HEADER, Reader, reader

LINES = [
    f"2 123456789012 eni-0a1b2c3d4e5f6071{number % 20:x} 203.0.113.{peer} 10.0.0.{number % 20} "
    f"{40_000 + number} {port} 6 5 500 {60 * number} {60 * number + 59} {action} OK"
    for number in range(60)
    for peer, port, action in ((1, 8443, "ACCEPT"), (2, 443, "ACCEPT"), (3, 22, "REJECT"))
]
TORN = ["2 123456789012 eni-0a1b2c3d4e", "a b c d e f g h i j k l m n o p"]


@pytest.fixture(scope="module")
def logs() -> Iterator[Reader]:
    with reader() as found:
        yield found


def test_its_shares_hold_what_one_query_would(
    logs: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "".join(f"{line}\n" for line in (HEADER, *LINES, *TORN))
    objects = {"a.log.gz": gzip.compress(text.encode())}
    whole = logs.read(objects)
    monkeypatch.setattr(Query, "_run", _short_of_memory(Query._run))
    shares = logs.read(objects)
    assert len(whole.manifest["query_execution_ids"]) == 1
    assert len(shares.manifest["query_execution_ids"]) == 16
    assert shares.outcomes == whole.outcomes
    assert _counted(shares.rows) == _counted(whole.rows)


def _short_of_memory(run: Any) -> Any:
    """Runs no query that groups more than a sixteenth of the interfaces."""

    def limited(query: Query, statement: Statement, scan: Scan) -> Any:
        digits = len(re.findall(r"interface_id LIKE '%[0-9a-f]'", statement.query.sql()))
        if digits not in (1, 15):
            raise duckdb.OutOfMemoryException("could not allocate block")
        return run(query, statement, scan)

    return limited


def _counted(rows: list[dict[str, Any]]) -> Counter[tuple[Any, ...]]:
    """The records of each row; the object, which lies in another bucket, by its name."""
    counted: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        counts = row.pop("records_in"), row.pop("records_out")
        row["object"] = (row["object"] or "").rsplit("/", 1)[-1]
        for direction, records in zip(("in", "out"), counts, strict=True):
            counted[(direction, *row.values())] += records
    return counted
