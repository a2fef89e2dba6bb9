"""The objects of a flow log in S3: which exist, and whether they can be read.

Only `damage` reads whole objects: the header of a text object is in its first bytes, the columns of
a Parquet object are in its last ones. Other damage makes the Athena query fail.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from io import BytesIO
from typing import TYPE_CHECKING

from pyarrow import ArrowException, parquet

from aws_network.flow_logs.formats import FlowLogFormat, FormatError
from aws_network.flow_logs.objects import FlowLogObject, Unreadable, unreadable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

HEAD_BYTES = 16384
"""Of a text object: a header with all existing fields has a few hundred bytes."""
TAIL_BYTES = 65536
"""Of a Parquet object: its footer has a few kilobytes."""

_PIECE = 1 << 20
_LONGEST_HEADER = 1 << 16


def listed(
    s3: "S3Client", account_id: str, region: str, bucket: str, prefix: str
) -> Iterator[FlowLogObject]:
    """Every object below a prefix that Athena reads: not `_x`, `.x` and folders."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for item in page.get("Contents", []):
            name = item["Key"].rsplit("/", 1)[-1]
            if name and not name.startswith(("_", ".")):
                size, etag = item["Size"], item.get("ETag", "")
                yield FlowLogObject(account_id, region, bucket, item["Key"], size, etag)


def checked(
    s3: "S3Client", found: FlowLogObject, expected: FlowLogFormat, is_parquet: bool
) -> Unreadable | None:
    """Compares the beginning (text) or the end (Parquet) of an object with the format.

    Raises ClientError: an object to which access is denied does not count as unreadable.
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
    """Reads a whole object: how it is damaged, after how many readable lines; None if it is not."""
    with closing(s3.get_object(Bucket=found.bucket, Key=found.key)["Body"]) as body:
        if is_parquet:
            what = _parquet_damage(BytesIO(body.read()))
        else:
            what = _gzip_damage(iter(lambda: body.read(_PIECE), b""))
    return None if what is None else unreadable(found, "damaged", what)


def first_line(gzipped: bytes) -> str | None:
    """The first line, from the first bytes of a gzip file; None if it is not a gzip file.

    A line may begin in one gzip member and end in the next.
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


def _gzip_damage(pieces: Iterable[bytes]) -> str | None:
    """What is wrong with a gzip file of one or more members; None if nothing is."""
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
    """The footer of a Parquet object; its length is stored before the last bytes, PAR1."""
    tail = _ranged(s3, found, f"bytes=-{TAIL_BYTES}")
    footer = int.from_bytes(tail[-8:-4], "little") + 8
    if tail[-4:] == b"PAR1" and len(tail) < footer <= found.size:
        return _ranged(s3, found, f"bytes=-{footer}")
    return tail


class _NoParquetError(Exception):
    """An object is not a Parquet file."""


def _columns(footer: BytesIO) -> Sequence[str]:
    try:
        return list(parquet.read_schema(footer).names)
    except (ArrowException, OSError) as error:  # pyarrow raises both for what it cannot parse
        raise _NoParquetError(str(error)) from error
