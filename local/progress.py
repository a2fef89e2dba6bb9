"""What a person at the terminal sees: where the run is, and its summary."""

import csv
import io
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.status import Status
from rich.table import Table

from local.execution import Step

_WORDS = {
    "CollectSecurityGroups": "collecting rules and interfaces",
    "QueryFlowLogs": "querying flow logs in Athena",
    "ComputeRuleUsage": "computing rule usage in Spark",
    "EmailUsageReport": "rendering and mailing the report",
}
"""The states that take a while; the others are over at once."""


class Progress:
    """A spinner on a terminal, plain lines elsewhere."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(file=sys.stdout, highlight=False)
        self._status: Status | None = None
        self._state = ""
        self._begun = 0.0

    @contextmanager
    def step(self, words: str) -> Iterator[None]:
        """Something that takes a while: shown while it lasts, and with its time when it is over."""
        begun = time.monotonic()
        with self._spinner(words):
            yield
        self._line(words, time.monotonic() - begun)

    @contextmanager
    def execution(self, title: str) -> Iterator["Progress"]:
        """An execution of the state machine, whose steps `show` is told."""
        self.console.print(title)
        self._state = ""
        with self._spinner("starting") as self._status:
            yield self
            self._finish_state()
        self._status = None

    def show(self, step: Step) -> None:
        """The state the execution is in."""
        if step.state != self._state:
            self._finish_state()
            self._state, self._begun = step.state, time.monotonic()
        words = _WORDS.get(step.state, step.state)
        counted = f", {step.done} of {step.days} days" if step.done else ""
        if self._status:
            self._status.update(f"  {words}{counted} ({step.seconds:.0f} s)")

    def note(self, text: str) -> None:
        """Something that the user should know of the input."""
        self.console.print(f"Note: {text}", markup=False, soft_wrap=True)

    def _finish_state(self) -> None:
        if self._state in _WORDS:
            self._line(f"  {self._state}: {_WORDS[self._state]}", time.monotonic() - self._begun)
        self._state = ""

    def _line(self, words: str, seconds: float) -> None:
        self.console.print(f"{words} [dim]({seconds:.1f} s)[/dim]")

    @contextmanager
    def _spinner(self, words: str) -> Iterator[Status | None]:
        if not self.console.is_terminal:
            yield None
            return
        with self.console.status(words) as status:
            yield status

    def summary(self, usage: bytes, coverage: str, paths: list[Path]) -> None:
        """How many rules have which status, the unused ones by name, and where the files are.

        `coverage` is a line that says how much the logs saw.
        """
        rows = list(csv.DictReader(io.StringIO(usage.decode())))
        counts = Counter(row["status"] for row in rows)
        table = Table(title=f"{len(rows)} security group rules", title_justify="left")
        table.add_column("status")
        table.add_column("rules", justify="right")
        for status, count in counts.most_common():
            table.add_row(status, str(count))
        self.console.print(table)
        self.console.print(coverage, markup=False, soft_wrap=True)
        unused = [row for row in rows if row["status"] == "unused"]
        for row in unused[:12]:
            self.console.print(f"  unused: {_rule_in_words(row)}", markup=False, soft_wrap=True)
        if len(unused) > 12:
            self.console.print(f"  ... and {len(unused) - 12} more")
        for path in paths:
            self.console.print(str(path), markup=False, soft_wrap=True)


def _rule_in_words(row: dict[str, str]) -> str:
    name = row.get("sg_name") or row["sg_id"]
    where = "from" if row["flow_direction"] == "ingress" else "to"
    return (
        f"{row['sg_rule_id']} {name}: {row['flow_direction']} {row['protocol']} "
        f"{row.get('ports', '')} {where} {row.get('source', '')}"
    )
