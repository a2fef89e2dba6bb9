"""The objects of a flow log: which can be read, and why the others cannot."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

_FORMATS = {".log.gz": "text", ".log.parquet": "parquet"}
_FLOW_LOG_ID = re.compile(r"_(fl-[0-9a-z]+)_[0-9]{8}T[0-9]{4}Z_")
_EARLY = re.compile(r"_[0-9]{8}T00[0-5][0-9]Z_")


def is_early(key: str) -> bool:
    """Was an object delivered in the first hour of its day, as its name says? Then it may have
    records that began on the day before: an aggregation interval takes ten minutes, its delivery
    about as long."""
    return _EARLY.search(key) is not None


@dataclass(frozen=True)
class FlowLogObject:
    """An object below a flow log's prefix, from the listing of the bucket.

    Its name says more: `ACCOUNT_vpcflowlogs_REGION_fl-ID_YYYYMMDDTHHMMZ_HASH.log.gz`.
    Source: "Flow log files", Amazon VPC user guide.
    """

    account_id: str
    region: str
    bucket: str
    key: str
    size: int
    etag: str
    is_hive: bool = False
    """Is its prefix Hive-compatible?"""

    @property
    def uri(self) -> str:
        """As Athena's "$path" spells it."""
        return f"s3://{self.bucket}/{self.key}"

    @property
    def flow_log_id(self) -> str | None:
        """The flow log that delivered it, `fl-...`, as its name says."""
        found = _FLOW_LOG_ID.search(self.key)
        return found[1] if found else None

    @property
    def file_format(self) -> str | None:
        """`text` or `parquet`, as its name says; None for anything else."""
        endings = (form for ending, form in _FORMATS.items() if self.key.endswith(ending))
        return next(endings, None)

    @property
    def is_early(self) -> bool:
        """See the function."""
        return is_early(self.key)


@dataclass(frozen=True)
class Unreadable:
    """An object from which no record was read, or lines of an object."""

    account_id: str
    region: str
    object: str
    """s3:// address"""
    reason: str
    """A key of REASONS"""
    hides_records: bool
    """Whether it may contain records of the account and region that were not read."""
    lines: int | None = None
    """None: the whole object."""
    detail: str | None = None
    flow_log_id: str | None = None


REASONS = {
    "not_a_flow_log": "its name is not that of a flow log (.log.gz, .log.parquet)",
    "duplicate": "the same bytes as another object of the day, which was read",
    "empty": "0 bytes",
    "not_of_interfaces": "a flow log of another resource than network interfaces",
    "not_gzip": "not a gzip file",
    "other_format": "its header does not match flow_log_format",
    "lacks_fields": "its format lacks fields without which no record can be attributed",
    "not_parquet": "not a Parquet file",
    "damaged": "truncated or damaged",
    "header_line": "a header line between records",
    "too_many_fields": "more fields than the format has",
    "too_few_fields": "fewer fields than the format has",
    "log_status": "an invalid log-status",
    "interface_id": "an interface id that is NULL",
    "address": "an invalid address",
    "protocol": "an invalid protocol",
    "port": "an invalid port",
    "action": "an invalid action",
}
"""Every reason for objects and (from query_flow_logs.sql) for lines, in words."""

HARMLESS = frozenset({"not_a_flow_log", "not_of_interfaces", "duplicate", "header_line"})
"""Reasons of objects and lines without new records."""

FORMAT_DOES_NOT_FIT = frozenset({"other_format", "lacks_fields"})
"""If all objects have such a reason, no flow log can be read."""


def unreadable(
    found: FlowLogObject, reason: str, detail: str | None = None, lines: int | None = None
) -> Unreadable:
    """Why an object, or some of its lines, cannot be read."""
    return Unreadable(
        found.account_id,
        found.region,
        found.uri,
        reason,
        hides_records=reason not in HARMLESS,
        lines=lines,
        detail=detail,
        flow_log_id=found.flow_log_id,
    )


def judged_by_listing(objects: Iterable[FlowLogObject]) -> dict[str, Unreadable]:
    """s3:// address to reason, of the objects that the listing alone shows to be unreadable.

    An object is a duplicate if it has the size and the ETag of an earlier one. The ETag is a digest
    of the content, except with a KMS key; then no duplicate is found.
    """
    verdicts: dict[str, Unreadable] = {}
    seen: dict[tuple[str, str, int, str], str] = {}
    for found in objects:
        content = (found.account_id, found.region, found.size, found.etag)
        if found.file_format is None:
            verdicts[found.uri] = unreadable(found, "not_a_flow_log")
        elif found.size == 0:
            verdicts[found.uri] = unreadable(found, "empty")
        elif content in seen and found.etag:
            verdicts[found.uri] = unreadable(found, "duplicate", f"of {seen[content]}")
        else:
            seen[content] = found.uri
    return verdicts


def listing_digest(objects: Iterable[FlowLogObject]) -> str:
    """A digest of what objects there are, in any order; a further or another one changes it."""
    lines = sorted(f"{found.uri} {found.size} {found.etag}\n" for found in objects)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def to_rows(found: Iterable[Unreadable]) -> list[dict[str, Any]]:
    """As they are stored in JSON and Parquet."""
    return [asdict(each) for each in found]


def from_rows(rows: Iterable[Mapping[str, Any]]) -> list[Unreadable]:
    """The reverse of `to_rows`."""
    return [Unreadable(**row) for row in rows]
