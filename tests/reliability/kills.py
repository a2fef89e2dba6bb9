"""The kill matrix: a job that dies at any of its calls to AWS, and is run again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.reliability.account import JOBS, Account, State, differences
from tests.reliability.faults import Faults, KilledError, Point
from tests.reliability.story import Stage, stages

WRITES = ("Put", "Batch", "Delete", "Send", "Start")
"""How the names of the operations begin that change something."""


@dataclass(frozen=True)
class Kill:
    """A job killed at a point, and what was wrong afterwards; nothing, it is hoped."""

    noun: str
    point: Point
    half_written: list[str]
    """before the job is run again: neither as it was nor as the job leaves it"""
    differs: list[str]
    """after the job is run again: not as after a run that nobody killed"""

    @property
    def is_harmless(self) -> bool:
        return not self.half_written and not self.differs


def is_write(point: Point) -> bool:
    """Whether the call changes something."""
    return point.operation.split(".")[1].startswith(WRITES)


def kill_matrix(
    account: Account,
    wanted: Callable[[Point], bool] = lambda point: True,
    jobs: Sequence[str] = JOBS,
) -> Iterator[Kill]:
    """Kills each of the jobs at each wanted point of the second night, then runs it again."""
    needed = JOBS[: 1 + max(JOBS.index(noun) for noun in jobs)]
    for stage in stages(account, needed):
        if stage.noun in jobs:
            yield from kills_of(account, stage, wanted)


def kills_of(account: Account, stage: Stage, wanted: Callable[[Point], bool]) -> Iterator[Kill]:
    """The kills of one job. What the same state led to once, it leads to again."""
    known: list[tuple[State, list[str]]] = []
    for point in filter(wanted, stage.calls.points()):
        account.restore(stage.before)
        kill(account, stage, point)
        half_written, left = stage.half_written(account), account.save()
        differs = next((differs for state, differs in known if state == left), None)
        if differs is None:
            stage.run(account)
            differs = differences(account.state(), stage.clean)
            known.append((left, differs))
        yield Kill(stage.noun, point, half_written, differs)


def kill(account: Account, stage: Stage, point: Point) -> None:
    """Runs a job until the point."""
    try:
        stage.run(account, Faults((point,)))
    except KilledError:
        return
    raise AssertionError(f"{stage.noun} was not killed {point}")
