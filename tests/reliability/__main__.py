"""Prints what faults do to a run: `python -m tests.reliability [PART ...]`."""

import logging
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from tests.arguments import Parser, one_of
from tests.reliability.account import Account, deployed
from tests.reliability.answers import fault_matrix
from tests.reliability.kills import kill_matrix
from tests.reliability.remembered import spark_remembered
from tests.reliability.schedules import Schedules, random_schedule
from tests.reliability.soak import soak
from tests.reliability.year import backfill

SOAK_DAYS, SOAK_RECORDS = 30, 10_000
"""Nights, and records of a night."""

SCHEDULES = 30


def kills(account: Account) -> bool:
    """The kill matrix: a row for each job."""
    print("\nA job killed before and after each of its calls to AWS, then run again")
    print("| job | kill points | half-written | different at the end |")
    print("|---|---|---|---|")
    points, half, differs = Counter[str](), Counter[str](), Counter[str]()
    for kill in kill_matrix(account):
        points[kill.noun] += 1
        half[kill.noun] += bool(kill.half_written)
        differs[kill.noun] += bool(kill.differs)
        if not kill.is_harmless:
            print(f"  {kill.noun} {kill.point}: {kill.half_written} {kill.differs}", flush=True)
    for noun, count in points.items():
        print(f"| {noun} | {count} | {half[noun]} | {differs[noun]} |")
    return not half.total() and not differs.total()


def answers(account: Account) -> bool:
    """The fault matrix: a row for each case."""
    print("\nAWS at its worst")
    print("| job | what AWS does | outcome | error |")
    print("|---|---|---|---|")
    good = True
    for judged in fault_matrix(account):
        print(
            f"| {judged.noun} | {judged.what} | {judged.outcome} | {judged.error[:110]} |",
            flush=True,
        )
        for wrong in judged.wrong:
            print(f"  {wrong}")
        good &= not judged.wrong
    return good


def long_run(account: Account) -> bool:
    """The soak: one row of figures."""
    with tempfile.TemporaryDirectory() as folder:
        found = soak(account, Path(folder), SOAK_DAYS, SOAK_RECORDS, seed=1)
    print("\nA month with faults at random, against the same month without")
    print("| days | records | faults injected | recovered | failed cleanly | lost | different |")
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {found.days} | {found.records:,} | {found.injected} | {found.recovered} | "
        f"{found.failed_cleanly} | {found.records_lost} | {len(found.differs or [])} |"
    )
    return not found.differs and not found.records_lost


def schedules(account: Account) -> bool:
    """Random schedules: one row of figures."""
    played = Schedules(account, account.save())
    dice = random.Random(1)
    events: Counter[str] = Counter()
    different = 0
    for _ in range(SCHEDULES):
        schedule = random_schedule(dice)
        events.update(type(event).__name__ for event in schedule)
        differs = played.play(schedule)
        different += bool(differs)
        if differs:
            print(f"  {schedule}: {differs}", flush=True)
    print("\nRandom schedules of days, reruns, kills, late logs and executions at once")
    print("| schedules | executions | two at once | late logs | different at the end |")
    print("|---|---|---|---|---|")
    print(
        f"| {SCHEDULES} | {events['Run']} | {events['AtOnce']} | {events['Late']} | {different} |"
    )
    return not different


def year(account: Account) -> bool:
    """A backfill: one row of figures."""
    with tempfile.TemporaryDirectory() as folder:
        found = backfill(account, Path(folder))
    good = found.named == found.broken and found.done == found.days - len(found.broken)
    print("\nA year in one execution, some days in a wrong format; then those days again")
    print("| days | broken | named in the error | done | done after repair | lost | seconds |")
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {found.days} | {len(found.broken)} | {len(found.named)} | {found.done} | "
        f"{found.done_after_repair} | {found.records_lost} | {found.seconds:.0f} |"
    )
    return good and found.done_after_repair == found.days and not found.records_lost


def fuzz() -> bool:
    """The fuzzers of tests/fuzz."""
    sys.stdout.flush()
    return subprocess.run([sys.executable, "-m", "tests.fuzz"], check=False).returncode == 0


PARTS: dict[str, Callable[[Account], bool]] = {
    "kills": kills,
    "answers": answers,
    "schedules": schedules,
    "soak": long_run,
    "year": year,
}


FUZZ = "fuzz"


def main(wanted: list[str]) -> int:
    """Runs the parts, all when none is named; returns 1 when one found a fault that does harm."""
    logging.basicConfig(level=logging.CRITICAL)  # the jobs warn of every fault, as they should
    good = True
    started = time.monotonic()
    # One folder for all: Spark keeps its scratch files in that of its first account.
    with tempfile.TemporaryDirectory() as folder:
        for name, part in PARTS.items():
            if not wanted or name in wanted:
                memory = nullcontext() if name == "year" else spark_remembered()
                with deployed(Path(folder) / name) as account, memory:
                    good &= part(account)
    if not wanted or FUZZ in wanted:
        good &= fuzz()
    verdict = "Nothing did harm" if good else "HARM WAS DONE"
    print(f"\n{verdict}. It took {time.monotonic() - started:.0f} s.")
    return 0 if good else 1


if __name__ == "__main__":
    names = (*PARTS, FUZZ)
    parser = Parser("tests.reliability", __doc__)
    parser.add_argument(
        "parts", nargs="*", type=one_of(names), metavar="PART",
        help=f"{', '.join(names)}; all of them by default",
    )  # fmt: skip
    sys.exit(main(parser.parse_args().parts))
