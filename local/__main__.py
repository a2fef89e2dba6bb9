"""`python -m local run` and `demo`: the stack on this machine."""

import argparse
import signal
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import FrameType

from local.account.cli_exports import InputError
from local.account.input import Files
from local.deploy import DeploymentError
from local.execution import ExecutionFailedError
from local.progress import Progress
from local.run import demo, run

BAD_INPUT = 2
FAILED = 1
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0, 1 for a failed execution, 2 for bad input."""
    given = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        if given.command == "demo":
            demo(given.out, given.work, Progress())
        else:
            files = Files(given.inventory, given.flow_logs, given.from_day, given.to_day)
            run(files, given.out, given.work, Progress())
    except InputError as error:
        return _error(error, BAD_INPUT)
    except (DeploymentError, ExecutionFailedError) as error:
        return _error(error, FAILED)
    except KeyboardInterrupt:
        return _error("interrupted", INTERRUPTED)
    return 0


def _error(error: object, code: int) -> int:
    print(f"error: {error}", file=sys.stderr)
    return code


def _terminate(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM ends as Ctrl-C does: whatever was started is ended first."""
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("run", help="analyse your own account, from files of the AWS CLI")
    one.add_argument("--inventory", type=Path, required=True, metavar="DIR", help="AWS CLI exports")
    one.add_argument(
        "--flow-logs", type=Path, required=True, metavar="DIR", help="a synced flow-log bucket"
    )
    one.add_argument("--from", dest="from_day", type=_day, required=True, metavar="DAY")
    one.add_argument("--to", dest="to_day", type=_day, required=True, metavar="DAY")
    two = commands.add_parser("demo", help="analyse a demo account")
    for command in (one, two):
        command.add_argument("--out", type=Path, default=Path("out"), metavar="DIR")
        command.add_argument("--work", type=Path, metavar="DIR", help="keep logs and copies here")
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write YYYY-MM-DD") from None


if __name__ == "__main__":
    sys.exit(main())
