"""Objects of S3 on the disk, where DuckDB reads them: unpacked and repaired where need be.

A damaged object shows here: a query never goes on with part of it.
"""

import hashlib
import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq
from isal import igzip, igzip_lib, isal_zlib

from local.emulator.athena.errors import SqlError
from local.emulator.s3 import ObjectInfo, ObjectStore

_PIECE = 1 << 20
"""Bytes unpacked at a time; isal lets other threads run meanwhile."""
_PACKED_PIECE = 1 << 16
"""The same before they are unpacked; a flow log packs ten to one and better."""

_LONGEST_LETTER = 4
"""Bytes of a letter in UTF-8."""

_BROKEN_GZIP: tuple[type[Exception], ...] = (
    EOFError,
    igzip.BadGzipFile,
    igzip_lib.IsalError,  # type: ignore[assignment]  # isal's stub takes it for an instance
)

NO_DELIMITER = "\x02"
"""DuckDB wants one between columns; lines are read as one column."""


@dataclass(frozen=True)
class ObjectCache:
    """A folder with the objects that one caller's queries have read."""

    folder: Path
    store: ObjectStore

    def path_of(self, found: ObjectInfo, reader: str) -> Path:
        """The file that holds an object for a reader (text, parquet, json).

        Raises SqlError (a damaged object), DeniedError, MissingObjectError.
        """
        digest = hashlib.sha256(f"{found.uri} {found.etag}".encode()).hexdigest()[:32]
        stem = self.folder / f"{digest}.{reader}"
        cached = next((file for file in (stem, _packed(stem)) if file.exists()), None)
        if cached is None:
            return _write(reader, found, self.store.read(found.bucket, found.key), stem)
        self.store.caller.require("s3:GetObject", f"arn:aws:s3:::{found.bucket}/{found.key}")
        return cached


def _write(reader: str, found: ObjectInfo, content: bytes, stem: Path) -> Path:
    """Writes the content as DuckDB is to read it. Raises SqlError."""
    unfinished = stem.with_suffix(f".{uuid.uuid4()}")
    if reader == "parquet":
        _check_parquet(found, content)
        unfinished.write_bytes(content)
    elif reader == "text" and found.key.endswith(".gz") and _is_plain_gzip(content):
        unfinished.write_bytes(content)
        return unfinished.rename(_packed(stem))
    else:
        _write_lines(found, content, unfinished, _as_lines if reader == "text" else bytes)
    return unfinished.rename(stem)


def _packed(stem: Path) -> Path:
    """DuckDB unpacks what has this name."""
    return stem.with_name(f"{stem.name}.gz")


def _is_plain_gzip(content: bytes) -> bool:
    """Whether DuckDB can read all of it as it is: one whole member, lines of plain text."""
    member, places = isal_zlib.decompressobj(wbits=31), range(0, len(content), _PACKED_PIECE)
    pieces = (member.decompress(content[at : at + _PACKED_PIECE]) for at in places)
    try:
        is_plain = all(not _is_odd(piece) and _has_lines(piece) for piece in pieces)
    except _BROKEN_GZIP:
        return False
    return is_plain and member.eof and not member.unused_data


def _write_lines(
    found: ObjectInfo, content: bytes, copy: Path, shape: Callable[[bytes], bytes]
) -> None:
    plain = io.BytesIO(content)
    try:
        with copy.open("wb") as out:
            lines = plain
            if found.key.endswith(".gz"):
                lines = igzip.open(plain)  # type: ignore[no-untyped-call]  # isal has no type for it
            while piece := lines.read(_PIECE):
                out.write(shape(piece + _rest_of_sign(piece, lines)))
    except _BROKEN_GZIP as error:
        copy.unlink()
        raise SqlError(f"HIVE_CURSOR_ERROR: Failed to read file at {found.uri}: {error}") from error


def _rest_of_sign(piece: bytes, lines: IO[bytes]) -> bytes:
    """What belongs to the last sign of a piece: the end of a carriage return, or of a letter."""
    rest = lines.read(1) if piece.endswith(b"\r") else b""
    for _ in range(_LONGEST_LETTER - 1):
        if (rest or piece)[-1:] >= b"\x80":
            rest += lines.read(1)
    return rest


def _as_lines(piece: bytes) -> bytes:
    """What is no plain text, as DuckDB can read it; the words of a flow log stay as they are.

    A reader of text takes a carriage return for the end of a line. Source: TextLineReader of Trino.
    What is no UTF-8 becomes a sign that stands for it. A line of more than a piece, which DuckDB
    would refuse, loses its middle; no flow log's line is as long.
    """
    if _is_odd(piece):
        piece = piece.replace(b"\r\n", b"\n").translate(_PLAIN)
        piece = piece.decode("utf-8", "replace").encode()
    return piece if b"\n" in piece or len(piece) < _PIECE else b""


def _is_odd(piece: bytes) -> bool:
    return not piece.isascii() or any(odd in piece for odd in _ODD)


def _has_lines(piece: bytes) -> bool:
    """Whether no line is as long as DuckDB refuses, of what was 64 KB or the end when packed."""
    starts = range(0, len(piece) - _PACKED_PIECE // 2, _PIECE // 2)
    return all(piece.find(b"\n", start, start + _PIECE // 2) >= 0 for start in starts)


_ODD = (b"\r", b"\x00", NO_DELIMITER.encode())
_PLAIN = bytes.maketrans(bytes([0, ord(NO_DELIMITER), ord("\r")]), b"??\n")


def _check_parquet(found: ObjectInfo, content: bytes) -> None:
    try:
        pq.ParquetFile(pa.BufferReader(content))
    except (pa.ArrowInvalid, OSError) as error:
        raise SqlError(f"HIVE_BAD_DATA: Not valid Parquet file: {found.uri}: {error}") from error
