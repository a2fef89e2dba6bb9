"""A month of nights with faults at random, against the same month without any."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tests.large_account.bulk_files import write_bulk_flow_logs
from tests.large_account.network import large_account
from tests.reliability.account import JOBS, Account, differences
from tests.reliability.cases import ENTRIES, GROUPS, INTERFACES, LISTS, RULES
from tests.reliability.faults import Faults, KilledError, Refusal

FIRST = date(2025, 10, 1)
NETWORK = large_account(200)
INVENTORY = (RULES, GROUPS, INTERFACES, LISTS, ENTRIES)

PASSING = {
    "s3": (503, "SlowDown"),
    "ec2": (503, "RequestLimitExceeded"),
    "dynamodb": (400, "ThrottlingException"),
    "glue": (400, "ThrottlingException"),
    "athena": (500, "InternalServerException"),
    "sesv2": (429, "TooManyRequestsException"),
}
LASTING = {"s3": (403, "AccessDenied"), "ec2": (403, "UnauthorizedOperation")}
"""For the other services: 400, AccessDeniedException."""


@dataclass
class Figures:
    """What a soak met."""

    days: int = 0
    records: int = 0
    injected: int = 0
    recovered: int = 0
    """executions that met a fault and got over it"""
    failed_cleanly: int = 0
    """executions that failed and left nothing that a reader would stumble over"""
    records_lost: int = 0
    differs: list[str] | None = None
    """what differs at the end from the month without faults"""


def soak(account: Account, folder: Path, days: int, records: int, seed: int) -> Figures:
    """Plays `days` nights of `records` flow log records each, with faults and without."""
    figures = Figures(days, days * records)
    account.set_network(NETWORK)
    for day in _days(days):
        write_bulk_flow_logs(folder, NETWORK, day, records)
    account.put_logs(folder)
    start = account.save()
    calls = _month(account, days)
    clean = account.state()
    account.restore(start)
    for day in _days(days):
        _night_with_faults(account, day, calls, random.Random(f"{seed} {day}"), figures)
    found = account.state()
    figures.differs = differences(found, clean)
    figures.records_lost = figures.records - account.records_covered()
    return figures


def _days(days: int) -> list[date]:
    return [FIRST + timedelta(days=number) for number in range(days)]


def _at(day: date) -> str:
    return f"{day + timedelta(days=1)}T02:00:00Z"


def _month(account: Account, days: int) -> dict[str, Faults]:
    """The nights without faults; the calls of each job in the last of them."""
    for day in _days(days):
        calls = {noun: Faults() for noun in JOBS}
        account.night(day, day, _at(day), calls)
    return calls


def _night_with_faults(
    account: Account,
    day: date,
    calls: dict[str, Faults],
    dice: random.Random,
    figures: Figures,
) -> None:
    """A night, and as many more for the same day as it takes until one succeeds."""
    for attempt in range(4):
        noun = dice.choice(JOBS)
        faults = {noun: _fault(calls[noun], dice)} if attempt < 3 else {}
        failed = False
        try:
            account.night(day, day, _at(day), faults)
        except (Exception, KilledError):
            failed = True
        met = sum(fault.met for fault in faults.values())
        figures.injected += met
        if failed:
            account.seen()  # raises when a marker or a manifest names what is not there
            figures.failed_cleanly += 1
            continue
        figures.recovered += bool(met)
        return


def _fault(calls: Faults, dice: random.Random) -> Faults:
    """A job killed at one of its calls, or an operation refused for a while or for good."""
    kind = dice.choice(("killed", "passing", "passing", "lasting"))
    if kind == "killed":
        return Faults(dies_at=dice.randint(1, len(calls.order)))
    operation = dice.choice(sorted(filter(_fails_the_job, calls.calls)))
    service = operation.split(".")[0]
    if kind == "passing":
        return Faults((Refusal(operation, *PASSING[service], last=dice.randint(1, 4)),))
    status, code = LASTING.get(service, (400, "AccessDeniedException"))
    first = dice.randint(1, calls.calls[operation])
    return Faults((Refusal(operation, status, code, first=first),))


def _fails_the_job(operation: str) -> bool:
    """Not so a look for what may carry a group later: where it is refused, the job goes on."""
    service = operation.split(".")[0]
    return operation in INVENTORY if service == "ec2" else service in PASSING
