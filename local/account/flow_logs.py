"""A user's flow logs as files: what `aws s3 sync` of the log bucket leaves.

Accounts, regions, layout and file format come out of the paths, the format of the records out of a
file, so that the user need not give them.
"""

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from local.account.cli_exports import InputError

_DEFAULT = re.compile(
    r"AWSLogs/(?P<account>\d{12})/vpcflowlogs/(?P<region>[a-z0-9-]+)/"
    r"(?P<year>\d{4})/(?P<month>\d\d)/(?P<day>\d\d)/"
)
_HIVE = re.compile(
    r"AWSLogs/aws-account-id=(?P<account>\d{12})/aws-service=vpcflowlogs/"
    r"aws-region=(?P<region>[a-z0-9-]+)/year=(?P<year>\d{4})/month=(?P<month>\d\d)/day=(?P<day>\d\d)/"
)
T = TypeVar("T")

_SUFFIXES = {".log.gz": "text", ".parquet": "parquet"}


@dataclass(frozen=True)
class FlowLogFile:
    """A log file: where it is, its key in the bucket, and what its path says."""

    path: Path
    key: str
    account: str
    region: str
    day: date
    hive: bool
    file_format: str


@dataclass(frozen=True)
class FlowLogs:
    """The flow logs of some days, in one layout and one file format."""

    files: tuple[FlowLogFile, ...]
    prefix: str
    """the part of the keys before AWSLogs/, without a slash at its end"""
    hive: bool
    file_format: str
    log_format: str

    @property
    def accounts(self) -> list[str]:
        return sorted({file.account for file in self.files})

    @property
    def regions(self) -> list[str]:
        return sorted({file.region for file in self.files})


def read_flow_logs(folder: Path, first: date, last: date) -> FlowLogs:
    """The logs of the days in a folder. Raises InputError."""
    root = _root(folder)
    found = list(_files(root))
    files = tuple(file for file in found if first <= file.day <= last)
    if not files:
        raise InputError(_nothing(root, found, first, last))
    hive = _only({file.hive for file in files}, root, "default and Hive prefixes")
    file_format = _only({file.file_format for file in files}, root, "text and Parquet files")
    prefixes = {file.key.partition("AWSLogs/")[0].rstrip("/") for file in files}
    prefix = _only(prefixes, root, "several AWSLogs folders")
    return FlowLogs(files, prefix, hive, file_format, _format_of(files))


def _root(folder: Path) -> Path:
    """The folder that stands for the bucket."""
    if not folder.is_dir():
        raise InputError(
            f"{folder}: no such folder; make it with: aws s3 sync s3://BUCKET {folder}"
        )
    if folder.name == "AWSLogs":
        return folder.parent
    if not any(path.is_dir() for path in folder.rglob("AWSLogs")):
        raise InputError(
            f"{folder}: holds no folder AWSLogs; give the folder that `aws s3 sync` of the "
            "flow-log bucket made"
        )
    return folder


def _files(root: Path) -> Iterator[FlowLogFile]:
    for path in sorted(root.rglob("*")):
        key = path.relative_to(root).as_posix()
        found = _DEFAULT.search(key) or _HIVE.search(key)
        kind = next((k for suffix, k in _SUFFIXES.items() if key.endswith(suffix)), None)
        if found and kind and path.is_file():
            day = date(*(int(found[part]) for part in ("year", "month", "day")))
            hive = found.re is _HIVE
            yield FlowLogFile(path, key, found["account"], found["region"], day, hive, kind)


def _nothing(root: Path, found: list[FlowLogFile], first: date, last: date) -> str:
    if not found:
        return (
            f"{root}: holds no flow log (*.log.gz or *.parquet below AWSLogs/ACCOUNT/vpcflowlogs); "
            "sync the bucket that the flow log delivers to"
        )
    earliest, latest = min(file.day for file in found), max(file.day for file in found)
    return (
        f"{root}: holds no flow logs from {first} to {last}, only from {earliest} to {latest}; "
        "give days within these, or sync more of the bucket"
    )


def _only(values: set[T], root: Path, mixture: str) -> T:
    if len(values) > 1:
        raise InputError(f"{root}: holds {mixture}; give a folder with one kind of flow log")
    return values.pop()


def _format_of(files: tuple[FlowLogFile, ...]) -> str:
    """That of the first file that can be read; the run itself then names those that cannot."""
    problems = []
    for file in files:
        try:
            return _log_format(file)
        except InputError as problem:
            problems.append(problem)
    raise problems[0]


def _log_format(file: FlowLogFile) -> str:
    """The fields of a file as a LogFormat string."""
    try:
        fields = _columns(file.path) if file.file_format == "parquet" else _header(file.path)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, pa.ArrowInvalid) as error:
        raise InputError(
            f"{file.path}: is damaged ({error}); copy it again: aws s3 sync"
        ) from error
    return " ".join(f"${{{field}}}" for field in fields)


def _header(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        words = lines.readline().split()
    if "srcaddr" not in words:
        raise InputError(
            f"{path}: does not begin with the header line of a flow log (it begins "
            f"{' '.join(words)[:60]!r})"
        )
    return words


def _columns(path: Path) -> list[str]:
    return [name.replace("_", "-") for name in pq.read_schema(path).names]
