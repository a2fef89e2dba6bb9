"""The comparison of two runs: figures count, sentences are told apart."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from plan.model import dump
from tests.compare_outputs import main
from tests.findings.sample_plan import PLAN

FINDINGS: dict[str, Any] = {
    "version": 1,
    "window": {"first": "2026-11-01", "last": "2026-11-30"},
    "rules": [
        {
            "rule": {"rule_id": "sgr-1", "tags": {}},
            "status": "used",
            "reason": "it was used",
            "used_times": 9,
            "findings": [
                {
                    "kind": "too_wide",
                    "reason": "fits",
                    "observed": ["tcp 443 with 10.1.2.0/24: 4,711 requests"],
                }
            ],
        }
    ],
}
CSV = "sg_rule_id,used_times,status_reason\r\nsgr-1,9,it was used\r\nsgr-2,0,nobody used it\r\n"


@pytest.fixture
def outputs(tmp_path: Path) -> Callable[..., str]:
    """Writes the outputs of a run into a folder, with texts replaced; the folder's path."""

    def write(name: str, **replaced: tuple[str, str]) -> str:
        folder = tmp_path / name
        folder.mkdir()
        texts = {"csv": CSV, "findings": json.dumps(FINDINGS), "plan": dump(PLAN)}
        files = {"csv": "rule_usage.csv", "findings": "findings.json", "plan": "plan.json"}
        for key, text in texts.items():
            old, new = replaced.get(key, ("", ""))
            assert old in text
            (folder / files[key]).write_text(text.replace(old, new), newline="")
        return str(folder)

    return write


CHANGES: list[tuple[str, dict[str, tuple[str, str]], str | None]] = [
    ("nothing", {}, None),
    ("a sentence of a status", {"csv": ("nobody used it", "unused")}, None),
    ("the words around what was seen", {"findings": ("443 with 10", "443 from 10")}, None),
    ("a count", {"csv": ("sgr-1,9", "sgr-1,8")}, "rule_usage.csv sgr-1, used_times"),
    ("a rule is gone", {"csv": ("sgr-2,0,nobody used it\r\n", "")}, "rule_usage.csv sgr-2"),
    ("a column is gone", {"csv": ("used_times,", "times,")}, "used_times"),
    ("a status", {"findings": ('"used"', '"unused"')}, "findings.json sgr-1, status"),
    ("what was seen", {"findings": ("4,711", "4,712")}, "findings.json sgr-1 too_wide, observed"),
    ("a kind", {"findings": ("too_wide", "redundant")}, "findings.json sgr-1, findings"),
    ("the window", {"findings": ("11-30", "11-29")}, "findings.json, window.last"),
    ("an action", {"plan": ('"action": "narrow"', '"action": "remove"')}, "action (what the plan"),
    ("a replacement", {"plan": ("10.1.0.0/16", "10.0.0.0/8")}, "replacements (what would"),
    ("the order", {"plan": ("remove-sgr-00000000000000000", "remove-sgr-x")}, "place (its place"),
]


@pytest.mark.parametrize(
    ("replaced", "said"), [change[1:] for change in CHANGES], ids=[change[0] for change in CHANGES]
)
def test_a_difference_in_figures_is_said_and_fails(
    outputs: Callable[..., str],
    replaced: dict[str, tuple[str, str]],
    said: str | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main([outputs("before"), outputs("after", **replaced)])
    printed = capsys.readouterr().out
    assert code == (1 if said else 0)
    assert said is None or said in printed
    assert said or printed.startswith("0 figures")


def test_sentences_are_counted_and_listed_when_asked_for(
    outputs: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [outputs("before"), outputs("after", csv=("nobody used it", "unused"))]
    assert main(folders) == 0
    assert capsys.readouterr().out == "0 figures and 1 sentences differ\n"
    assert main([*folders, "--words"]) == 0
    assert "'nobody used it' -> 'unused'" in capsys.readouterr().out


def test_a_folder_without_the_files_is_an_error_of_input(
    outputs: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([outputs("before"), str(tmp_path)]) == 2
    assert "rule_usage.csv: no such file" in capsys.readouterr().err
