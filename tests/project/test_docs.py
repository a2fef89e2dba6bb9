"""The documentation: links, commands and the functions of the architecture exist."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path.relative_to(ROOT)
    for pattern in ("*.md", "docs/**/*.md", "aws_network/*.md", "report/vendor/*.md")
    for path in ROOT.glob(pattern)
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
COMMAND = re.compile(r"python -m ((?:plan|local) [a-z-]+|aws_network\.export)((?: [\w./-]+)*)")
TARGET = re.compile(r"^    make ([\w-]+)", re.MULTILINE)
FUNCTION = re.compile(r"^\| \d \| `([\w.]+)`, \[([^\]]+)\]", re.MULTILINE)


def links(page: Path) -> list[str]:
    """The relative links of a page."""
    found = LINK.findall((ROOT / page).read_text())
    return [link for link in found if "://" not in link and not link.startswith("mailto:")]


def anchors(page: Path) -> set[str]:
    """What GitHub calls the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def names_in(path: Path) -> set[str]:
    """The functions of a module, and its methods as `Class.method`."""
    names = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            methods = (method for method in node.body if isinstance(method, ast.FunctionDef))
            names |= {f"{node.name}.{method.name}" for method in methods}
    return names


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        target, _, anchor = link.partition("#")
        path = (ROOT / page).parent / target if target else ROOT / page
        assert path.exists(), link
        if anchor:
            assert anchor in anchors(path), link


def test_the_architecture_has_at_most_eight_functions_and_all_exist() -> None:
    rows = FUNCTION.findall((ROOT / "docs/architecture.md").read_text())
    assert 0 < len(rows) <= 8
    for function, module in rows:
        assert function in names_in(ROOT / module), function


def test_the_picture_of_the_architecture_has_the_same_functions() -> None:
    rows = FUNCTION.findall((ROOT / "docs/architecture.md").read_text())
    picture = (ROOT / "docs/images/architecture.svg").read_text()
    assert re.findall(r">\d (\w[\w.]*)<", picture) == [function for function, _ in rows]


def commands() -> list[tuple[str, list[str]]]:
    """The commands in the README: `plan show`, and their options."""
    found = COMMAND.findall((ROOT / "README.md").read_text())
    return [(command, re.findall(r"--[\w-]+", options)) for command, options in found]


@pytest.mark.parametrize(("command", "options"), commands())
def test_commands_of_the_readme_have_their_options(command: str, options: list[str]) -> None:
    run = [sys.executable, "-m", *command.split(), "--help"]
    said = subprocess.run(run, capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert options
    assert set(options) <= set(re.findall(r"--[\w-]+", said))


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_make_targets_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in TARGET.findall((ROOT / page).read_text()):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
