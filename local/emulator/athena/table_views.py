"""A view in DuckDB for each place where a query reads a Glue table, over the files it asks for."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from local.emulator.athena.errors import BytesScannedLimitError
from local.emulator.athena.object_cache import NO_DELIMITER, ObjectCache
from local.emulator.athena.partition_pruning import partition_condition
from local.emulator.athena.tables import PartitionFile, Table, duckdb_type, files_of


@dataclass
class Scan:
    """What one query reads: fetches the objects, counts their bytes, knows which file is which."""

    connection: Any
    cache: ObjectCache
    cutoff: int | None
    scanned_bytes: int = 0
    views: int = 0
    origin: dict[str, str] = field(default_factory=dict)
    """path of a file to the s3:// address of its object"""

    def make_view(self, table: Table, place: exp.Table) -> None:
        """Makes a view of the partitions that a query asks for at one place, and reads it there.

        Raises SqlError (a damaged file), BytesScannedLimitError, DeniedError, MissingObjectError.
        """
        files = self._pruned(table, files_of(table, self.cache.store), place)
        self.scanned_bytes += sum(file.object.size for file in files)
        if self.cutoff is not None and self.scanned_bytes > self.cutoff:
            raise BytesScannedLimitError
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            rows = list(pool.map(lambda file: self._cached(table, file), files))
        self.views += 1
        view = f"{table.name} {self.views}"
        self.connection.execute(_view(view, table, rows))
        place.set("alias", exp.TableAlias(this=exp.to_identifier(place.alias_or_name)))
        place.set("this", exp.to_identifier(view, quoted=True))

    def _pruned(
        self, table: Table, files: list[PartitionFile], place: exp.Table
    ) -> list[PartitionFile]:
        condition = partition_condition(place, table)
        if condition is None or not files:
            return files
        asks_for_path = '"$path"' in condition

        def known(file: PartitionFile) -> tuple[str, ...]:
            return (*file.values, file.object.uri) if asks_for_path else file.values

        values = sorted({known(file) for file in files})
        places = _values(values, (*table.keys, *["$path"] * asks_for_path))
        kept = set(self.connection.execute(f"SELECT * FROM {places} WHERE {condition}").fetchall())
        return [file for file in files if known(file) in kept]

    def _cached(self, table: Table, file: PartitionFile) -> tuple[str, ...]:
        path = str(self.cache.path_of(file.object, table.reader))
        self.origin[path] = file.object.uri
        return (path, file.object.uri, *file.values)


def _view(name: str, table: Table, files: Sequence[tuple[str, ...]]) -> str:
    """The view's SQL: columns, then partition keys, then "$path".

    `files`: path, address and partition values of each.
    """
    keys = "".join(f', "{key}"' for key in table.keys)
    columns = ", ".join(f'"{name}"' for name, _ in table.columns)
    if not files:
        typed = [*table.columns, *((key, "string") for key in (*table.keys, "$path"))]
        source = ", ".join(f'CAST(NULL AS {duckdb_type(t)}) AS "{n}"' for n, t in typed)
        return f'CREATE VIEW "{name}" AS SELECT {source} WHERE FALSE'
    listed = "[" + ", ".join(f"'{path}'" for path, *_ in files) + "]"
    read = _READ[table.reader](table, listed)
    places = _values(files, ("file", "$path", *table.keys))
    joined = f"({read}) AS r JOIN {places} ON r.filename = places.file"
    return f'CREATE VIEW "{name}" AS SELECT {columns}{keys}, "$path" FROM {joined}'


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
