"""The text of the flow-log query: a template of SQL, and what one statement puts into it."""

from collections.abc import Sequence
from datetime import date, timedelta
from string import Template

from aws_network.flow_logs.day_objects import PathRanges, Selection
from aws_network.flow_logs.days import midnight


def select_statement(sql: str, selection: Selection, day: date, share: str = "TRUE") -> str:
    """The SELECT of a day's rows; `share` is a condition on `interface_id`."""
    of_day = "" if selection.of_day is None else _among(selection.of_day)
    return Template(without_comments(sql)).substitute(
        table=selection.table.name,
        columns=selection.table.selected(selection.form),
        of_day=of_day,
        of_next_day=_among(selection.of_next_day),
        day=day,
        midnight=midnight(day),
        share=share,
    )


def execution_parameters(day: date, snapshot_days: Sequence[date]) -> list[str]:
    """The values of the question marks, as SQL literals; `snapshot_days` are those around it."""
    later = day + timedelta(days=1)
    dates = [part for each in (day, later) for part in (f"{each:%Y}", f"{each:%m}", f"{each:%d}")]
    return [f"'{value}'" for value in (snapshot_days[0], snapshot_days[-1], *dates)]


def without_comments(sql: str) -> str:
    """The SQL without the lines that are comments: no semicolon or apostrophe of a sentence
    reaches the parsers between here and the engine."""
    return "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--"))


def _among(ranges: PathRanges) -> str:
    """A condition on "$path", by which Athena skips all other objects; no ranges, no object."""
    tests = [_between(*bounds) for bounds in ranges] or ["\"$path\" = ''"]
    return f"\n    AND ({' OR '.join(tests)})"


def _between(first: str, last: str) -> str:
    if first == last:
        return f'"$path" = {_literal(first)}'
    return f'"$path" BETWEEN {_literal(first)} AND {_literal(last)}'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
