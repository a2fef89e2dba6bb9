"""The objects of a flow log: which are to be read, and why the others cannot be."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    pass

_NAME = re.compile(r"\.log\.(gz|parquet)$")


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


def to_rows(found: Iterable[Unreadable]) -> list[dict[str, Any]]:
    """As JSON and Parquet hold them."""
    return [asdict(each) for each in found]


def from_rows(rows: Iterable[Mapping[str, Any]]) -> list[Unreadable]:
    """What `to_rows` was given."""
    return [Unreadable(**row) for row in rows]
