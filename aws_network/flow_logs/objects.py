"""The objects of a flow log: which can be read, and why the others cannot."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

_NAME = re.compile(r"\.log\.(gz|parquet)$")


@dataclass(frozen=True)
class FlowLogObject:
    """An object below a flow log's prefix, from the listing of the bucket."""

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
    "other_file_format": "text where Parquet is expected, or the reverse",
    "not_gzip": "not a gzip file",
    "other_format": "its header or columns do not match flow_log_format",
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

HARMLESS = frozenset({"not_a_flow_log", "duplicate", "header_line"})
"""Reasons of objects and lines without new records."""

SETTINGS_DO_NOT_FIT = frozenset({"other_format", "other_file_format"})
"""If all objects have such a reason, the settings are wrong, not the objects."""


def unreadable(
    found: FlowLogObject, reason: str, detail: str | None = None, lines: int | None = None
) -> Unreadable:
    """Why an object, or some of its lines, cannot be read."""
    hides = reason not in HARMLESS
    return Unreadable(found.account_id, found.region, found.uri, reason, hides, lines, detail)


def judged_by_listing(objects: Iterable[FlowLogObject], is_parquet: bool) -> dict[str, Unreadable]:
    """s3:// address to reason, of the objects that the listing alone shows to be unreadable.

    An object is a duplicate if it has the size and the ETag of an earlier one. The ETag is a digest
    of the content, except with a KMS key; then no duplicate is found.
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
    """As they are stored in JSON and Parquet."""
    return [asdict(each) for each in found]


def from_rows(rows: Iterable[Mapping[str, Any]]) -> list[Unreadable]:
    """The reverse of `to_rows`."""
    return [Unreadable(**row) for row in rows]
