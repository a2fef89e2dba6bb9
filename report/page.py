"""report.html: one file that loads nothing from the network."""

import base64
import hashlib
from collections.abc import Mapping

from markupsafe import Markup

from aws_network.flow_logs.outcomes import MAY_HIDE_USE
from report.confidence import confidence
from report.coverage import OUTCOME_TEXTS
from report.coverage_summary import coverage_summary
from report.findings import KIND_TEXTS, by_kind
from report.page_data import page_json
from report.rule_lists import rule_lists
from report.statuses import STATUS_TEXTS
from report.templating import package_text, render
from report.usage_report import UsageReport

LIBRARIES = ("vendor/d3-7.9.0.min.js", "vendor/plot-0.6.17.umd.min.js")
SCRIPTS = (
    "browser/data.js",
    "browser/filters.js",
    "browser/tooltip.js",
    "browser/chart.js",
    "browser/heat_map.js",
    "browser/over_time.js",
    "browser/ports.js",
    "browser/coverage.js",
    "browser/main.js",
)
"""The scripts of the page, in this order, in one scope."""

MOST_RULES_PER_FINDING = 50
"""Further rules are in the charts and in the CSV, so that the page stays small."""

MOST_LINES = 4
"""Lines of evidence, or of a proposal, in a cell."""

MOST_VPCS, MOST_FLOW_LOGS = 50, 4
"""VPCs on the page, and flow logs named of each; the tables of the lake have all of them."""

MOST_UNREADABLE = 50
"""Objects named on the page; the table sg_flow_unreadable_daily has all of them."""


def render_page(report: UsageReport) -> str:
    """The page's HTML; its content security policy admits these scripts and no request."""
    own = "\n".join(package_text(path) for path in SCRIPTS)
    scripts = [
        *(package_text(path) for path in LIBRARIES),
        f'"use strict";\n(() => {{\n{own}}})();',
    ]
    return render("page.html", {**_facts(report), **_assets(report, scripts)})


def _facts(report: UsageReport) -> Mapping[str, object]:
    return {
        "report": report,
        "counts": report.counts,
        "statuses": STATUS_TEXTS.items(),
        "confidence": confidence(report),
        "coverage_summary": coverage_summary(report),
        "rule_lists": rule_lists(report),
        "findings": by_kind(report.findings),
        "kind_texts": KIND_TEXTS,
        "most": MOST_RULES_PER_FINDING,
        "most_lines": MOST_LINES,
        "most_vpcs": MOST_VPCS,
        "most_flow_logs": MOST_FLOW_LOGS,
        "most_unreadable": MOST_UNREADABLE,
        "span": report.span,
        "outcomes": OUTCOME_TEXTS.items(),
        "may_hide_use": MAY_HIDE_USE,
        "accounts": sorted({rule.account_id for rule in report.rules}),
        "vpcs": {rule.vpc_id for rule in report.rules},
        "regions": sorted({rule.region for rule in report.rules}),
        "has_owners": any(rule.owner for rule in report.rules),
    }


def _assets(report: UsageReport, scripts: list[str]) -> Mapping[str, object]:
    hashes = " ".join(f"'{_sha256(script)}'" for script in scripts)
    return {
        "policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        f"script-src {hashes}; base-uri 'none'; form-action 'none'",
        "style": Markup(package_text("browser/page.css")),
        "scripts": [Markup(script) for script in scripts],
        "data": Markup(page_json(report)),
    }


def _sha256(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
