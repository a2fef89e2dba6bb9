"""The mail: headline, stale rules, a small heat map and the coverage, in HTML and in plain text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import quote

from aws_network.flow_logs.outcomes import MAY_HIDE_USE, Outcome
from report import wording
from report.attachment import FILE_NAME, Attachment, attachment_of
from report.confidence import confidence
from report.coverage import OUTCOME_TEXTS, Coverage
from report.coverage_summary import coverage_summary
from report.csv_file import to_csv
from report.findings import by_kind
from report.groups import by_group
from report.rule_lists import rule_lists
from report.shades import shade
from report.statuses import STATUS_TEXTS
from report.templating import render
from report.usage_report import UsageReport

MOST_RULES, MOST_GROUPS, MOST_VPCS = 10, 12, 5
"""Most rows in the mail: Gmail truncates mails above 102 KB."""


@dataclass(frozen=True)
class ReportLocation:
    """The folder of the lake that holds all files of a report."""

    bucket: str
    prefix: str
    """Ends with a slash."""

    def key(self, name: str) -> str:
        """The object key of one of the report's files, such as "report.html"."""
        return f"{self.prefix}{name}"

    def uri(self, name: str) -> str:
        return f"s3://{self.bucket}/{self.key(name)}"

    def console_url(self, name: str) -> str:
        """The object's page in the S3 console, for people who may read the bucket."""
        key = quote(self.key(name), safe="")
        return f"https://console.aws.amazon.com/s3/object/{self.bucket}?prefix={key}"


@dataclass(frozen=True)
class Mail:
    """A mail's content; `subject` is one line."""

    subject: str
    html: str
    text: str
    attachment: Attachment | None = None


def render_mail(report: UsageReport, location: ReportLocation) -> Mail:
    """The mail about a report whose page is at `location`."""
    attachment = attachment_of(to_csv(report.rules))
    values = {
        **_values(report, location),
        "attachment": attachment,
        "csv": f"the attached {attachment.file_name}" if attachment else FILE_NAME,
    }
    bodies = render("mail.html", values), render("mail.txt", values)
    return Mail(subject(report), *bodies, attachment)


def subject(report: UsageReport) -> str:
    """The period and the count, as "Security group rules, October 2026: 7 of 64 unused"."""
    stale, total = len(report.stale), wording.number(len(report.rules))
    found = f"{wording.number(stale)} of {total} unused" if stale else f"none of {total} unused"
    return f"Security group rules, {wording.printable(report.period_label, 60)}: {found}"


def to_mime(mail: Mail, sender: str, recipients: Sequence[str]) -> bytes:
    """The whole message as SES sends it. Raises ValueError for an address with a line break."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = mail.subject
    message["From"] = sender
    message["To"] = ", ".join(recipients)
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    if mail.attachment:
        maintype, _, subtype = mail.attachment.media_type.partition("/")
        message.add_attachment(
            mail.attachment.content,
            maintype=maintype,
            subtype=subtype,
            filename=mail.attachment.file_name,
        )
    return message.as_bytes()


def _values(report: UsageReport, location: ReportLocation) -> Mapping[str, object]:
    groups, vpcs = by_group(report.rules), report.log_coverage.incomplete
    return {
        "report": report,
        "counts": report.counts,
        "statuses": STATUS_TEXTS.items(),
        "span": report.span,
        "confidence": confidence(report),
        "coverage_summary": coverage_summary(report),
        "removable": report.removable[:MOST_RULES],
        "more_removable": max(0, len(report.removable) - MOST_RULES),
        "findings": by_kind(report.findings),
        "others": [other for other in rule_lists(report) if other.rules and not other.removable],
        "groups": groups[:MOST_GROUPS],
        "more_groups": max(0, len(groups) - MOST_GROUPS),
        "shade": shade,
        "outcomes": _outcomes(report.coverage),
        "may_hide_use": MAY_HIDE_USE,
        "vpcs": vpcs[:MOST_VPCS],
        "more_vpcs": max(0, len(vpcs) - MOST_VPCS),
        "location": location,
    }


def _outcomes(coverage: Coverage) -> list[tuple[Outcome, str, int]]:
    """Outcome, its label and its records, without those that have none."""
    counted = [(o, text.label, coverage.records(o)) for o, text in OUTCOME_TEXTS.items()]
    return [row for row in counted if row[2]]
