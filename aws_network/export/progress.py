"""What a person at the terminal sees: a bar, and a line for each region that is done."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Bar:
    """Counts the calls; where there is no terminal, there are only the lines."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        hidden = not self._console.is_terminal
        self._bars = Progress(*columns, console=self._console, disable=hidden, transient=True)
        self._bar = self._bars.add_task("looking for accounts and regions", total=None)

    @contextmanager
    def shown(self) -> Iterator["Bar"]:
        with self._bars:
            yield self

    def begin(self, total: int) -> None:
        """Says how much there is to do."""
        self._bars.update(self._bar, description="asking AWS", total=total)

    def advance(self) -> None:
        """One of it is done."""
        self._bars.advance(self._bar)

    def line(self, text: str) -> None:
        """A line that stays."""
        self._bars.console.print(text, markup=False, soft_wrap=True)
