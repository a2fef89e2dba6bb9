"""Athena's queries on Trino: in place of DuckDB, or beside it with all rows compared."""

import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyarrow import parquet
from trino.exceptions import TrinoQueryError

from local.emulator.athena.query import EXHAUSTED, Outcome, Query, _csv
from local.emulator.iam.callers import DEPLOYER
from local.emulator.s3 import ObjectStore, split_uri
from tests.engines.trino_server import CATALOG, Trino

_UNLOAD = re.compile(r"\s*UNLOAD \((.*)\) TO '([^']+)' WITH \(.*\)\s*", re.DOTALL)
_EXHAUSTED = ("EXCEEDED_LOCAL_MEMORY_LIMIT", "EXCEEDED_GLOBAL_MEMORY_LIMIT")

_DEPLOYER = ObjectStore(DEPLOYER)
"""Trino reads and writes as the deployer: it knows nothing of the roles of the emulator."""

Row = tuple[Any, ...]


@dataclass
class TrinoQuery(Query):
    """A query that Trino runs with the rights of the deployer."""

    trino: Trino

    def __post_init__(self) -> None:
        """No DuckDB."""

    def cancel(self) -> None:
        """Trino goes on; nobody waits for it."""

    def run(self) -> Outcome:
        return run_on_trino(self, self.trino)


def run_on_trino(query: Query, trino: Trino) -> Outcome:
    """A query to its end, with its files; an error of Trino is an outcome."""
    unload = _UNLOAD.fullmatch(query.sql)
    try:
        return _unload(query, trino, unload[1], unload[2]) if unload else _select(query, trino)
    except TrinoQueryError as error:
        if error.error_name in _EXHAUSTED:
            return Outcome("FAILED", EXHAUSTED, error_type=0)
        return Outcome("FAILED", f"{error.error_name}: {error.message}")


def _select(query: Query, trino: Trino) -> Outcome:
    cursor = trino.connect(query.database).cursor()
    cursor.execute(_bound(query.sql, query.parameters))
    rows = [tuple(row) for row in cursor.fetchall()]
    columns = [(column.name, column.type_code) for column in cursor.description]
    place = f"{query.output}{query.execution_id}.csv"
    _DEPLOYER.write(*split_uri(place), _csv(columns, rows))
    scanned = cursor.stats["physicalInputBytes"]
    return Outcome("SUCCEEDED", columns=columns, rows=rows, scanned_bytes=scanned)


def _unload(query: Query, trino: Trino, select: str, location: str) -> Outcome:
    """Trino has no UNLOAD. A table over the same files that is dropped again leaves the same."""
    cursor = trino.connect(query.database).cursor()
    cursor.execute(f"SET SESSION {CATALOG}.compression_codec = 'ZSTD'")
    cursor.fetchall()
    table = f"unload_{query.execution_id.replace('-', '_')}"
    options = f"format = 'PARQUET', external_location = '{location}'"
    cursor.execute(_bound(f"CREATE TABLE {table} WITH ({options}) AS {select}", query.parameters))
    cursor.fetchall()
    scanned = cursor.stats["physicalInputBytes"]
    cursor.execute(f"DROP TABLE {table}")
    cursor.fetchall()
    files = [found.uri for found in _DEPLOYER.list(*split_uri(location))]
    manifest = f"{query.output}{query.execution_id}-manifest.csv"
    _DEPLOYER.write(*split_uri(manifest), "".join(f"{uri}\n" for uri in files).encode())
    return Outcome("SUCCEEDED", manifest=manifest, scanned_bytes=scanned)


def _bound(sql: str, parameters: Sequence[str]) -> str:
    """Execution parameters, as Trino itself puts them in the place of the question marks."""
    if not parameters:
        return sql
    quoted = sql.replace("'", "''")
    return f"EXECUTE IMMEDIATE '{quoted}' USING {', '.join(parameters)}"


@dataclass(frozen=True)
class Comparison:
    """One statement on both engines."""

    sql: str
    state: str
    """how it ended in DuckDB"""
    rows: int
    differences: list[str]


@dataclass
class Compared(Query):
    """A query that DuckDB runs, and Trino after it; what differs is noted."""

    trino: Trino
    comparisons: list[Comparison] = field(default_factory=list)

    def run(self) -> Outcome:
        outcome = super().run()
        if outcome.state == "CANCELLED":
            return outcome
        location = f"s3://{split_uri(self.output)[0]}/on-trino/{self.execution_id}/"
        elsewhere = re.sub(r" TO '[^']+' WITH ", f" TO '{location}' WITH ", self.sql)
        again = TrinoQuery(**{**self._given(), "sql": elsewhere}, trino=self.trino)
        other = again.run()
        self.comparisons.append(self._compared(outcome, other))
        return outcome

    def _given(self) -> dict[str, Any]:
        names = ("execution_id", "parameters", "database", "store", "find_table", "cache")
        given = {name: getattr(self, name) for name in (*names, "cutoff")}
        return {**given, "output": f"s3://{split_uri(self.output)[0]}/on-trino-results/"}

    def _compared(self, ours: Outcome, theirs: Outcome) -> Comparison:
        if ours.state != theirs.state:
            differences = [f"{ours.state} ({ours.reason}), Trino {theirs.state} ({theirs.reason})"]
            return Comparison(self.sql, ours.state, 0, differences)
        mine, other = self._rows(ours), self._rows(theirs)
        return Comparison(self.sql, ours.state, len(mine), differences_of(mine, other))

    def _rows(self, outcome: Outcome) -> list[Row]:
        """The rows of a SELECT, or those in the files of an UNLOAD, their names and types first."""
        if outcome.manifest is None:
            return [tuple(map(str, row)) for row in outcome.rows]
        found: list[Row] = []
        for uri in _DEPLOYER.read(*split_uri(outcome.manifest)).decode().split():
            table = parquet.read_table(io.BytesIO(_DEPLOYER.read(*split_uri(uri))))
            schema = tuple(f"{name} {table.schema.field(name).type}" for name in table.column_names)
            found += [schema, *(tuple(row.values()) for row in table.to_pylist())]
        return found


def differences_of(ours: Iterable[Row], theirs: Iterable[Row]) -> list[str]:
    """What only one of the two has."""
    mine, other = Counter(ours), Counter(theirs)
    return [
        *(f"only in DuckDB: {count} x {row}" for row, count in (mine - other).items()),
        *(f"only in Trino: {count} x {row}" for row, count in (other - mine).items()),
    ]
