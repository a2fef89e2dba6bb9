"""Schedules of days, reruns, late logs and kills: whatever happened, the same end."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from tests.reliability.account import JOBS, Account, State, arguments_of, differences
from tests.reliability.faults import Faults, KilledError
from tests.reliability.story import FIRST_NIGHT, NETWORK, deliver, deliver_late

DAYS = (date(2025, 11, 1), date(2025, 11, 2), date(2025, 11, 3))
ANALYSIS = JOBS[:3]
"""The jobs that write the tables; the report is another matter."""

RECORDS = 240


@dataclass(frozen=True)
class Run:
    """An execution over the days with these numbers, first and last inclusive; it may be killed."""

    first: int
    last: int
    killed_in: str | None = None
    at_call: int = 1

    @property
    def days(self) -> tuple[date, ...]:
        """The days it analyses."""
        return DAYS[self.first : self.last + 1]


@dataclass(frozen=True)
class AtOnce:
    """Two executions at the same time."""

    one: Run
    other: Run


@dataclass(frozen=True)
class Late:
    """More logs of a day arrive."""

    number: int


Event = Run | AtOnce | Late


def random_schedule(dice: random.Random) -> list[Event]:
    """Two to six events."""

    def run() -> Run:
        ends = sorted((dice.randrange(len(DAYS)), dice.randrange(len(DAYS))))
        return Run(ends[0], ends[1], dice.choice((None, *ANALYSIS)), dice.randint(1, 14))

    kinds: tuple[Callable[[], Event], ...] = (
        run,
        run,
        lambda: AtOnce(run(), run()),
        lambda: Late(dice.randrange(len(DAYS))),
    )
    return [dice.choice(kinds)() for _ in range(dice.randint(2, 6))]


def execute(account: Account, run: Run, pace: Callable[[str], None] = lambda _: None) -> bool:
    """Runs the jobs in their order; False when one was killed, and with it the execution."""
    for noun in ANALYSIS:
        dies_at = run.at_call if noun == run.killed_in else None
        faults = Faults(pace=pace, dies_at=dies_at)
        told = arguments_of(noun, run.days[0], run.days[-1], FIRST_NIGHT)
        try:
            with ONE_RUN_OF_A_JOB[noun]:
                account.run(noun, faults, **told)
        except KilledError:
            return False
    return True


ONE_RUN_OF_A_JOB = {noun: threading.Lock() for noun in ANALYSIS}
"""Glue starts a job once at a time; the state machine waits and tries again."""


def execute_at_once(account: Account, event: AtOnce, seed: int) -> bool:
    """Both executions, each waiting a random moment before each of its calls to AWS."""
    ended: list[bool] = []

    def one(run: Run, dice: random.Random) -> None:
        ended.append(execute(account, run, lambda _: time.sleep(dice.random() / 100)))

    threads = [
        threading.Thread(target=one, args=(run, random.Random(seed + place)))
        for place, run in enumerate((event.one, event.other))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(ended) == len(threads) and all(ended)


@dataclass
class Schedules:
    """Plays schedules on an account, and knows how each should end."""

    account: Account
    empty: State
    _clean: dict[frozenset[int], State] = field(default_factory=dict)

    def play(self, events: Sequence[Event]) -> list[str]:
        """What differs at the end from one run of all days that nothing disturbed."""
        late = {event.number for event in events if isinstance(event, Late)}
        expected = self._expected(frozenset(late))
        self._begin()
        stale = set(DAYS)
        for place, event in enumerate(events):
            stale = self._after(event, stale, place)
        for day in sorted(stale):
            number = DAYS.index(day)
            assert execute(self.account, Run(number, number))
        return differences(self.account.state(), expected)

    def _after(self, event: Event, stale: set[date], seed: int) -> set[date]:
        """Plays an event; the days that must be analysed again."""
        match event:
            case Late(number):
                deliver_late(self.account, DAYS[number])
                return stale | {DAYS[number]}
            case AtOnce(one, other):
                done = execute_at_once(self.account, event, seed)
                touched = {*one.days, *other.days}
            case Run():
                done, touched = execute(self.account, event), {*event.days}
        return stale - touched if done else stale | touched

    def _expected(self, late: frozenset[int]) -> State:
        if late not in self._clean:
            self._begin()
            for number in late:
                deliver_late(self.account, DAYS[number])
            assert execute(self.account, Run(0, len(DAYS) - 1))
            self._clean[late] = self.account.state()
        return self._clean[late]

    def _begin(self) -> None:
        self.account.restore(self.empty)
        self.account.set_network(NETWORK)
        deliver(self.account, DAYS, RECORDS)
