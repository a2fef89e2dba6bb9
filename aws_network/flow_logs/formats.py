"""The format of a VPC flow log: the fields of its records, their order and their types.

Source of names and types: "Flow log records" and "Publish flow logs to Amazon S3" in the Amazon VPC
user guide.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

DEFAULT_FIELDS = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol "
    "packets bytes start end action log-status"
).split()

REQUIRED_FIELDS = ("interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "action")
"""Without these no record can be attributed to a rule."""

PARQUET_TYPES = {
    **dict.fromkeys(
        ["version", "srcport", "dstport", "protocol", "tcp-flags", "traffic-path"], "int"
    ),
    **dict.fromkeys(["packets", "bytes", "start", "end"], "bigint"),
}
"""Fields that AWS writes as numbers in Parquet; any other field, also a new one, is a string."""

EXTRA_FIELDS = "extra_fields"
"""A column after those of a text format; it has a value if a line has too many fields."""

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

    def columns(self, file_format: str) -> list[Column]:
        """The table columns for `text` or `parquet` files.

        Text columns are all strings: a value such as '-' or a damaged number must become NULL
        in the query, not an error in the reader.
        """
        types = PARQUET_TYPES if file_format == "parquet" else {}
        return [Column(column_name(field), types.get(field, "string")) for field in self.fields]

    def check_header(self, header: Sequence[str], where: str) -> None:
        """Raises FormatError if the header of a text object has other fields, or another order."""
        found = tuple(column_name(field) for field in header)
        expected = tuple(column_name(field) for field in self.fields)
        if found != expected:
            raise FormatError(
                f"{where}: its header does not fit the flow log format: "
                f"{_first_difference(expected, found)}. Set flow_log_format to the LogFormat of "
                "this flow log, and keep flow logs of different formats under different prefixes"
            )

    def check_parquet_columns(self, names: Sequence[str], where: str) -> None:
        """Raises FormatError if a Parquet object lacks a field of the format; the order is free."""
        missing = [f for f in self.fields if column_name(f) not in set(names)]
        if missing:
            raise FormatError(
                f"{where}: its Parquet columns do not fit the flow log format: "
                f"no column for {', '.join(missing)}"
            )


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
    fields = tuple(_field(word) for word in text.split())
    twice = sorted({field for field in fields if fields.count(field) > 1})
    if twice:
        raise FormatError(f"flow log format names a field twice: {', '.join(twice)}")
    missing = [field for field in REQUIRED_FIELDS if field not in fields]
    if missing:
        raise FormatError(
            f"flow log format lacks {', '.join(missing)}: without them no record can be attributed"
        )
    return FlowLogFormat(fields)


def _field(word: str) -> str:
    name = word[2:-1] if word.startswith("${") and word.endswith("}") else word
    if not _FIELD.fullmatch(name):
        raise FormatError(
            f"flow log format has {word!r}, which is not a field: paste the LogFormat as "
            "`aws ec2 describe-flow-logs` prints it, for example '${interface-id} ${srcaddr} ...'"
        )
    return name


def _first_difference(expected: Sequence[str], found: Sequence[str]) -> str:
    for place, (want, got) in enumerate(zip(expected, found, strict=False), start=1):
        if want != got:
            return f"field {place} should be {want}, is {got[:60]!r}"
    return f"it should have {len(expected)} fields, has {len(found)}"
