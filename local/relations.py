"""DuckDB views over the files of Glue tables."""

import hashlib
import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlglot import exp

from local.copies import NO_DELIMITER, copy_of, write_copy
from local.objects import ObjectStore
from local.tables import PartitionFile, Table, duckdb_type, files_of
from local.trino import Statement


class BytesScannedLimitError(Exception):
    """The query would read more than the workgroup allows."""


@dataclass
class Scan:
    """The reading of one query: copies files, counts bytes, knows which copy is which object."""

    connection: Any
    store: ObjectStore
    cache: Path
    cutoff: int | None
    scanned_bytes: int = 0
    origin: dict[str, str] = field(default_factory=dict)

    def make_view(self, table: Table, statement: Statement) -> None:
        """Makes a view with the table's name, of the partitions that the statement can ask for.

        Raises SqlError (a damaged file), BytesScannedLimitError, DeniedError, MissingObjectError.
        """
        files = self._pruned(table, files_of(table, self.store), statement)
        self.scanned_bytes += sum(file.object.size for file in files)
        if self.cutoff is not None and self.scanned_bytes > self.cutoff:
            raise BytesScannedLimitError
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            rows = list(pool.map(lambda file: self._copied(table, file), files))
        self.connection.execute(_view(table, rows))

    def _pruned(
        self, table: Table, files: list[PartitionFile], statement: Statement
    ) -> list[PartitionFile]:
        condition = partition_condition(statement.query, table)
        if condition is None or not files:
            return files
        asks_for_path = '"$path"' in condition

        def known(file: PartitionFile) -> tuple[str, ...]:
            return (*file.values, file.object.uri) if asks_for_path else file.values

        values = sorted({known(file) for file in files})
        places = _values(values, (*table.keys, *["$path"] * asks_for_path))
        kept = set(self.connection.execute(f"SELECT * FROM {places} WHERE {condition}").fetchall())
        return [file for file in files if known(file) in kept]

    def _copied(self, table: Table, file: PartitionFile) -> tuple[str, ...]:
        found = file.object
        digest = hashlib.sha256(f"{found.uri} {found.etag}".encode()).hexdigest()[:32]
        stem = self.cache / f"{digest}.{table.reader}"
        copy = copy_of(stem)
        if copy:
            self.store.caller.require("s3:GetObject", f"arn:aws:s3:::{found.bucket}/{found.key}")
        else:
            content = self.store.read(found.bucket, found.key)
            copy = write_copy(table.reader, found, content, stem)
        self.origin[str(copy)] = found.uri
        return (str(copy), found.uri, *file.values)


def partition_condition(query: exp.Expr, table: Table) -> str | None:
    """The part of the WHERE clauses that only names partition keys and "$path", or None when it is
    not safe.

    Athena, too, does not open a file whose path a condition rules out.

    It is safe when each place where the query reads the table has such a condition; the conditions
    of several places are joined by OR.
    """
    conditions = []
    for source in query.find_all(exp.Table):
        if source.name.lower() == table.name:
            select = source.find_ancestor(exp.Select)
            found = _key_conjuncts(select, table, source.alias_or_name) if select else []
            if not found:
                return None
            conditions.append(exp.and_(*found))
    return exp.or_(*conditions).sql(dialect="duckdb") if conditions else None


def _key_conjuncts(select: exp.Select, table: Table, alias: str) -> list[exp.Expr]:
    where = select.args.get("where")
    conjuncts = where.this.flatten() if where and isinstance(where.this, exp.And) else []
    conjuncts = conjuncts or ([where.this] if where else [])
    return [_unqualified(c) for c in conjuncts if _only_keys(c, table, alias)]


def _only_keys(condition: exp.Expr, table: Table, alias: str) -> bool:
    columns = list(condition.find_all(exp.Column))
    return (
        bool(columns)
        and condition.find(exp.Subquery, exp.Select) is None
        and all(
            c.name.lower() in (*table.keys, "$path") and c.table in ("", alias) for c in columns
        )
    )


def _unqualified(condition: exp.Expr) -> exp.Expr:
    return condition.transform(
        lambda node: exp.column(node.name, quoted=True) if isinstance(node, exp.Column) else node
    )


def _view(table: Table, files: Sequence[tuple[str, ...]]) -> str:
    """The view's SQL: columns, then partition keys, then "$path".

    `files`: copy, address and partition values of each.
    """
    keys = "".join(f', "{key}"' for key in table.keys)
    columns = ", ".join(f'"{name}"' for name, _ in table.columns)
    if not files:
        typed = [*table.columns, *((key, "string") for key in (*table.keys, "$path"))]
        source = ", ".join(f'CAST(NULL AS {duckdb_type(t)}) AS "{n}"' for n, t in typed)
        return f'CREATE VIEW "{table.name}" AS SELECT {source} WHERE FALSE'
    listed = "[" + ", ".join(f"'{copy}'" for copy, *_ in files) + "]"
    read = _READ[table.reader](table, listed)
    places = _values(files, ("copy", "$path", *table.keys))
    joined = f"({read}) AS r JOIN {places} ON r.filename = places.copy"
    return f'CREATE VIEW "{table.name}" AS SELECT {columns}{keys}, "$path" FROM {joined}'


def _values(rows: Sequence[tuple[str, ...]], columns: Sequence[str]) -> str:
    """Rows of text as a table with the name `places`.

    They are written out, for DuckDB loads all of pandas to be given a value.
    """
    names = [exp.to_identifier(column, quoted=True) for column in columns]
    return exp.values(rows, alias="places", columns=names).sql("duckdb")  # type: ignore[arg-type]


def _read_text(table: Table, files: str) -> str:
    """LazySimpleSerDe: missing fields are NULL, fields too many are ignored, \\N is NULL."""
    delimiter = table.serde_parameters.get("field.delim", "\x01").replace("'", "''")
    settings = {**table.serde_parameters, **table.parameters}
    skipped = int(settings.get("skip.header.line.count", 0))
    lines = (
        f"SELECT string_split(line, '{delimiter}') AS part, filename FROM read_csv({files}, "
        f"columns={{'line': 'VARCHAR'}}, delim='{NO_DELIMITER}', quote='', escape='', "
        f"header=false, skip={skipped}, auto_detect=false, filename=true, null_padding=false, "
        "strict_mode=false)"
    )
    fields = ", ".join(
        f"TRY_CAST(nullif(part[{place}], '\\N') AS {duckdb_type(kind)}) AS \"{name}\""
        for place, (name, kind) in enumerate(table.columns, start=1)
    )
    return f"SELECT {fields}, filename FROM ({lines})"


def _read_parquet(table: Table, files: str) -> str:
    """Columns are found by name; one that a file lacks is NULL."""
    fields = ", ".join(f'CAST("{n}" AS {duckdb_type(t)}) AS "{n}"' for n, t in table.columns)
    nothing = ", ".join(f'CAST(NULL AS {duckdb_type(t)}) AS "{n}"' for n, t in table.columns)
    return (
        f"SELECT {fields}, filename FROM (SELECT {nothing}, NULL AS filename WHERE FALSE "
        f"UNION ALL BY NAME SELECT * FROM read_parquet({files}, filename=true, union_by_name=true, "
        "hive_partitioning=false))"
    )


def _read_json(table: Table, files: str) -> str:
    columns = ", ".join(f"'{name}': '{duckdb_type(kind)}'" for name, kind in table.columns)
    return (
        f"SELECT * FROM read_json({files}, format='newline_delimited', "
        f"columns={{{columns}}}, filename=true)"
    )


_READ = {"text": _read_text, "parquet": _read_parquet, "json": _read_json}


def in_words_of_athena(message: str, origin: dict[str, str]) -> str:
    """DuckDB's error with the objects' addresses instead of those of the copies."""
    for copy, uri in origin.items():
        message = message.replace(copy, uri)
    first = re.sub(r"\s+", " ", message)[:400]
    kinds = {
        "Binder Error": "COLUMN_NOT_FOUND",
        "Catalog Error": "TABLE_NOT_FOUND",
        "Parser Error": "SYNTAX_ERROR",
        "Conversion Error": "INVALID_CAST_ARGUMENT",
        "Invalid Input Error": "HIVE_CURSOR_ERROR",
        "Out of Range Error": "NUMERIC_VALUE_OUT_OF_RANGE",
    }
    code = next(
        (code for kind, code in kinds.items() if first.startswith(kind)), "GENERIC_INTERNAL_ERROR"
    )
    return f"{code}: {first}"
