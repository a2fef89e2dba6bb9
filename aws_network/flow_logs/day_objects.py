"""Which objects the query of a day reads, and in how many statements.

A record counts for the day on which it began. It may lie in an early object of the next day, so
each statement reads those too. A statement reads one table, in one format; the records of a
conversation are in one flow log, so statements that read other flow logs never share one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from aws_network.flow_logs.flow_log_tables import FLOW_LOG_TABLES, FlowLogTable
from aws_network.flow_logs.formats import FlowLogFormat
from aws_network.flow_logs.objects import FORMAT_DOES_NOT_FIT, FlowLogObject, Unreadable

MOST_RANGES = 900
"""Ranges of paths in a statement. Trino simplifies a condition of more than 1,000 ranges
(`domain-compaction-threshold`) and then opens the objects between them all the same."""
MOST_BYTES = 200_000
"""Of all ranges of a statement, which may have 262,144 bytes in all.
Source: "Service quotas", Amazon Athena user guide."""

_TABLES = {(table.file_format, table.is_hive): table for table in FLOW_LOG_TABLES}

PathRanges = Sequence[tuple[str, str]]
"""First and last path, both inclusive, in the order of their characters."""


class TooManyUnreadableError(RuntimeError):
    """The objects of a flow log that can be read lie between too many that cannot."""


@dataclass(frozen=True)
class Selection:
    """What one statement reads. None instead of ranges: the whole day."""

    table: FlowLogTable
    form: FlowLogFormat | None
    """Of text objects; Parquet objects name their columns."""
    objects: tuple[FlowLogObject, ...]
    of_day: PathRanges | None
    of_next_day: PathRanges

    @property
    def fits(self) -> bool:
        """Is it short enough for a statement?"""
        ranges = [*(self.of_day or ()), *self.of_next_day]
        size = sum(len(path.encode()) for paths in ranges for path in set(paths))
        return len(ranges) <= MOST_RANGES and size <= MOST_BYTES


@dataclass
class DayObjects:
    """The objects below the prefixes of a day and of the next one, and what cannot be read."""

    of_day: Sequence[FlowLogObject]
    of_next_day: Sequence[FlowLogObject] = ()
    """All of them; only the early ones are read."""
    unreadable: dict[str, Unreadable] = field(default_factory=dict)
    """By s3:// address."""
    formats: Mapping[str, FlowLogFormat | None] = field(default_factory=dict)
    """s3:// address to the format of a readable text object."""

    @property
    def objects(self) -> list[FlowLogObject]:
        """What may have records of the day."""
        return [*self.of_day, *(found for found in self.of_next_day if found.is_early)]

    @property
    def readable(self) -> list[FlowLogObject]:
        """What the query reads."""
        return [found for found in self.objects if found.uri not in self.unreadable]

    @property
    def misfit(self) -> Unreadable | None:
        """The first of the day's own objects, where none of them has a format that can be read."""
        judged = [self.unreadable.get(own.uri) for own in self.of_day]
        hidden = [found for found in judged if found and found.hides_records]
        is_misfit = None not in judged and all(h.reason in FORMAT_DOES_NOT_FIT for h in hidden)
        return hidden[0] if hidden and is_misfit else None

    def add(self, found: Iterable[Unreadable | None]) -> bool:
        """Adds what is not None; whether there was any."""
        fresh = {hidden.object: hidden for hidden in found if hidden}
        self.unreadable |= fresh
        return bool(fresh)

    def selections(self) -> list[Selection]:
        """What each statement reads. Raises TooManyUnreadableError."""
        together: dict[tuple[FlowLogTable, FlowLogFormat | None], list[FlowLogObject]]
        together = defaultdict(list)
        for found in self.readable:
            table = _TABLES[found.file_format or "", found.is_hive]
            together[table, self.formats.get(found.uri)].append(found)
        return [
            selection
            for (table, form), objects in together.items()
            for selection in self._selections(table, form, objects)
        ]

    def again(self, selection: Selection) -> Selection:
        """The same without what turned out to be unreadable. Raises TooManyUnreadableError."""
        left = [found for found in selection.objects if found.uri not in self.unreadable]
        found = self._selection(selection.table, selection.form, left)
        if not found.fits:
            raise TooManyUnreadableError(self._too_many())
        return found

    def _selections(
        self, table: FlowLogTable, form: FlowLogFormat | None, objects: Sequence[FlowLogObject]
    ) -> Iterator[Selection]:
        selection = self._selection(table, form, objects)
        if selection.fits:
            yield selection
            return
        flow_logs = sorted({_flow_log_of(found) for found in objects})
        if len(flow_logs) == 1:
            raise TooManyUnreadableError(self._too_many())
        first = set(flow_logs[: len(flow_logs) // 2])
        for is_first in (True, False):
            half = [found for found in objects if (_flow_log_of(found) in first) == is_first]
            yield from self._selections(table, form, half)

    def _selection(
        self, table: FlowLogTable, form: FlowLogFormat | None, objects: Sequence[FlowLogObject]
    ) -> Selection:
        wanted = {found.uri for found in objects}
        of_day = [found.uri for found in self.of_day if found.is_hive == table.is_hive]
        of_next = [found.uri for found in self.of_next_day if found.is_hive == table.is_hive]
        return Selection(
            table,
            form,
            tuple(objects),
            None if wanted.issuperset(of_day) else path_ranges(wanted, of_day),
            path_ranges(wanted, of_next),
        )

    def _too_many(self) -> str:
        first = next(iter(self.unreadable.values()), None)
        why = f"; the first: {first.object}: {first.reason}: {first.detail}" if first else ""
        return (
            f"{len(self.unreadable)} of {len(self.objects)} objects cannot be read, too many to "
            f"leave out{why}"
        )


def _flow_log_of(found: FlowLogObject) -> tuple[str, str, str]:
    return found.account_id, found.region, found.flow_log_id or ""


def path_ranges(wanted: Collection[str], listed: Iterable[str]) -> PathRanges:
    """The paths of `listed` that are wanted, neighbours as one range.

    Code points are in the order of UTF-8 bytes, in which S3 lists and Trino compares.
    """
    ranges = []
    for is_wanted, run in groupby(sorted(listed), key=lambda path: path in wanted):
        paths = list(run)
        if is_wanted:
            ranges.append((paths[0], paths[-1]))
    return ranges
