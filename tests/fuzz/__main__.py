"""Fuzzes what reads flow logs and inventory: `python -m tests.fuzz [seconds]`.

Exit code 1 when anything was lost, misread, or failed with an error that is not its own.
"""

import sys
import time

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.arguments import Parser, amount
from tests.fuzz import flow_logs, parsers
from tests.fuzz.reader import Reader, reader

ROUND = settings(
    deadline=None,
    max_examples=25,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def fuzz_logs(emulated: Reader, number: int) -> tuple[int, int]:
    """A round of days; their number and that of their objects. Raises AssertionError."""
    days = objects = 0

    @seed(number)
    @given(drawn=flow_logs.days)
    @ROUND
    def run(drawn: dict[str, bytes]) -> None:
        nonlocal days, objects
        days, objects = days + 1, objects + len(drawn)
        found = flow_logs.disagreement(emulated, drawn)
        if found:
            raise AssertionError(f"{found}: {drawn}")

    run()
    return days, objects


def fuzz_parsers(number: int) -> int:
    """A round of every reader of single texts and items. Raises what they should not raise."""
    count = 0

    @seed(number)
    @given(data=st.data())
    @ROUND
    def run(data: st.DataObject) -> None:
        nonlocal count
        for name, (drawn, _, _) in parsers.TARGETS.items():
            parsers.answers_or_refuses(name, data.draw(drawn))
            count += 1

    run()
    return count


def main(seconds: float) -> int:
    """Rounds with fresh seeds until the time is up; prints what was tried."""
    end, number = time.monotonic() + seconds, int(time.time())
    days = objects = items = 0
    try:
        with reader() as emulated:
            while time.monotonic() < end:
                more = fuzz_logs(emulated, number)
                days, objects = days + more[0], objects + more[1]
                items += fuzz_parsers(number)
                number += 1
    except Exception as error:
        print(f"fuzz: seed {number}: {type(error).__name__}: {error}")
        return 1
    print(f"fuzz: {days} days of {objects} hostile objects, {items} texts and items: nothing lost")
    return 0


if __name__ == "__main__":
    parser = Parser("tests.fuzz", __doc__)
    parser.add_argument("seconds", nargs="?", type=amount, default=60.0, help="60 by default")
    sys.exit(main(parser.parse_args().seconds))
