"""report.html and the mail as people see them, in headless Chromium."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from aws_network.flow_logs.outcomes import Outcome
from aws_network.usage.statuses import Status
from report.mail import render_mail
from report.page import render_page
from report.usage_report import UsageReport
from report.wording import printable
from tests.report.hostile import HOSTILE
from tests.report.sample import make_sample
from tests.report.test_mail import LOCATION, only, renamed

pytestmark = pytest.mark.browser

REPORT = make_sample().report()
CELLS = "#heat-map-chart .cells rect"
SIZES = {"desktop": (1280, 900), "tablet": (768, 1024), "phone": (360, 740)}

Open = Callable[..., Page]


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens HTML from disk; fails at the end when the page complained or asked for anything."""
    complaints: list[str] = []
    contexts = []

    def opened(html: str, size: str = "desktop", **options: Any) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page, path = context.new_page(), tmp_path / f"{len(contexts)}.html"
        path.write_text(html, encoding="utf-8")
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.extend({request.url} - {path.as_uri()}))
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def drawn(page: Page) -> Page:
    """The page when all its charts are there."""
    page.wait_for_selector("#ports-chart .cells rect")
    page.wait_for_selector("#coverage-chart .cells rect")
    return page


def values(page: Page, selector: str = CELLS) -> dict[str, int]:
    script = "cells => Object.fromEntries(cells.map(c => [c.dataset.key, +c.dataset.value]))"
    found: dict[str, int] = page.eval_on_selector_all(selector, script)
    return found


def test_the_heat_map_holds_every_rule_with_its_count(show: Open) -> None:
    page, seen = drawn(show(render_page(REPORT))), {}
    while True:
        seen.update(values(page))
        following = page.get_by_role("button", name="Next")
        if following.is_disabled():
            break
        following.click()
    expected = {
        f"{rule.sg_rule_id}|{rule.flow_direction}": rule.used_times or rule.ambiguous_times
        for rule in REPORT.rules
    }
    assert seen == expected


def test_a_cells_colour_tells_how_often(show: Open) -> None:
    page = drawn(show(render_page(REPORT)))
    for fill, value in page.eval_on_selector_all(
        CELLS, "cells => cells.map(c => [c.getAttribute('fill'), +c.dataset.value])"
    ):
        if not fill.startswith("url"):
            assert fill == f"var(--heat-{len(str(value)) if value else 0})"


def test_the_first_rows_are_the_never_used_rules(show: Open) -> None:
    page = drawn(show(render_page(REPORT)))
    first = [key.split("|")[0] for key in values(page)][: len(REPORT.stale)]
    assert first == [rule.sg_rule_id for rule in REPORT.stale]


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({"status": "unused"}, lambda rule: rule.is_stale),
        ({"protocol": "udp"}, lambda rule: rule.protocol == "udp"),
        ({"group": REPORT.rules[0].sg_id}, lambda rule: rule.sg_id == REPORT.rules[0].sg_id),
        ({"finding": "too_wide"}, lambda rule: "too_wide" in rule.findings),
        ({"status": "exempt"}, lambda rule: rule.status is Status.EXEMPT),
        (
            {"direction": "egress", "status": "unused"},
            lambda rule: rule.is_stale and rule.flow_direction == "egress",
        ),
    ],
    ids=["status", "protocol", "group", "finding", "exempt", "direction and status"],
)
def test_a_filter_leaves_the_rules_that_fit(
    show: Open, filters: dict[str, str], wanted: Callable[[Any], bool]
) -> None:
    page = drawn(show(render_page(REPORT)))
    for name, value in filters.items():
        page.select_option(f"#filters [name={name}]", value)
    fitting = {rule.sg_rule_id for rule in REPORT.rules if wanted(rule)}
    assert {key.split("|")[0] for key in values(page)} == fitting
    expect(page.locator("#shown")).to_have_text(f"{len(fitting)} of 64 rules")
    page.get_by_role("button", name="Reset").click()
    expect(page.locator("#shown")).to_have_text("64 rules")


def test_the_search_finds_a_rule_by_its_id(show: Open) -> None:
    page = drawn(show(render_page(REPORT)))
    page.fill("#filters [name=text]", REPORT.rules[40].sg_rule_id)
    expect(page.locator(CELLS)).to_have_count(1)
    page.fill("#filters [name=text]", "nothing is called like this")
    expect(page.locator("#heat-map-chart")).to_have_text("No rule fits these filters.")


def test_a_cell_explains_itself_to_mouse_and_keyboard(show: Open) -> None:
    page, rule = drawn(show(render_page(REPORT))), REPORT.rules[0]
    tooltip = page.locator("#tooltip")
    page.locator(CELLS).first.hover()
    for fact in (rule.sg_rule_id, rule.flow_direction, "none", rule.sg_name, rule.reason):
        expect(tooltip).to_contain_text(fact)
    page.mouse.move(1, 1)
    expect(tooltip).to_be_hidden()
    page.locator(CELLS).first.focus()
    page.keyboard.press("ArrowDown")
    expect(tooltip).to_contain_text(REPORT.rules[1].sg_rule_id)
    assert REPORT.rules[1].sg_name in (page.evaluate("document.activeElement.ariaLabel") or "")
    page.keyboard.press("Escape")
    expect(tooltip).to_be_hidden()


def test_usage_over_time_holds_every_day(show: Open) -> None:
    page = drawn(show(render_page(REPORT)))
    page.select_option("#heat-map [name=order]", "most")
    rule = max(REPORT.rules, key=lambda rule: rule.used_times)
    page.wait_for_selector(f"#over-time-chart rect[data-key^='{rule.sg_rule_id}']")
    cells = values(page, "#over-time-chart .cells rect")
    days = {f"{rule.sg_rule_id}|{day}": use for day, use in REPORT.daily[rule.sg_rule_id].items()}
    assert {key: cells[key] for key in days} == {key: use.used_times for key, use in days.items()}


def test_ports_and_coverage_add_up(show: Open) -> None:
    page = drawn(show(render_page(REPORT)))
    ports = page.eval_on_selector_all(
        "#ports-table tbody tr td:last-child",
        "cells => cells.map(c => +c.textContent.replaceAll(',', ''))",
    )
    assert sum(ports) == sum(rule.used_times for rule in REPORT.rules)
    records = page.eval_on_selector_all(
        "#coverage-chart .cells rect", "bars => bars.map(b => +b.dataset.value)"
    )
    assert sum(records) == REPORT.coverage.records()


def test_every_chart_has_its_table(show: Open) -> None:
    page = drawn(show(render_page(REPORT)))
    for table in page.locator("details.data summary").all():
        table.click()
    expect(page.locator("#over-time-table tbody tr")).to_have_count(26)
    rows = {
        name: page.locator(f"{name} tbody tr").count()
        for name in (
            "#heat-map-table",
            "#over-time-table",
            "#ports-table",
            "#coverage table:not(.vpcs)",
        )
    }
    assert rows["#heat-map-table"] == 25
    assert rows["#ports-table"] > 5
    assert rows["#coverage table:not(.vpcs)"] == len([*Outcome, "All"])


def test_a_finding_leads_to_its_rules_in_the_charts(show: Open) -> None:
    page = drawn(show(render_page(REPORT)))
    page.locator("#ambiguous a[data-status]").click()
    ambiguous = {r.sg_rule_id for r in REPORT.rules if r.status is Status.AMBIGUOUS}
    assert {key.split("|")[0] for key in values(page)} == ambiguous


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_wider_than_the_screen(show: Open, size: str) -> None:
    widened = renamed(REPORT, HOSTILE["very long"])
    for html in (render_page(REPORT), render_page(widened)):
        page = drawn(show(html, size))
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    mail = show(render_mail(REPORT, LOCATION).html, size)
    assert mail.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]


CONTRAST = """
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b]
    .map((part) => part / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const ratio = (a, b) => {
    const [high, low] = [light(rgba(a)), light(rgba(b))].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (rgba(color)[3] === 255) return color;
    }
    return "#ffffff";
  };
  const weak = [];
  for (const element of document.querySelectorAll("body *:not(svg *, script, noscript, option)")) {
    const hasText = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!hasText || !element.checkVisibility() || element.disabled) continue;
    const found = ratio(getComputedStyle(element).color, ground(element));
    if (found < 4.5) weak.push([element.textContent.trim().slice(0, 30), found]);
  }
  const style = getComputedStyle(document.documentElement);
  for (let level = 0; style.getPropertyValue(`--heat-${level}`); level += 1) {
    const [on, heat] = ["on", "heat"].map((name) => style.getPropertyValue(`--${name}-${level}`));
    if (ratio(on.trim(), heat.trim()) < 4.5) weak.push([`heat ${level}`, ratio(on, heat)]);
  }
  return weak;
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_enough_contrast(show: Open, scheme: str) -> None:
    page = drawn(show(render_page(REPORT), color_scheme=scheme))
    assert page.evaluate(CONTRAST) == []
    assert show(render_mail(REPORT, LOCATION).html, color_scheme=scheme).evaluate(CONTRAST) == []


def test_print_is_light_and_leaves_the_controls_out(show: Open) -> None:
    page = drawn(show(render_page(REPORT), color_scheme="dark"))
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("#heat-map-chart")).to_be_visible()
    assert len(page.pdf(format="A4", print_background=True)) < 2_000_000


def test_untrusted_text_is_shown_and_does_nothing(show: Open) -> None:
    names = [printable(name) for name in HOSTILE.values()]
    named = zip(REPORT.rules, HOSTILE.values(), strict=False)
    rules = tuple(replace(rule, sg_name=name, description=name) for rule, name in named)
    report = replace(REPORT, rules=rules, period_label=HOSTILE["end of data"])
    page, mail = drawn(show(render_page(report))), show(render_mail(report, LOCATION).html)
    page.locator("#heat-map details.data summary").click()
    expect(page.locator("#heat-map-table tbody td:nth-child(2)")).to_have_text(names)
    for cell, name in zip(page.locator(CELLS).all(), names, strict=True):
        cell.focus()
        assert name in (page.locator("#tooltip").text_content() or "")
    for document, cells in ((page, ".rules th bdi"), (mail, "td > bdi")):
        shown = document.locator(cells).all_text_contents()
        assert {text[:20] for text in shown} >= {printable(rule.sg_name)[:20] for rule in rules[:5]}
        assert document.evaluate("window.hacked ?? 0") == 0


@pytest.mark.parametrize(
    "report",
    [
        replace(REPORT, rules=()),
        replace(REPORT, rules=(), daily={}, analysed_days=(), coverage=type(REPORT.coverage)(())),
        only(REPORT, Status.USED),
        only(REPORT, Status.NOT_OBSERVED),
        make_sample(rules=1, days=1).report(),
        make_sample(rules=20, days=400).report(),
    ],
    ids=["no rules", "nothing at all", "all used", "none observed", "one rule", "400 days"],
)
def test_unusual_reports_draw_without_complaint(show: Open, report: UsageReport) -> None:
    page = show(render_page(report))
    page.wait_for_selector("#coverage-chart svg")
    expect(page.locator("h1")).not_to_be_empty()


def test_2000_rules_on_90_days_are_small_fast_and_readable(show: Open) -> None:
    html = render_page(make_sample(rules=2000, days=90).report())
    assert len(html.encode()) < 2_000_000
    page = show(html)
    assert min(opening_seconds(page) for _ in range(3)) < 1
    assert page.locator(CELLS).count() <= 2 * 25
    expect(page.locator(".pager")).to_contain_text("1–25 of 286")
    page.locator(CELLS).first.click()
    expect(page.locator("#shown")).to_have_text("7 of 2,000 rules")
    expect(page.get_by_role("radio", name="Rules")).to_be_checked()


def opening_seconds(page: Page) -> float:
    """What it takes the page's main thread to load and draw everything, in processor time.

    So that a busy test machine measures the page and not its other work.
    """
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = task_seconds(session)
    page.reload()
    drawn(page).wait_for_function("performance.getEntriesByName('drawn').length")
    seconds = task_seconds(session) - before
    session.detach()
    return seconds


def task_seconds(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))
