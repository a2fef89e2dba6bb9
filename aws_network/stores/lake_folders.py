"""What a folder and a table of the lake are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from aws_network.flow_logs.formats import Column


def ddl(columns: Iterable[Column]) -> str:
    """A schema as Spark reads it: `sg_rule_id string, used_times bigint`."""
    return ", ".join(f"{column.name} {column.type}" for column in columns)


DAY = Column("day", "string")
"""The partition key of every daily table: a UTC day, YYYY-MM-DD."""


class Retention(Enum):
    """How long a folder's objects are kept."""

    RECORDS = "records"
    """What holds addresses of single conversations: the setting `retention_days`."""
    HISTORY = "history"
    """What the window is made of: the setting `history_days`."""
    SCRATCH = "scratch"
    """What is needed while a query runs, and for a week after to look into a failure."""
    CURRENT = "current"
    """Always the last night's alone, written over by the next: it never expires."""


class Storage(Enum):
    """How a table's rows lie in its files."""

    PARQUET = "parquet"
    JSON_LINES = "json_lines"


@dataclass(frozen=True)
class LakeFolder:
    """A top-level folder of the lake's bucket."""

    folder: str
    retention: Retention
    doc: str

    def key(self, name: str) -> str:
        """The key of an object right below the folder."""
        return f"{self.folder}/{name}"

    def day_prefix(self, day: date | str) -> str:
        """Where a day's objects lie; ends with a slash."""
        return self.key(f"day={day}/")


@dataclass(frozen=True, kw_only=True)
class LakeTable(LakeFolder):
    """A folder whose files are the rows of a table, in Athena and for the jobs."""

    name: str
    columns: tuple[Column, ...]
    is_daily: bool = True
    """One partition per day, replaced whole; else one object, replaced whole."""
    storage: Storage = Storage.PARQUET
    below_day: str = ""
    """The part of a day's folder that holds the rows, when it holds more than them."""

    @property
    def file_name(self) -> str:
        """The one object that holds all rows, of a day or of the table."""
        return f"{self.folder}.parquet"

    def day_key(self, day: date) -> str:
        """The object with the rows of a day."""
        return f"{self.day_prefix(day)}{self.file_name}"
