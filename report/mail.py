"""The mail: headline, stale rules, a small heat map and the coverage, in HTML and in plain text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from report import wording
from report.assurance import assurance
from report.coverage import Outcome
from report.coverage_figure import coverage_figure
from report.findings import by_kind
from report.groups import by_group
from report.heat import SHADES, shade
from report.location import ReportLocation
from report.templating import render
from report.usage_report import UsageReport
from report.verdict import Verdict
from report.verdict_lists import verdict_lists

MOST_RULES, MOST_GROUPS = 10, 12
"""What the mail shows at most, so that it stays far below the 102 KB at which Gmail cuts."""


@dataclass(frozen=True)
class Mail:
    """A mail's content; `subject` is one line."""

    subject: str
    html: str
    text: str


def render_mail(report: UsageReport, location: ReportLocation) -> Mail:
    """The mail about a report whose page is at `location`."""
    values = _values(report, location)
    return Mail(subject(report), render("mail.html", values), render("mail.txt", values))


def subject(report: UsageReport) -> str:
    """The period and the count, as "Security group rules, October 2026: 7 of 64 unused"."""
    stale, total = len(report.stale), wording.number(len(report.rules))
    found = f"{wording.number(stale)} of {total} unused" if stale else f"none of {total} unused"
    return f"Security group rules, {wording.printable(report.period_label, 60)}: {found}"


def to_mime(mail: Mail, sender: str, recipients: Sequence[str], csv_text: str) -> bytes:
    """The whole message as SES sends it. Raises ValueError for an address with a line break."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = mail.subject
    message["From"] = sender
    message["To"] = ", ".join(recipients)
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    message.add_attachment(
        csv_text.encode(), maintype="text", subtype="csv", filename="rule_usage.csv"
    )
    return message.as_bytes()


def _values(report: UsageReport, location: ReportLocation) -> Mapping[str, object]:
    groups = by_group(report.rules)
    return {
        "report": report,
        "counts": {verdict.value: count for verdict, count in report.counts.items()},
        "verdicts": list(Verdict),
        "span": wording.span(report.window.first, report.window.last),
        "assurance": assurance(report),
        "coverage_figure": coverage_figure(report),
        "stale": report.stale[:MOST_RULES],
        "more_stale": max(0, len(report.stale) - MOST_RULES),
        "findings": by_kind(report),
        "others": [f for f in verdict_lists(report) if f.rules and not f.removable],
        "groups": groups[:MOST_GROUPS],
        "more_groups": max(0, len(groups) - MOST_GROUPS),
        "shade": shade,
        "shades": SHADES,
        "outcomes": _outcomes(report, Outcome),
        "location": location,
    }


def _outcomes(report: UsageReport, outcomes: Iterable[Outcome]) -> list[tuple[Outcome, int]]:
    counted = [(outcome, report.coverage.records(outcome)) for outcome in outcomes]
    return [(outcome, records) for outcome, records in counted if records]
