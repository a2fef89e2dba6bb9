"""The lake: one S3 bucket, in which the data of a day is replaced as a whole.

Readers never see half a day: data that belongs together is one object, or is listed in a marker
object that is written last. S3 is strongly consistent: a read after a write returns the new data.
"""

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow
from botocore.exceptions import ClientError
from pyarrow import parquet

from aws_network.flow_logs.formats import Column
from aws_network.network.flow_log import FlowLog
from aws_network.network.snapshot import OPTIONAL_PARTS, Snapshot
from aws_network.stores.lake_folders import LakeFolder, LakeTable
from aws_network.stores.lake_tables import FLOWS, INVENTORY
from aws_network.stores.snapshot_files import (
    CONFIGURED,
    MARKER,
    PARTS,
    dump_snapshot,
    load_flow_logs,
    load_snapshot,
    name_of,
    part_key,
    snapshots_prefix,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectTypeDef

_DAY_OF_KEY = re.compile(r"/day=(\d{4}-\d{2}-\d{2})/")
_SOURCE = b"source"
"""Key of the metadata of a Parquet object that names what its rows were made from."""
_ARROW_TYPES = {
    "string": pyarrow.string(),
    "bigint": pyarrow.int64(),
    "int": pyarrow.int32(),
    "boolean": pyarrow.bool_(),
}


@dataclass(frozen=True)
class SourcedRows:
    """Rows, and what they were made from."""

    source: str
    rows: list[dict[str, Any]]


class Lake:
    """Reads and writes the objects of the lake."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self.s3 = s3
        self.bucket = bucket

    def uri(self, key: str) -> str:
        """The s3:// address of a key."""
        return f"s3://{self.bucket}/{key}"

    def folder_uri(self, folder: LakeFolder, day: date | None = None) -> str:
        """The s3:// address of a folder, or of a day in it; ends with a slash."""
        return self.uri(folder.key("") if day is None else folder.day_prefix(day))

    def put_snapshot(
        self, day: date, snapshot: Snapshot, taken_at: datetime, facts: Mapping[str, Any]
    ) -> None:
        """Adds a snapshot to those of a day; `facts` go into its marker.

        A snapshot that equals another one of the day replaces it.
        """
        dumped = dump_snapshot(snapshot)
        name = name_of(dumped)
        for part, data in dumped.items():
            self._put(part_key(day, name, part), data)
        marker = {**facts, "taken_at": taken_at.isoformat()}
        self._put(part_key(day, name, MARKER), json.dumps(marker, sort_keys=True).encode())

    def snapshots(self, day: date) -> list[Snapshot]:
        """All snapshots of a day, oldest first; empty if there is none."""
        return [self._snapshot(day, name) for name in self._markers(day)]

    def _snapshot(self, day: date, name: str) -> Snapshot:
        dumped = {part: self._get(part_key(day, name, part)) for part in PARTS}
        for part in (*OPTIONAL_PARTS, CONFIGURED):
            data = self._find(part_key(day, name, part))
            if data is not None:
                dumped[part] = data
        return load_snapshot(dumped)

    def flow_logs(self) -> list[FlowLog]:
        """The flow logs that the snapshots of the latest day describe, the later ones last."""
        days = self.snapshot_days()
        names = self._markers(days[-1]) if days else ()
        parts = (self._find(part_key(days[-1], name, "flow_logs")) for name in names)
        return [log for part in parts if part is not None for log in load_flow_logs(part)]

    def snapshot_days(self) -> list[date]:
        """The days that have a snapshot, in order."""
        return sorted(self._etags(INVENTORY, MARKER))

    def first_snapshots(self) -> dict[str, str]:
        """Region to the day (YYYY-MM-DD) of the first snapshot that looked into it.

        Regions that the latest snapshot did not look into may be absent.
        """
        days, first = self.snapshot_days(), dict[str, str]()
        wanted = self._regions(days[-1]) if days else set()
        for day in days:
            for region in self._regions(day):
                first.setdefault(region, str(day))
            if wanted <= first.keys():
                break
        return first

    def _regions(self, day: date) -> set[str]:
        """The regions that the snapshots of a day looked into."""
        return {region for marker in self._markers(day).values() for region in marker["regions"]}

    def _markers(self, day: date) -> dict[str, dict[str, Any]]:
        """Name of a snapshot of a day to what its marker says, oldest first."""
        keys = [key for key in self.keys(snapshots_prefix(day)) if key.endswith(f"/{MARKER}")]
        said = {key.split("/")[-2]: json.loads(self._get(key)) for key in keys}
        return dict(sorted(said.items(), key=lambda item: str(item[1]["taken_at"])))

    def put_manifest(self, day: date, manifest: Mapping[str, Any]) -> None:
        """Writes the list of the files with the flows of a day; no other files count."""
        self._put(manifest_key(day), json.dumps(dict(manifest), indent=1).encode())

    def manifest(self, day: date) -> dict[str, Any] | None:
        """The manifest of a day; None if its flow logs were never queried."""
        data = self._find(manifest_key(day))
        manifest: dict[str, Any] | None = None if data is None else json.loads(data)
        return manifest

    def put_rows(self, table: LakeTable, day: date, rows: Iterable[Mapping[str, Any]]) -> None:
        """Replaces a day of a daily table by one Parquet object.

        Raises ValueError for a row whose names are not the table's columns.
        """
        self._put(table.day_key(day), _parquet(table.columns, _checked(table, rows)))

    def rows(
        self, table: LakeTable, day: date, columns: Sequence[str] | None = None
    ) -> list[dict[str, Any]]:
        """The rows of a day of a daily table, with all columns or as many of these as it has.

        A day of an earlier release may lack some. Raises ClientError (NoSuchKey).
        """
        file = parquet.ParquetFile(io.BytesIO(self._get(table.day_key(day))))
        there = file.schema_arrow.names
        wanted = there if columns is None else [name for name in columns if name in there]
        rows: list[dict[str, Any]] = file.read(columns=wanted).to_pylist()
        return rows

    def find_rows(self, key: str) -> SourcedRows | None:
        """The rows that `put_rows_of` put there; None when there is nothing."""
        data = self._find(key)
        if data is None:
            return None
        file = parquet.ParquetFile(io.BytesIO(data))
        source = (file.schema_arrow.metadata or {}).get(_SOURCE, b"").decode()
        return SourcedRows(source, file.read().to_pylist())

    def source_of(self, key: str) -> str | None:
        """What the rows of an object were made from, empty when it does not say; None when there is
        no such object."""
        found = self.find_rows(key)
        return None if found is None else found.source

    def put_rows_of(
        self, source: str, key: str, table: LakeTable, rows: Iterable[Mapping[str, Any]]
    ) -> None:
        """Replaces one object with rows that were made from a source, which the object names."""
        self._put(key, _parquet(table.columns, _checked(table, rows), source))

    def put_table(self, table: LakeTable, rows: Iterable[Mapping[str, Any]]) -> None:
        """Replaces a table without days by one Parquet object.

        What a row has beyond the table's columns is left out.
        """
        self._put(table.key(table.file_name), _parquet(table.columns, rows))

    def put_text(self, key: str, text: str) -> None:
        """Replaces a text."""
        self._put(key, text.encode())

    def text(self, key: str) -> str | None:
        """A text; None if there is none."""
        data = self._find(key)
        return None if data is None else data.decode()

    def days_of(self, table: LakeTable) -> list[date]:
        """The days that a daily table has, in order."""
        return sorted(self.etags_of(table))

    def etags_of(self, table: LakeTable) -> dict[date, str]:
        """The days that a daily table has, each with the ETag of its object."""
        return self._etags(table, table.file_name)

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys below a prefix, in order."""
        return (item["Key"] for item in self._listed(prefix))

    def _listed(self, prefix: str) -> Iterator["ObjectTypeDef"]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        for page in pages:
            yield from page.get("Contents", [])

    def delete(self, keys: Sequence[str]) -> None:
        """Deletes objects. Raises RuntimeError if S3 did not delete one."""
        for start in range(0, len(keys), 1000):
            batch = [{"Key": key} for key in keys[start : start + 1000]]
            answer = self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": batch})  # type: ignore[typeddict-item]
            for error in answer.get("Errors", []):
                raise RuntimeError(f"{self.uri(error['Key'])} not deleted: {error['Message']}")

    def _etags(self, folder: LakeFolder, name: str) -> dict[date, str]:
        """The days of a folder that have an object of this name, each with its ETag."""
        found = (
            (_DAY_OF_KEY.search(item["Key"]), item["ETag"])
            for item in self._listed(folder.key(""))
            if item["Key"].endswith(f"/{name}")
        )
        return {date.fromisoformat(match[1]): etag for match, etag in found if match}

    def _put(self, key: str, data: bytes) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=data)

    def _find(self, key: str) -> bytes | None:
        """An object; None if it does not exist."""
        try:
            return self._get(key)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise

    def _get(self, key: str) -> bytes:
        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()


def manifest_key(day: date) -> str:
    """Where the lake says which files the flows of a day are."""
    return f"{FLOWS.day_prefix(day)}manifest.json"


def _checked(table: LakeTable, rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    columns = {column.name for column in table.columns}
    for row in rows:
        if row.keys() != columns:
            wrong = ", ".join(sorted(row.keys() ^ columns))
            raise ValueError(f"a row and the columns of {table.name} differ in: {wrong}")
        yield row


def _parquet(
    columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], source: str = ""
) -> bytes:
    """Rows as one file with these columns, and what they were made from."""
    fields = [(column.name, _ARROW_TYPES[column.type]) for column in columns]
    schema = pyarrow.schema(fields, metadata={_SOURCE: source} if source else None)
    data = io.BytesIO()
    table = pyarrow.Table.from_pylist([dict(row) for row in rows], schema)
    parquet.write_table(table, data, compression="zstd")
    return data.getvalue()
