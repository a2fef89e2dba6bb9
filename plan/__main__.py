"""`python -m plan`: what a plan.json proposes, as commands or for Terraform, and how to undo it."""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from plan.aws_cli import to_aws_cli
from plan.model import Plan
from plan.reader import PlanError, load
from plan.schemas import TYPES, schema_of
from plan.terraform import to_terraform, to_terraform_import, to_terraform_undo

BAD_INPUT = 2

FORMATS: dict[str, dict[str, Callable[[Plan], str]]] = {
    "show": {
        "cli": to_aws_cli,
        "terraform": to_terraform,
        "terraform-import": to_terraform_import,
    },
    "undo": {"cli": partial(to_aws_cli, undo=True), "terraform": to_terraform_undo},
}
"""The commands about a plan, and what each can print."""


class InputError(Exception):
    """The file cannot be used; the message is one line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 2 for bad input."""
    given = _parser().parse_args(arguments)
    try:
        if given.command == "schema":
            text = schema_of(given.name)
        else:
            text = FORMATS[given.command][given.format](_read(given.plan))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_INPUT
    print(text, end="")
    return 0


def _read(path: Path) -> Plan:
    try:
        return load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: this is not text in UTF-8") from error
    except PlanError as error:
        raise InputError(f"{path}: this is not a plan: {error}") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m plan", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    helps = {"show": "print a plan", "undo": "print what makes its rules again, as they were"}
    for name, formats in FORMATS.items():
        command = commands.add_parser(name, help=helps[name])
        command.add_argument("--plan", type=Path, default=Path("out/plan.json"), metavar="FILE")
        command.add_argument("--format", choices=list(formats), default="cli")
    schema = commands.add_parser("schema", help="print the JSON Schema of a file")
    schema.add_argument("name", choices=list(TYPES))
    return parser


if __name__ == "__main__":
    sys.exit(main())
