"""report.html: one file that needs no network."""

from report.templating import render
from report.usage_report import UsageReport


def render_page(report: UsageReport) -> str:
    """The page's HTML."""
    return render("page.html", {"report": report})
