"""The tables over the folder that flow logs deliver into: one for each way AWS writes objects.

Text objects have their fields by position, and each flow log may have a format of its own. So the
columns of a text table are numbered, and a query says which field is where. The columns of Parquet
objects have names; one that an object lacks is NULL.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_network.flow_logs.formats import (
    PARQUET_TYPES,
    REQUIRED_FIELDS,
    Column,
    FlowLogFormat,
    column_name,
)

MOST_FIELDS = 100
"""Fields of a text format that can be read; the published fields are fewer."""

OPTIONAL_FIELDS = (
    *("pkt-srcaddr", "pkt-dstaddr", "tcp-flags", "flow-direction", "log-status"),
    *("vpc-id", "start", "end"),
)
"""Fields that the query can do without."""

QUERIED_FIELDS = (*REQUIRED_FIELDS, *OPTIONAL_FIELDS)


@dataclass(frozen=True)
class FlowLogTable:
    """A table over the objects of one file format (`text` or `parquet`) below one kind of prefix:
    Hive-compatible, or not."""

    file_format: str
    is_hive: bool

    @property
    def name(self) -> str:
        """As in the catalog."""
        return f"flow_logs_{self.file_format}{'_hive' if self.is_hive else ''}"

    @property
    def columns(self) -> list[Column]:
        """What the objects hold, without the partition keys."""
        if self.file_format == "text":
            return [Column(_numbered(n), "string") for n in range(1, MOST_FIELDS + 2)]
        return [
            Column(column_name(field), PARQUET_TYPES.get(field, "string"))
            for field in QUERIED_FIELDS
        ]

    def selected(self, form: FlowLogFormat | None) -> str:
        """The SELECT list that gives each queried field its name; `form` is that of text objects.

        last_field is NULL in a line that ends early, extra_fields is not in one that goes on.
        """
        names = [column_name(field) for field in QUERIED_FIELDS]
        if form is None:
            return _aliased([*zip(names, names, strict=True), ("''", "last_field"), _NO_EXTRA])
        places = {column_name(f): _numbered(n) for n, f in enumerate(form.fields, start=1)}
        named = [(places.get(name, _NULL), name) for name in names]
        size = len(form.fields)
        ends = [(_numbered(size), "last_field"), (_numbered(size + 1), "extra_fields")]
        return _aliased([*named, *ends])


FLOW_LOG_TABLES = tuple(
    FlowLogTable(file_format, is_hive)
    for file_format in ("text", "parquet")
    for is_hive in (False, True)
)

_NULL = "CAST(NULL AS varchar)"
_NO_EXTRA = (_NULL, "extra_fields")


def _numbered(place: int) -> str:
    return f"field_{place}"


def _aliased(columns: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f'{_quoted(source)} AS "{name}"' for source, name in columns)


def _quoted(source: str) -> str:
    return source if source in (_NULL, "''") else f'"{source}"'
