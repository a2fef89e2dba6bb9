"""`python -m plan`: what a plan.json proposes, as commands or for Terraform, and how to undo it;
and what a change of rules would refuse of what was observed."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from aws_network.findings.what_if import Change, Outcome
from plan.aws_cli import to_aws_cli
from plan.changes import ChangeError, change_of_plan, change_of_rules
from plan.model import Plan
from plan.reader import PlanError, load, load_findings, load_requests
from plan.schemas import TYPES, schema_of
from plan.terraform import to_terraform, to_terraform_import, to_terraform_undo
from plan.terraform_changes import change_of_terraform
from plan.what_if import Results, to_json, to_text

T = TypeVar("T")

REFUSES, BAD_INPUT = 1, 2
"""Exit codes: what-if found what --fail-on names; the input cannot be used."""

FORMATS: dict[str, dict[str, Callable[[Plan], str]]] = {
    "show": {
        "cli": to_aws_cli,
        "terraform": to_terraform,
        "terraform-import": to_terraform_import,
    },
    "undo": {"cli": partial(to_aws_cli, undo=True), "terraform": to_terraform_undo},
}
"""The commands about a plan, and what each can print."""


ANSWERS = {"text": to_text, "json": to_json}
"""What what-if can print."""


class InputError(Exception):
    """The file cannot be used; the message is one line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0, 1 if what-if finds what --fail-on names, or 2 for bad input."""
    given = _parser().parse_args(arguments)
    try:
        text, code = _answer(given)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_INPUT
    print(text, end="")
    return code


def _answer(given: argparse.Namespace) -> tuple[str, int]:
    """What a command prints, and the exit code. Raises InputError."""
    if given.command == "schema":
        return schema_of(given.name), 0
    if given.command == "what-if":
        return _what_if(given)
    return FORMATS[given.command][given.format](_read_plan(given.plan)), 0


def _what_if(given: argparse.Namespace) -> tuple[str, int]:
    results = _read_results(given.results)
    answer = results.ask(_change(given, results))
    outcomes = list(Outcome)[: 1 + list(Outcome).index(given.fail_on)]
    code = REFUSES if any(map(answer.outcomes, outcomes)) else 0
    return ANSWERS[given.format](answer, results), code


def _read_results(folder: Path) -> Results:
    findings = _read(folder / "findings.json", load_findings, "the findings of a run")
    requests = _read(folder / "requests.json", load_requests, "the requests of a run")
    if findings.window != requests.window:
        raise InputError(f"{folder}: findings.json and requests.json are of different windows")
    return Results(findings, requests)


def _change(given: argparse.Namespace, results: Results) -> Change:
    if given.partial and not given.rules:
        raise InputError("--partial says something of --rules alone: give --rules, or leave it out")
    if given.plan:
        return change_of_plan(_read_plan(given.plan))
    if given.rules:
        read = partial(change_of_rules, known=results.rules, is_partial=given.partial)
        return _read(given.rules, lambda text: read(json.loads(text)), "a set of rules")
    read = partial(change_of_terraform, known=results.rules)
    return _read(given.terraform, lambda text: read(json.loads(text)), "a plan of Terraform")


def _read_plan(path: Path) -> Plan:
    return _read(path, load, "a plan")


def _read(path: Path, parse: Callable[[str], T], what: str) -> T:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: this is not text in UTF-8") from error
    except (PlanError, ChangeError, json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{path}: this is not {what}: {error}") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m plan", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    helps = {"show": "print a plan", "undo": "print what makes its rules again, as they were"}
    for name, formats in FORMATS.items():
        command = commands.add_parser(name, help=helps[name])
        command.add_argument("--plan", type=Path, default=Path("out/plan.json"), metavar="FILE")
        command.add_argument("--format", choices=list(formats), default="cli")
    _add_what_if(commands.add_parser("what-if", help="what a change would refuse; for CI too"))
    schema = commands.add_parser("schema", help="print the JSON Schema of a file")
    schema.add_argument("name", choices=list(TYPES))
    return parser


def _add_what_if(parser: argparse.ArgumentParser) -> None:
    results = "the folder of a run's findings.json and requests.json; out by default"
    parser.add_argument("--results", type=Path, default=Path("out"), metavar="DIR", help=results)
    change = parser.add_mutually_exclusive_group(required=True)
    for name, what in {
        "--plan": "a plan.json",
        "--rules": "all rules as they would be, as describe-security-group-rules prints them",
        "--terraform": "what `terraform show -json` prints of a saved plan",
    }.items():
        change.add_argument(name, type=Path, metavar="FILE", help=what)
    partial_rules = "groups that --rules does not name stay as they are"
    parser.add_argument("--partial", action="store_true", help=partial_rules)
    parser.add_argument("--format", choices=list(ANSWERS), default="text")
    outcomes = [str(outcome) for outcome in Outcome]
    fails = f"exit 1 on this, and on what is worse; {outcomes[-1]} by default"
    parser.add_argument("--fail-on", choices=outcomes, default=outcomes[-1], help=fails)


if __name__ == "__main__":
    sys.exit(main())
