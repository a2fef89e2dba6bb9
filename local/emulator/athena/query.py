"""One Athena query: from the text of a statement to its rows, or to the files of an UNLOAD."""

import csv
import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import duckdb_extension_inet

from local.emulator.athena.errors import BytesScannedLimitError, SqlError, in_words_of_athena
from local.emulator.athena.object_cache import ObjectCache
from local.emulator.athena.sql_translation import MACROS, Statement, Unload, parse
from local.emulator.athena.table_views import Scan
from local.emulator.athena.tables import Table
from local.emulator.iam.callers import DeniedError
from local.emulator.s3 import MissingObjectError, ObjectStore, split_uri

FindTable = Callable[[str, str], Table]
"""(database, table) -> the table. Raises SqlError or DeniedError."""

INET = next(Path(duckdb_extension_inet.__file__).parent.rglob("*.duckdb_extension"))
"""DuckDB's extension for addresses."""

EXHAUSTED = "Query exhausted resources at this scale factor"


@dataclass
class Outcome:
    """How a query ended: Athena's state, its reason, what it read and wrote."""

    state: str
    reason: str | None = None
    error_type: int | None = None
    """Of Athena's error catalog."""
    scanned_bytes: int = 0
    columns: list[tuple[str, str]] = field(default_factory=list)
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    manifest: str | None = None


@dataclass
class Query:
    """A query that one caller runs in a workgroup."""

    execution_id: str
    sql: str
    parameters: list[str]
    database: str
    store: ObjectStore
    find_table: FindTable
    cache: Path
    output: str
    """where results and manifests go, s3://bucket/prefix/"""
    cutoff: int | None

    def __post_init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 2, "preserve_insertion_order": "false"})
        self.connection.execute(f"LOAD '{INET}'; SET integer_division = true; {MACROS}")

    def cancel(self) -> None:
        """Interrupts a running query."""
        self.connection.interrupt()

    def run(self) -> Outcome:
        """Runs to the end; an error is an outcome, never an exception."""
        scan = Scan(self.connection, ObjectCache(self.cache, self.store), self.cutoff)
        try:
            outcome = self._run(parse(self.sql, self.parameters), scan)
        except BytesScannedLimitError:
            outcome = Outcome("CANCELLED", "Query cancelled! : Bytes scanned limit was exceeded")
        except SqlError as error:
            outcome = Outcome("FAILED", str(error))
        except DeniedError as error:
            outcome = Outcome("FAILED", f"PERMISSION_DENIED: {error}")
        except MissingObjectError as error:
            outcome = Outcome(
                "FAILED", f"HIVE_CANNOT_OPEN_SPLIT: no such bucket or object: {error}"
            )
        except duckdb.OutOfMemoryException:
            outcome = Outcome("FAILED", EXHAUSTED, error_type=0)
        except duckdb.InterruptException:
            outcome = Outcome("CANCELLED", "Query cancelled by user")
        except duckdb.Error as error:
            outcome = Outcome("FAILED", in_words_of_athena(str(error), scan.origin))
        outcome.scanned_bytes = scan.scanned_bytes
        self.connection.close()
        return outcome

    def _run(self, statement: Statement, scan: Scan) -> Outcome:
        bucket, _ = split_uri(self.output)
        self.store.caller.require("s3:GetBucketLocation", f"arn:aws:s3:::{bucket}")
        if statement.unload:
            self._require_empty(statement.unload)
        for place in statement.tables():
            database = place.db.lower() or self.database
            scan.make_view(self.find_table(database, place.name.lower()), place)
        sql = statement.duckdb()
        columns = [
            (row[0], row[1]) for row in self.connection.execute(f"DESCRIBE {sql}").fetchall()
        ]
        if statement.unload:
            return self._unload(sql, columns, statement.unload)
        rows = self.connection.execute(sql).fetchall()
        self._write(f"{self.output}{self.execution_id}.csv", _csv(columns, rows))
        return Outcome("SUCCEEDED", columns=columns, rows=rows)

    def _require_empty(self, unload: Unload) -> None:
        if self.store.list(*split_uri(_folder(unload.location))):
            raise SqlError(
                "HIVE_PATH_ALREADY_EXISTS: Target directory for table "
                f"'{_folder(unload.location)}' already exists"
            )

    def _unload(self, sql: str, columns: list[tuple[str, str]], unload: Unload) -> Outcome:
        if unload.options.get("format") != "parquet":
            raise SqlError("NOT_SUPPORTED: only UNLOAD to PARQUET is run on this machine")
        for name, kind in columns:
            if kind == "TIMESTAMP WITH TIME ZONE":
                zoned = "timestamp(3) with time zone"
                raise SqlError(f"NOT_SUPPORTED: Unsupported Hive type: {zoned} ({name})")
        target = self.cache / f"unload-{self.execution_id}.parquet"
        casts = ", ".join(_output_column(name, kind) for name, kind in columns)
        codec = unload.options.get("compression", "gzip")
        how = f"FORMAT parquet, COMPRESSION {codec}"
        copied = self.connection.execute(
            f"COPY (SELECT {casts} FROM ({sql})) TO '{target}' ({how})"
        ).fetchone()
        files = self._upload(target, unload) if copied and copied[0] else []
        target.unlink(missing_ok=True)
        manifest = f"{self.output}{self.execution_id}-manifest.csv"
        self._write(manifest, "".join(f"{uri}\n" for uri in files).encode())
        return Outcome("SUCCEEDED", manifest=manifest)

    def _upload(self, copy: Path, unload: Unload) -> list[str]:
        name = f"{self.execution_id.replace('-', '_')[:30]}_{uuid.uuid4()}"
        uri = f"{_folder(unload.location)}{name}"
        self._write(uri, copy.read_bytes())
        return [uri]

    def _write(self, uri: str, content: bytes) -> None:
        self.store.write(*split_uri(uri), content)


def _folder(location: str) -> str:
    return location if location.endswith("/") else f"{location}/"


def _output_column(name: str, kind: str) -> str:
    """DuckDB adds bigints up to a hugeint; on Athena the sum of bigints is a bigint or an error."""
    quoted = '"' + name.replace('"', '""') + '"'
    return f"CAST({quoted} AS BIGINT) AS {quoted}" if kind == "HUGEINT" else quoted


def _csv(columns: list[tuple[str, str]], rows: list[tuple[Any, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([name for name, _ in columns])
    writer.writerows(rows)
    return text.getvalue().encode()
