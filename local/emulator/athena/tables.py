"""Glue tables as Athena reads them: columns, partition projection, and the files of a table."""

import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from local.emulator.athena.errors import SqlError
from local.emulator.s3 import ObjectInfo, ObjectStore, split_uri

_PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")


@dataclass(frozen=True)
class Table:
    """What the Glue Data Catalog says about a table."""

    name: str
    columns: tuple[tuple[str, str], ...]
    """(name, Hive type) of each column that the files hold"""
    keys: tuple[str, ...]
    """partition keys; all are strings"""
    location: str
    serde: str
    serde_parameters: dict[str, str]
    parameters: dict[str, str]

    @property
    def reader(self) -> str:
        """What its files are: text, parquet or json. Raises SqlError."""
        serde = self.serde.lower()
        for word, reader in (("lazysimple", "text"), ("parquet", "parquet"), ("jsonserde", "json")):
            if word in serde:
                return reader
        raise SqlError(f"HIVE_UNSUPPORTED_FORMAT: {self.name} has the SerDe {self.serde!r}")

    @property
    def template(self) -> str:
        """Where the partition with given key values lies."""
        default = self.location.rstrip("/") + "".join(f"/{key}=${{{key}}}" for key in self.keys)
        return self.parameters.get("storage.location.template", default).rstrip("/")


@dataclass(frozen=True)
class PartitionFile:
    """A file and the partition it belongs to."""

    object: ObjectInfo
    values: tuple[str, ...]


def from_glue(answer: dict[str, Any]) -> Table:
    """The table in an answer of GetTable."""
    storage = answer["StorageDescriptor"]
    return Table(
        answer["Name"],
        tuple((c["Name"].lower(), c.get("Type", "string")) for c in storage["Columns"]),
        tuple(key["Name"].lower() for key in answer.get("PartitionKeys", [])),
        storage["Location"],
        storage.get("SerdeInfo", {}).get("SerializationLibrary", ""),
        storage.get("SerdeInfo", {}).get("Parameters", {}),
        answer.get("Parameters", {}),
    )


def files_of(table: Table, store: ObjectStore) -> list[PartitionFile]:
    """Every file of the table's projected partitions, hidden ones (`_x`, `.x`) left out.

    Raises SqlError when the table has partitions and no projection: nobody adds partitions here.
    """
    if table.keys and table.parameters.get("projection.enabled", "").lower() != "true":
        raise SqlError(f"HIVE_METASTORE_ERROR: table {table.name} has no partition projection")
    bucket, path = split_uri(table.template)
    pattern = _partition_pattern(path)
    found = []
    for item in store.list(bucket, _PLACEHOLDER.split(path)[0]):
        match = pattern.match(item.key)
        values = tuple(match[_group(key)] for key in table.keys) if match else ()
        if match and _is_data(item) and _projected(table, values):
            found.append(PartitionFile(item, values))
    return found


def _group(key: str) -> str:
    return "key_" + re.sub(r"\W", "_", key)


def _partition_pattern(path: str) -> re.Pattern[str]:
    seen: set[str] = set()
    parts = []
    for place, part in enumerate(_PLACEHOLDER.split(path)):
        name = _group(part)
        if place % 2 == 0:
            parts.append(re.escape(part))
        else:
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>[^/]+)")
            seen.add(name)
    return re.compile("".join(parts) + "/")


def _is_data(item: ObjectInfo) -> bool:
    return not item.key.rsplit("/", 1)[-1].startswith(("_", ".")) and not item.key.endswith("/")


def _projected(table: Table, values: Iterable[str]) -> bool:
    return all(
        _in_projection(table.parameters, key, value)
        for key, value in zip(table.keys, values, strict=True)
    )


def _in_projection(parameters: dict[str, str], key: str, value: str) -> bool:
    """Whether partition projection would make this value of a key."""
    setting = {
        name: parameters.get(f"projection.{key}.{name}", "")
        for name in ("type", "values", "range", "digits", "format")
    }
    match setting["type"].lower():
        case "enum":
            return value in [item.strip() for item in setting["values"].split(",")]
        case "integer":
            low, high = (int(bound) for bound in setting["range"].split(","))
            width = int(setting["digits"] or 0)
            return (
                value.isdigit() and low <= int(value) <= high and value == f"{int(value):0{width}d}"
            )
        case "date":
            shape = re.sub(r"[yMdHms]", "[0-9]", setting["format"])
            return fnmatch.fnmatchcase(value, shape) and _in_dates(value, setting["range"])
    raise SqlError(f"HIVE_METASTORE_ERROR: no projection of type {setting['type']!r} for {key}")


def _in_dates(value: str, bounds: str) -> bool:
    first, last = (_date(bound.strip()) for bound in bounds.split(","))
    return first <= value <= last


def _date(bound: str) -> str:
    """A bound of a range of dates: itself, or NOW and so many days to or fro."""
    relative = re.fullmatch(r"NOW(?:([+-]\d+)DAYS)?", bound)
    if not relative:
        return bound
    return str(datetime.now(UTC).date() + timedelta(days=int(relative[1] or 0)))


def duckdb_type(hive: str) -> str:
    """The DuckDB name of a Hive type: array<string> is VARCHAR[]."""
    hive = hive.strip().lower()
    if hive.startswith("array<"):
        return f"{duckdb_type(hive[6:-1])}[]"
    if hive.startswith("struct<"):
        fields = [field.split(":", 1) for field in _split_top(hive[7:-1])]
        return f"STRUCT({', '.join(f'{name} {duckdb_type(kind)}' for name, kind in fields)})"
    if hive.startswith("map<"):
        key, value = _split_top(hive[4:-1])
        return f"MAP({duckdb_type(key)}, {duckdb_type(value)})"
    return {"string": "VARCHAR", "int": "INTEGER"}.get(hive, hive.upper())


def _split_top(text: str) -> Sequence[str]:
    """Splits at the commas that are within no angle brackets."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += {"<": 1, ">": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]
