"""The objects of flow logs in S3: which exist, in which format, and whether they can be read.

A flow log never changes its format, so of many objects one tells that of all. Only `damage` reads
whole objects: the header of a text object is in its first bytes, the columns of a Parquet object
are in its last ones. Other damage makes the Athena query fail.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

from pyarrow import ArrowException, parquet

from aws_network.flow_logs.flow_log_tables import MOST_FIELDS
from aws_network.flow_logs.formats import FlowLogFormat
from aws_network.flow_logs.objects import FlowLogObject, Unreadable, unreadable
from aws_network.network.flow_log import FlowLog

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

HEAD_BYTES = 16384
"""Of a text object: a header with all existing fields has a few hundred bytes."""
TAIL_BYTES = 65536
"""Of a Parquet object: its footer has a few kilobytes."""

LOOKS_AT_ONCE = 16
LOOKED_AT_EACH = 1_000
"""So many objects of a day are looked at one by one: somebody may have copied a file there. Of
more, one of each flow log is."""

_PIECE = 1 << 20
_LONGEST_HEADER = 1 << 16


def listed(
    s3: "S3Client", account_id: str, region: str, bucket: str, prefix: str, is_hive: bool
) -> Iterator[FlowLogObject]:
    """Every object below a prefix that Athena reads: not `_x`, `.x` and folders."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for item in page.get("Contents", []):
            name = item["Key"].rsplit("/", 1)[-1]
            if name and not name.startswith(("_", ".")):
                size, etag = item["Size"], item.get("ETag", "")
                place = (account_id, region, bucket, item["Key"])
                yield FlowLogObject(*place, size, etag, is_hive)


@dataclass
class Formats:
    """What the formats of objects are, by s3:// address, and which objects have none to read."""

    by_object: dict[str, FlowLogFormat | None]
    """None for Parquet: its columns have names."""
    unreadable: list[Unreadable]


def formats_of(
    s3: "S3Client",
    objects: Iterable[FlowLogObject],
    described: Mapping[str, FlowLog],
    expected: FlowLogFormat | None = None,
) -> Formats:
    """Reads the headers of the objects, or of one object of each flow log.

    `described` are the flow logs that EC2 describes, by id: those of Transit Gateways are left out.
    `expected` is the format of text objects of other flow logs; None: whatever their headers say.
    An object whose name tells no flow log stands for itself. Raises ClientError: an object to which
    access is denied does not count as unreadable.
    """
    listed = list(objects)
    by_flow_log: dict[object, list[FlowLogObject]] = defaultdict(list)
    for found in listed:
        flow_log = found.flow_log_id if len(listed) > LOOKED_AT_EACH else None
        place = (found.account_id, found.region, flow_log or found.uri)
        by_flow_log[place, found.file_format, found.is_hive].append(found)
    read = partial(_formats_of_flow_log, s3, described=described, expected=expected)
    with ThreadPoolExecutor(LOOKS_AT_ONCE) as pool:
        parts = list(pool.map(read, by_flow_log.values()))
    return Formats(
        {uri: form for part in parts for uri, form in part.by_object.items()},
        [hidden for part in parts for hidden in part.unreadable],
    )


def _formats_of_flow_log(
    s3: "S3Client",
    objects: Sequence[FlowLogObject],
    described: Mapping[str, FlowLog],
    expected: FlowLogFormat | None,
) -> Formats:
    """The format of the objects of a flow log, from the first that has one."""
    known = described.get(objects[0].flow_log_id or "")
    if known and not known.is_of_interfaces:
        return Formats({}, [unreadable(o, "not_of_interfaces", known.resource_id) for o in objects])
    wanted = None if known else expected
    hidden: list[Unreadable] = []
    for place, found in enumerate(objects):
        form = _format_of(s3, found)
        why = form if isinstance(form, Unreadable) else _unfit(found, form, wanted)
        if why is None and isinstance(form, FlowLogFormat):
            told = None if found.file_format == "parquet" else form
            return Formats(dict.fromkeys((o.uri for o in objects[place:]), told), hidden)
        assert why is not None
        hidden.append(why)
        if why.reason == "not_of_interfaces":
            hidden += [unreadable(o, why.reason, why.detail) for o in objects[place + 1 :]]
            break
    return Formats({}, hidden)


def _unfit(
    found: FlowLogObject, form: FlowLogFormat, wanted: FlowLogFormat | None
) -> Unreadable | None:
    """Why records of an object's format cannot be read; `wanted` is the format as it should be."""
    if not form.is_of_interfaces:
        return unreadable(found, "not_of_interfaces", "its fields are those of a Transit Gateway")
    if form.missing_fields:
        return unreadable(found, "lacks_fields", f"it lacks {', '.join(form.missing_fields)}")
    if found.file_format == "parquet":
        return None
    if len(form.fields) > MOST_FIELDS:
        what = f"it has {len(form.fields)} fields, more than {MOST_FIELDS}"
        return unreadable(found, "other_format", what)
    difference = wanted.difference(form) if wanted else None
    return unreadable(found, "other_format", difference) if difference else None


def _format_of(s3: "S3Client", found: FlowLogObject) -> FlowLogFormat | Unreadable:
    """The fields that the beginning (text) or the end (Parquet) of an object names."""
    try:
        if found.file_format == "parquet":
            return FlowLogFormat(tuple(_columns(BytesIO(_parquet_footer(s3, found)))))
    except _NoParquetError as error:
        return unreadable(found, "not_parquet", str(error)[:200])
    header = first_line(_ranged(s3, found, f"bytes=0-{HEAD_BYTES - 1}"))
    if header is None:
        return unreadable(found, "not_gzip")
    return FlowLogFormat(tuple(header.split(" ")))


def damage(s3: "S3Client", found: FlowLogObject) -> Unreadable | None:
    """Reads a whole object: how it is damaged, after how many readable lines; None if it is not."""
    with closing(s3.get_object(Bucket=found.bucket, Key=found.key)["Body"]) as body:
        if found.file_format == "parquet":
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
