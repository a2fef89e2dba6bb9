"""Several things done at a time; one that fails does not stop the others."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Event
from types import TracebackType
from typing import TypeVar

from aws_network.export.errors import ExportError

T = TypeVar("T")
R = TypeVar("R")


class Threads:
    """As many threads as given, to be used as a context.

    An exception does not wait for them: they end after the step in which they are.
    """

    def __init__(self, count: int, fail: Callable[[str], None]) -> None:
        """`fail` is told of each failure in one line."""
        self._pool = ThreadPoolExecutor(count)
        self._fail = fail
        self._interrupted = Event()
        self.failures = 0

    def __enter__(self) -> "Threads":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        if kind:
            self._interrupted.set()
        self._pool.shutdown(wait=kind is None, cancel_futures=True)

    def each(self, work: Callable[[T], R], things: Iterable[T]) -> Iterator[R]:
        """What the work returns for each thing, as soon as it is there.

        A thing whose work raises ExportError is counted and told.
        """
        begun = {self._pool.submit(work, thing): thing for thing in things}
        for done in as_completed(begun):
            try:
                yield done.result()
            except ExportError as error:
                self.failures += 1
                self._fail(f"{begun[done]}: {error}")

    def stop_if_interrupted(self) -> None:
        """For long work, to be called between its steps. Raises ExportError."""
        if self._interrupted.is_set():
            raise ExportError("interrupted")
