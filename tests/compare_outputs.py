"""Do two runs say the same of every rule? `python -m tests.compare_outputs BEFORE AFTER [--words]`

Compares rule_usage.csv, findings.json and plan.json of two folders, rule by rule. Exit code 0: the
figures are the same; 1: they are not; 2: a folder lacks a file. Sentences may differ: how many do
is counted, and `--words` lists them.
"""

import argparse
import csv
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SENTENCES = {"status_reason", "reason", "advice"}
NUMBER = re.compile(r"\d[\d.,:/]*")
MEANINGS = {
    "used_times": "requests that the rule is credited with",
    "sole_times": "requests that it alone admitted",
    "ambiguous_times": "records that it may have admitted",
    "status": "what is said of the rule",
    "judged_status": "what is said of the rule, exempt or not",
    "reason_code": "why",
    "findings": "the kinds of its findings",
    "permissiveness": "how much it admits",
    "permissiveness_after": "how much its widest replacement admits",
    "covered_by": "the rules that cover it",
    "observed": "the services and peers that were seen",
    "replacements": "what would take its place",
    "place": "its place in the plan",
    "step": "why it has its place in the plan",
    "action": "what the plan proposes",
}
"""What a difference in a field means, where its name does not tell."""


@dataclass(frozen=True)
class Difference:
    """A field of a rule, a finding or an item that is not the same."""

    where: str
    field: str
    before: Any
    after: Any

    @property
    def is_wording(self) -> bool:
        """Does it change a sentence, and no figure?"""
        name = self.field.rpartition(".")[2]
        if name == "observed" and self.before and self.after:
            return _numbers(self.before) == _numbers(self.after)
        return name in SENTENCES and MISSING not in (self.before, self.after)

    def __str__(self) -> str:
        meaning = MEANINGS.get(self.field.rpartition(".")[2])
        note = f" ({meaning})" if meaning else ""
        return f"{self.where}, {self.field}{note}: {self.before!r} -> {self.after!r}"


MISSING = "(not there)"
Records = dict[str, dict[str, Any]]
"""What a record is about to its fields, those of objects inside as `outer.inner`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.compare_outputs", description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--words", action="store_true", help="list the sentences that differ, too")
    given = parser.parse_args(arguments)
    try:
        found = differences(read(given.before), read(given.after))
    except FileNotFoundError as error:
        print(f"error: {error.filename}: no such file", file=sys.stderr)
        return 2
    wording = [difference for difference in found if difference.is_wording]
    figures = [difference for difference in found if not difference.is_wording]
    for difference in [*figures, *(wording if given.words else [])]:
        print(difference)
    print(f"{len(figures)} figures and {len(wording)} sentences differ")
    return 1 if figures else 0


def differences(before: Records, after: Records) -> list[Difference]:
    """Every field that is not the same, or only on one side."""
    return [
        Difference(where, field, old.get(field, MISSING), new.get(field, MISSING))
        for where in dict.fromkeys([*before, *after])
        for old, new in [(before.get(where, {}), after.get(where, {}))]
        for field in dict.fromkeys([*old, *new])
        if old.get(field, MISSING) != new.get(field, MISSING)
    ]


def read(folder: Path) -> Records:
    """The three files of a run. Raises FileNotFoundError."""
    with (folder / "rule_usage.csv").open(encoding="utf-8", newline="") as file:
        rows = {f"rule_usage.csv {row['sg_rule_id']}": row for row in csv.DictReader(file)}
    findings = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    return {**rows, **dict(_findings(findings)), **dict(_plan(plan))}


def _findings(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "findings.json", _flat({**document, "rules": len(document["rules"])})
    for entry in document["rules"]:
        where = f"findings.json {entry['rule']['rule_id']}"
        yield where, _flat({**entry, "findings": [one["kind"] for one in entry["findings"]]})
        yield from ((f"{where} {one['kind']}", _flat(one)) for one in entry["findings"])


def _plan(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "plan.json", _flat({**document, "items": len(document["items"])})
    for place, item in enumerate(document["items"], start=1):
        yield f"plan.json {item['item_id']}", _flat({"place": place, **item})


def _flat(value: Mapping[str, Any], outer: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, inner in value.items():
        flat |= (
            _flat(inner, f"{outer}{name}.") if isinstance(inner, dict) else {outer + name: inner}
        )
    return flat


def _numbers(lines: Sequence[str]) -> list[list[str]]:
    return [NUMBER.findall(line) for line in lines]


if __name__ == "__main__":
    sys.exit(main())
