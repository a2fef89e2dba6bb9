"""report.html as a document: one file, safe data, and loaded from a zip as Glue has it."""

import base64
import hashlib
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from aws_network.flow_logs.outcomes import Outcome
from infra.jobs import PACKAGES
from report.page import LIBRARIES, SCRIPTS, render_page
from report.templating import package_text
from tests.report.hostile import HOSTILE
from tests.report.sample import make_sample
from tests.report.test_mail import renamed

ROOT = Path(__file__).parents[2]
REPORT = make_sample().report()
PAGE = render_page(REPORT)


def scripts(page: str) -> list[str]:
    return re.findall(r"<script>(.*?)</script>", page, re.DOTALL)


def test_the_policy_admits_exactly_these_scripts() -> None:
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', PAGE)
    hashes = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts(PAGE)]
    assert re.findall(r"sha256-([^&]+)&#39;", policy) == hashes
    assert len(hashes) == len(LIBRARIES) + 1
    assert "default-src &#39;none&#39;" in policy


def test_nothing_is_loaded_from_elsewhere() -> None:
    markup = re.sub(r"<script.*?</script>", "", PAGE, flags=re.DOTALL)
    markup = re.sub(r'\[fill\S*="url\("\]', "", markup)  # a CSS selector
    assert not re.findall(r"\bsrc=|<link|@import|url\((?!#)", markup)
    assert set(re.findall(r'href="([^"]*)"', markup)) <= {
        f"#{name}" for name in re.findall(r'id="([^"]*)"', markup)
    }


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_colour_in_light_dark_and_print(outcome: Outcome) -> None:
    style = package_text("browser/page.css")
    assert style.count(f"--out-{outcome}: #") == 3
    assert f".outcome-{outcome} {{" in style


@pytest.mark.parametrize("path", [*LIBRARIES, *SCRIPTS])
def test_no_script_ends_its_element(path: str) -> None:
    assert not re.search("</script|<!--", package_text(path), re.IGNORECASE)


def test_the_libraries_are_those_that_were_released() -> None:
    notes = package_text("vendor/README.md")
    for path in LIBRARIES:
        assert hashlib.sha256(package_text(path).encode()).hexdigest() in notes


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_untrusted_text_is_only_text(text: str) -> None:
    page = render_page(renamed(REPORT, text))
    [data] = re.findall(r'id="report-data">(.*?)</script>', page, re.DOTALL)
    assert not set("<>&") & set(data)
    assert text in json.loads(data)["strings"]
    assert len(scripts(page)) == len(scripts(PAGE))
    markup = page.replace(data, "")
    assert "<img" not in markup.replace(package_text(LIBRARIES[1]), "")
    assert "1337" not in markup.replace(package_text(LIBRARIES[0]), "")


def test_the_owner_is_beside_the_group_and_in_the_filters() -> None:
    assert "owner <bdi>payments@example.com</bdi>" in PAGE
    assert '<select name="owner">' in PAGE
    nobodys = replace(REPORT, rules=tuple(replace(rule, owner="") for rule in REPORT.rules))
    assert '<select name="owner">' not in render_page(nobodys)


def test_every_finding_says_what_to_do() -> None:
    for advice in ("Ask the owner", "Look at the group as a whole", "Enable or repair"):
        assert advice in PAGE
    assert "7 never used, 3 used before, but not in this window" in PAGE


def test_an_account_without_rules_has_a_page_too() -> None:
    assert "There are no security group rules." in render_page(replace(REPORT, rules=()))


def test_the_package_works_from_inside_a_zip(tmp_path: Path) -> None:
    archive = tmp_path / "libraries.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in (path for name in PACKAGES for path in (ROOT / name).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                file.write(path, path.relative_to(ROOT))
    subprocess.run(
        [sys.executable, "-c", RENDER_EMPTY],
        cwd=tmp_path,
        env={"PYTHONPATH": str(archive)},
        check=True,
    )


RENDER_EMPTY = """
import report
from aws_network.flow_logs.window import Window
from report.coverage import Coverage
from report.mail import ReportLocation, render_mail
from report.page import render_page
from report.usage_report import UsageReport
window = Window("2026-10-31", "2026-10-31")
empty = UsageReport("October 2026", window, (), {}, Coverage(()), (), 90)
assert ".zip" in report.__file__
assert "report-data" in render_page(empty)
assert "no security group rules" in render_mail(empty, ReportLocation("lake", "reports/")).text
"""
