"""A small account and its two nights: a good one, and one that the faults strike."""

import gzip
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from simulation.network import Network
from tests.large_account.bulk_files import write_bulk_flow_logs
from tests.large_account.network import large_account
from tests.reliability.account import DEPLOYER_STORE, JOBS, LOGS, Account, State, arguments_of
from tests.reliability.faults import Faults

DAYS = (date(2025, 11, 3), date(2025, 11, 4))
FIRST_NIGHT, SECOND_NIGHT = "2025-11-05T02:00:00Z", "2025-11-05T09:30:00Z"
RECORDS = 600
"""Records of a day."""

NETWORK = large_account(40)
CHANGED: Network = replace(NETWORK, rules=NETWORK.rules[1:], interfaces=NETWORK.interfaces[:-1])
"""The same account after a rule and an interface were deleted."""


def deliver(account: Account, days: tuple[date, ...] = DAYS, records: int = RECORDS) -> None:
    """AWS delivers the flow logs of the days."""
    with tempfile.TemporaryDirectory() as folder:
        for day in days:
            write_bulk_flow_logs(Path(folder), NETWORK, day, records)
        account.put_logs(Path(folder))


def deliver_late(account: Account, day: date) -> None:
    """AWS delivers another object of a day: once more what the first one says, at another time."""
    first = min(
        item.key for item in DEPLOYER_STORE.list(LOGS, "") if f"/{day:%Y/%m/%d}/" in item.key
    )
    lines = gzip.decompress(DEPLOYER_STORE.read(LOGS, first)).splitlines(keepends=True)
    late = gzip.compress(b"".join(lines[:121]), mtime=0)
    DEPLOYER_STORE.write(LOGS, first.replace(".log.gz", "0late.log.gz"), late)


def first_night(account: Account, jobs: Sequence[str] = JOBS) -> None:
    """The account as it is after one run of both days, and with new logs and rules since."""
    account.set_network(NETWORK)
    deliver(account)
    account.night(DAYS[0], DAYS[-1], FIRST_NIGHT, jobs=jobs)
    account.set_network(CHANGED)
    deliver_late(account, DAYS[-1])


@dataclass(frozen=True)
class Stage:
    """A job of the second night: what it finds, and what it leaves when nothing goes wrong."""

    noun: str
    before: State
    seen_before: State
    seen_after: State
    clean: State
    calls: Faults

    def run(self, account: Account, faults: Faults | None = None) -> None:
        """Runs the job where the account stands."""
        run_second(account, self.noun, faults)

    def half_written(self, account: Account) -> list[str]:
        """What is neither as it was before the job nor as the job leaves it."""
        return [
            name
            for name, value in account.seen().items()
            if value not in (self.seen_before.get(name), self.seen_after.get(name))
        ]


def stages(account: Account, jobs: Sequence[str] = JOBS) -> Iterator[Stage]:
    """The jobs of the second night, one after the other; the account is at their beginning."""
    first_night(account, jobs)
    for noun in jobs:
        before, seen_before, calls = account.save(), account.seen(), Faults()
        run_second(account, noun, calls)
        after = account.save()
        yield Stage(noun, before, seen_before, account.seen(), account.state(), calls)
        account.restore(after)


def run_second(account: Account, noun: str, faults: Faults | None = None) -> None:
    """A job of the second night."""
    account.run(noun, faults, **arguments_of(noun, DAYS[0], DAYS[-1], SECOND_NIGHT))
