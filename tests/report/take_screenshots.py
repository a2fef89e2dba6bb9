"""Pictures of a report for the documentation.

python -m tests.report.take_screenshots out docs/images

reads out/report.html and out/report.eml and writes report-desktop.png, report-dark.png,
report-phone.png, report-heat-map.png, report-print.png (when pdftoppm is installed) and mail.png.
"""

import shutil
import subprocess
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.arguments import Parser
from tests.report.conftest import CHROMIUM_FLAGS

SETTLED = "performance.getEntriesByName('drawn').length > 0"


def main(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    report = (source / "report.html").resolve()
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        for name, width, height, scheme in (
            ("report-desktop", 1280, 900, "light"),
            ("report-dark", 1280, 900, "dark"),
            ("report-phone", 375, 812, "light"),
        ):
            page = opened(browser, report, width, height, scheme)
            page.screenshot(path=target / f"{name}.png")
            page.close()
        heat_map(opened(browser, report, 1280, 1100, "light"), target / "report-heat-map.png")
        printed(opened(browser, report, 1280, 900, "light"), target / "report-print.png")
        mail(browser, source / "report.eml", target / "mail.png")
        browser.close()


def opened(browser: Browser, file: Path, width: int, height: int, scheme: str) -> Page:
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page.goto(file.as_uri())
    page.wait_for_function(SETTLED)
    return page


def heat_map(page: Page, target: Path) -> None:
    """The heat map and the usage over time, with the tooltip of a rule that was used."""
    page.locator("#heat-map").evaluate("section => section.scrollIntoView({behavior: 'instant'})")
    page.select_option("#heat-map [name=order]", "name")
    page.locator("#heat-map-chart .cells rect[fill*=heat-3]").last.hover()
    page.screenshot(path=target)


def printed(page: Page, target: Path) -> None:
    """The first printed page."""
    pdf = target.with_suffix(".pdf")
    page.pdf(path=pdf, format="A4", print_background=True)
    if shutil.which("pdftoppm"):
        command = [
            "pdftoppm",
            "-r",
            "80",
            "-png",
            "-singlefile",
            str(pdf),
            str(target.parent / target.stem),
        ]
        subprocess.run(command, check=True)
    pdf.unlink()


def mail(browser: Browser, eml: Path, target: Path) -> None:
    """The mail's HTML at the width of a reading pane."""
    message = message_from_bytes(eml.read_bytes(), policy=default)
    body = message.get_body(("html",))
    if body is None:
        raise ValueError(f"{eml} has no HTML part")
    page = browser.new_page(viewport={"width": 640, "height": 900})
    page.set_content(body.get_content())
    page.screenshot(path=target, full_page=True)


if __name__ == "__main__":
    parser = Parser("tests.report.take_screenshots", __doc__)
    parser.add_argument("source", type=Path, help="the folder of a run's results")
    parser.add_argument("target", type=Path, help="the folder for the pictures")
    given = parser.parse_args()
    main(given.source, given.target)
