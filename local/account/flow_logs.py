"""A user's flow logs as files: what `aws s3 sync` of the log bucket leaves.

Accounts, regions and days come out of the paths. The records that began on a day may lie in the
first objects of the next one, so those are taken as well.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from aws_network.flow_logs.objects import is_early
from local.account.cli_exports import InputError
from local.account.flow_log_formats import require_readable

_DEFAULT = re.compile(
    r"AWSLogs/(?P<account>\d{12})/vpcflowlogs/(?P<region>[a-z0-9-]+)/"
    r"(?P<year>\d{4})/(?P<month>\d\d)/(?P<day>\d\d)/"
)
_HIVE = re.compile(
    r"AWSLogs/aws-account-id=(?P<account>\d{12})/aws-service=vpcflowlogs/"
    r"aws-region=(?P<region>[a-z0-9-]+)/year=(?P<year>\d{4})/month=(?P<month>\d\d)/day=(?P<day>\d\d)/"
)
_SUFFIXES = (".log.gz", ".log.parquet")


@dataclass(frozen=True)
class FlowLogFile:
    """A log file: where it is, its key in the bucket, and what its path says."""

    path: Path
    key: str
    account: str
    region: str
    day: date


@dataclass(frozen=True)
class FlowLogs:
    """The flow logs of some days, and the first of the day after."""

    files: tuple[FlowLogFile, ...]
    prefix: str
    """the part of the keys before AWSLogs/, without a slash at its end"""

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
    require_readable(file.path for file in files)
    after = last + timedelta(days=1)
    files += tuple(file for file in found if file.day == after and is_early(file.key))
    prefixes = {file.key.partition("AWSLogs/")[0].rstrip("/") for file in files}
    if len(prefixes) > 1:
        raise InputError(
            f"{root}: holds several AWSLogs folders ({', '.join(sorted(prefixes))}); give one of "
            "them"
        )
    return FlowLogs(files, prefixes.pop())


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
        if found and key.endswith(_SUFFIXES) and path.is_file():
            day = date(*(int(found[part]) for part in ("year", "month", "day")))
            yield FlowLogFile(path, key, found["account"], found["region"], day)


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
