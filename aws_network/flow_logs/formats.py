"""The format of a VPC flow log: the fields of its records, their order and their types.

Source of names and types: "Flow log records" and "Publish flow logs to Amazon S3" in the Amazon VPC
user guide.
"""

import re
from dataclasses import dataclass

DEFAULT_FIELDS = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol "
    "packets bytes start end action log-status"
).split()

AS_DESCRIBED = "as-described"
"""The job's flow_log_format where the setting is blank: formats are those that headers name."""

REQUIRED_FIELDS = ("interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "action")
"""Without these no record can be attributed to a rule."""

PARQUET_TYPES = {
    **dict.fromkeys(
        ["version", "srcport", "dstport", "protocol", "tcp-flags", "traffic-path"], "int"
    ),
    **dict.fromkeys(["packets", "bytes", "start", "end"], "bigint"),
}
"""Fields that AWS writes as numbers in Parquet; any other field, also a new one, is a string."""

_FIELD = re.compile(r"[a-z][a-z0-9-]*")


class FormatError(ValueError):
    """A log format is invalid, or an object does not match it."""


@dataclass(frozen=True)
class Column:
    """A column of a table: its name and its Athena (Hive) type."""

    name: str
    type: str


@dataclass(frozen=True)
class FlowLogFormat:
    """The fields of a flow log in the order of its records, by their AWS names."""

    fields: tuple[str, ...]

    @property
    def missing_fields(self) -> list[str]:
        """The fields that attribution needs and the format lacks."""
        columns = {column_name(field) for field in self.fields}
        return [field for field in REQUIRED_FIELDS if column_name(field) not in columns]

    @property
    def is_of_interfaces(self) -> bool:
        """Is it a format of a VPC flow log? Those of Transit Gateways name a gateway instead."""
        columns = {column_name(field) for field in self.fields}
        return "interface_id" in columns or not any(c.startswith("tgw_") for c in columns)

    def difference(self, found: "FlowLogFormat") -> str | None:
        """How the header of a text object differs, in words; None if it does not."""
        there = [column_name(field) for field in found.fields]
        wanted = [column_name(field) for field in self.fields]
        for place, (want, got) in enumerate(zip(wanted, there, strict=False), start=1):
            if want != got:
                return f"field {place} should be {want}, is {got[:60]!r}"
        if len(there) != len(wanted):
            return f"it should have {len(wanted)} fields, has {len(there)}"
        return None


def column_name(field: str) -> str:
    """The column name of a field: AWS itself writes underscores in Parquet."""
    return field.replace("-", "_")


def parse_format(text: str) -> FlowLogFormat:
    """The format that a LogFormat string (`${version} ${account-id} ...`) or a header line names.

    `default` stands for the default format (version 2). Raises FormatError for an invalid field
    name, a repeated field, or a missing field that attribution needs.
    """
    if text.strip() == "default":
        return FlowLogFormat(tuple(DEFAULT_FIELDS))
    fields = tuple(map(_field, text.split()))
    twice = sorted({field for field in fields if fields.count(field) > 1})
    if twice:
        raise FormatError(f"flow log format names a field twice: {', '.join(twice)}")
    found = FlowLogFormat(fields)
    if found.missing_fields:
        raise FormatError(
            f"flow log format lacks {', '.join(found.missing_fields)}: without them no record can "
            "be attributed"
        )
    return found


def _field(word: str) -> str:
    name = word[2:-1] if word.startswith("${") and word.endswith("}") else word
    if not _FIELD.fullmatch(name):
        raise FormatError(
            f"flow log format has {word!r}, which is not a field: paste the LogFormat as "
            "`aws ec2 describe-flow-logs` prints it, for example '${interface-id} ${srcaddr} ...'"
        )
    return name
