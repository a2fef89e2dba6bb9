"""The objects of a flow log in S3: which can be read as the table says, and why the others cannot.

Nothing here reads a whole object unless it is asked to: the listing tells what is empty or there
twice, the first bytes of a text object hold its header, the last ones of a Parquet object its
columns. Damage further in shows when Athena fails (see `damage`).
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from pyarrow import ArrowException, parquet

from aws_network.flow_log_format import FlowLogFormat, FormatError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

HEAD_BYTES = 16384
"""Of a text object: a header of all fields there are is a few hundred bytes, packed even fewer."""
TAIL_BYTES = 65536
"""Of a Parquet object: its footer is a few kilobytes."""

_NAME = re.compile(r"\.log\.(gz|parquet)$")
_PIECE = 1 << 20
_LONGEST_HEADER = 1 << 16


@dataclass(frozen=True)
class FlowLogObject:
    """An object below a flow log's prefix, as the listing has it."""

    account_id: str
    region: str
    bucket: str
    key: str
    size: int
    etag: str

    @property
    def uri(self) -> str:
        """As Athena's "$path" spells it."""
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True)
class Unreadable:
    """Something below a flow log's prefix that no record was read from, or lines of it."""

    account_id: str
    region: str
    object: str
    """s3:// address"""
    reason: str
    """A word of REASONS"""
    hides_records: bool
    """Whether records of the account and region may be in it that nobody read."""
    lines: int | None = None
    """None: the object as a whole."""
    detail: str | None = None


REASONS = {
    "not_a_flow_log": "not named like a flow log (.log.gz, .log.parquet); left alone",
    "duplicate": "the same bytes as another object of the day, which was read",
    "empty": "0 bytes",
    "other_file_format": "text where Parquet is expected, or the reverse",
    "not_gzip": "not a gzip file",
    "other_format": "its header or columns are not those of flow_log_format",
    "not_parquet": "not a Parquet file",
    "damaged": "cut off, or damaged inside",
    "header_line": "a header line between records",
    "too_many_fields": "more fields than the format has",
    "too_few_fields": "fewer fields than the format has",
    "log_status": "a log-status that is none",
    "interface_id": "no interface",
    "address": "an address that is none",
    "protocol": "a protocol that is none",
    "port": "a port that is none",
    "action": "an action that is none",
}
"""Every reason, of objects and (from query_flow_logs.sql) of lines, in words."""

HARMLESS = frozenset({"not_a_flow_log", "duplicate", "header_line"})
"""What holds no record that was not read."""

SETTINGS_DO_NOT_FIT = frozenset({"other_format", "other_file_format"})
"""If that is so of all objects, it is not the objects that are wrong."""


def unreadable(
    found: FlowLogObject, reason: str, detail: str | None = None, lines: int | None = None
) -> Unreadable:
    """Why an object, or some of its lines, cannot be read."""
    hides = reason not in HARMLESS
    return Unreadable(found.account_id, found.region, found.uri, reason, hides, lines, detail)


def listed(
    s3: "S3Client", account_id: str, region: str, bucket: str, prefix: str
) -> Iterator[FlowLogObject]:
    """Every object below a prefix that Athena would read: `_x`, `.x` and folders it does not."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for item in page.get("Contents", []):
            name = item["Key"].rsplit("/", 1)[-1]
            if name and not name.startswith(("_", ".")):
                size, etag = item["Size"], item.get("ETag", "")
                yield FlowLogObject(account_id, region, bucket, item["Key"], size, etag)


def judged_by_listing(objects: Iterable[FlowLogObject], is_parquet: bool) -> dict[str, Unreadable]:
    """Address to verdict of the objects that need no look inside.

    An object is a duplicate when it has the size and the ETag of an earlier one. That is the digest
    of the content unless a KMS key encrypts the bucket; then no duplicate is found.
    """
    verdicts: dict[str, Unreadable] = {}
    seen: dict[tuple[str, str, int, str], str] = {}
    for each in objects:
        ending = _NAME.search(each.key)
        content = (each.account_id, each.region, each.size, each.etag)
        if ending is None:
            verdicts[each.uri] = unreadable(each, "not_a_flow_log")
        elif each.size == 0:
            verdicts[each.uri] = unreadable(each, "empty")
        elif (ending[1] == "parquet") != is_parquet:
            verdicts[each.uri] = unreadable(each, "other_file_format", f"its name ends {ending[0]}")
        elif content in seen and each.etag:
            verdicts[each.uri] = unreadable(each, "duplicate", f"of {seen[content]}")
        else:
            seen[content] = each.uri
    return verdicts


def checked(
    s3: "S3Client", found: FlowLogObject, expected: FlowLogFormat, is_parquet: bool
) -> Unreadable | None:
    """Compares the beginning (text) or the end (Parquet) of an object with the format.

    Raises ClientError: an object that may not be read is not an unreadable one.
    """
    try:
        if is_parquet:
            footer = BytesIO(_parquet_footer(s3, found))
            expected.check_parquet_columns(_columns(footer), found.uri)
        else:
            header = first_line(_ranged(s3, found, f"bytes=0-{HEAD_BYTES - 1}"))
            if header is None:
                return unreadable(found, "not_gzip")
            expected.check_header(header.split(" "), found.uri)
    except FormatError as error:
        return unreadable(found, "other_format", str(error).removeprefix(f"{found.uri}: "))
    except _NoParquetError as error:
        return unreadable(found, "not_parquet", str(error)[:200])
    return None


def damage(s3: "S3Client", found: FlowLogObject, is_parquet: bool) -> Unreadable | None:
    """Reads all of an object. The lines of a damaged one are those that could be unpacked."""
    with closing(s3.get_object(Bucket=found.bucket, Key=found.key)["Body"]) as body:
        if is_parquet:
            what = _parquet_damage(BytesIO(body.read()))
        else:
            what = _gzip_damage(iter(lambda: body.read(_PIECE), b""))
    return None if what is None else unreadable(found, "damaged", what)


def first_line(gzipped: bytes) -> str | None:
    """The first line of the beginning of a gzip file; None when it is no gzip file.

    A line may begin in one member and end in the next.
    """
    text, rest = b"", gzipped
    try:
        while rest and b"\n" not in text:
            member = zlib.decompressobj(wbits=31)
            text += member.decompress(rest, _LONGEST_HEADER)
            rest = member.unused_data
    except zlib.error:
        return None
    return text.split(b"\n", 1)[0].decode("utf-8", "replace").rstrip("\r")


def to_rows(found: Iterable[Unreadable]) -> list[dict[str, Any]]:
    """As JSON and Parquet hold them."""
    return [asdict(each) for each in found]


def from_rows(rows: Iterable[Mapping[str, Any]]) -> list[Unreadable]:
    """What `to_rows` was given."""
    return [Unreadable(**row) for row in rows]


def _gzip_damage(pieces: Iterable[bytes]) -> str | None:
    """What is wrong with a gzip file of one or more members; None when nothing is."""
    member, lines = zlib.decompressobj(wbits=31), 0
    try:
        for piece in pieces:
            rest = piece
            while rest:
                member = zlib.decompressobj(wbits=31) if member.eof else member
                lines += member.decompress(rest, _PIECE).count(b"\n")
                rest = member.unconsumed_tail or member.unused_data
        member.flush()
    except zlib.error as error:
        return f"after {lines} lines: {error}"
    return None if member.eof else f"it ends in the middle, after {lines} lines"


def _parquet_damage(data: BytesIO) -> str | None:
    try:
        parquet.read_table(data)
    except (ArrowException, OSError) as error:
        return str(error)[:200]
    return None


def _ranged(s3: "S3Client", found: FlowLogObject, wanted: str) -> bytes:
    answer = s3.get_object(Bucket=found.bucket, Key=found.key, Range=wanted)
    return answer["Body"].read()


def _parquet_footer(s3: "S3Client", found: FlowLogObject) -> bytes:
    """The end of a Parquet object; its footer's length is in front of the last letters, PAR1."""
    tail = _ranged(s3, found, f"bytes=-{TAIL_BYTES}")
    footer = int.from_bytes(tail[-8:-4], "little") + 8
    if tail[-4:] == b"PAR1" and len(tail) < footer <= found.size:
        return _ranged(s3, found, f"bytes=-{footer}")
    return tail


class _NoParquetError(Exception):
    """Bytes that should be Parquet are not."""


def _columns(footer: BytesIO) -> Sequence[str]:
    try:
        return list(parquet.read_schema(footer).names)
    except (ArrowException, OSError) as error:  # pyarrow raises both for what it cannot parse
        raise _NoParquetError(str(error)) from error
