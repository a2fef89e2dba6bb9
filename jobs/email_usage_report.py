"""Glue job 4: renders the usage report into the lake, then mails it.

The report's files are in the lake before the mail is sent, and stay when SES refuses the mail.
"""

import json
import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
from awsglue.utils import getResolvedOptions
from botocore.exceptions import ClientError

from aws_network.flow_logs.days import parse_days
from aws_network.flow_logs.window import Window
from aws_network.stores.dynamodb import all_items
from aws_network.stores.lake import Lake
from aws_network.stores.lake_folders import LakeTable
from aws_network.stores.lake_tables import (
    FINDINGS,
    FLOW_COVERAGE_DAILY,
    FLOW_LOG_COVERAGE_DAILY,
    FLOW_UNREADABLE_DAILY,
    REPORTS,
    RULE_USAGE_DAILY,
    VPC_COVERAGE_DAILY,
)
from aws_network.stores.retries import RETRIES
from plan.asff import to_asff
from report import coverage, daily_usage, log_coverage, unreadable
from report.csv_file import to_csv
from report.findings import Finding, from_document
from report.mail import Mail, ReportLocation, render_mail, to_mime
from report.page import render_page
from report.rule_usage import RuleUsage
from report.usage_report import UsageReport, current_rules, period_label, window_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import SendEmailRequestTypeDef

logger = logging.getLogger("email_usage_report")


SES_ARGUMENTS = ("ses_region", "ses_identity_arn", "ses_configuration_set")
"""Arguments that are left out where SES's own choice is meant."""


class MailRefusedError(RuntimeError):
    """SES did not take the mail; the message holds its reason and what to do."""


@dataclass(frozen=True)
class Settings:
    """The job's arguments, checked. `last_day` names the report."""

    usage_table: str
    lake_bucket: str
    sender: str
    recipients: tuple[str, ...]
    last_day: date
    window_days: int
    period_label: str
    asff: bool
    ses_region: str | None = None
    """None for the region of the job."""
    ses_identity_arn: str | None = None
    ses_configuration_set: str | None = None


def main(arguments: list[str]) -> None:
    """Reads usage and coverage, writes the report, sends it."""
    settings = read_settings(arguments)
    lake = Lake(boto3.client("s3", config=RETRIES), settings.lake_bucket)
    usage_table = boto3.resource("dynamodb", config=RETRIES).Table(settings.usage_table)
    report = read_report(settings, usage_table, lake)
    location = ReportLocation(settings.lake_bucket, REPORTS.day_prefix(settings.last_day))
    csv_text, mail = to_csv(report.rules), render_mail(report, location)
    write_report(lake, location, report, mail, csv_text)
    copy_conclusions(lake, location, with_asff=settings.asff)
    mime = to_mime(mail, settings.sender, settings.recipients)
    message_id = send(
        boto3.client("sesv2", region_name=settings.ses_region, config=RETRIES), settings, mime
    )
    facts = {
        "rules": len(report.rules),
        "unused": len(report.stale),
        "doubtful": len(report.doubtful),
        "analysed_days": len(report.analysed_days),
        "recipients": len(settings.recipients),
        "message_id": message_id,
        "report": location.uri("report.html"),
    }
    logger.info("mailed %s", facts)


def read_settings(arguments: list[str]) -> Settings:
    """Raises InvalidDayError, and ValueError when there is nobody to write to."""
    names = ["usage_table", "lake_bucket", "sender", "recipients", "from_day", "to_day"]
    optional = [name for name in SES_ARGUMENTS if f"--{name}" in arguments]
    given = getResolvedOptions(
        arguments, [*names, "window_days", "period_label", "asff", *optional]
    )
    days = parse_days(given["from_day"], given["to_day"], today=datetime.now(UTC).date())
    recipients = tuple(part.strip() for part in given["recipients"].split(",") if part.strip())
    if not recipients:
        raise ValueError("recipients: names nobody; give addresses separated by commas")
    return Settings(
        usage_table=given["usage_table"],
        lake_bucket=given["lake_bucket"],
        sender=given["sender"],
        recipients=recipients,
        last_day=days[-1],
        window_days=int(given["window_days"]),
        period_label=given["period_label"],
        asff=given["asff"] == "true",
        **{name: given[name] for name in optional},
    )


def read_report(settings: Settings, usage_table: "Table", lake: Lake) -> UsageReport:
    """What the usage table says, and the days of the lake in its window."""
    rules = current_rules(all_items(usage_table))
    window = window_of(rules, Window.ending(settings.last_day, settings.window_days))
    rows = partial(rows_of_window, lake, window)
    return UsageReport(
        period_label=period_label(settings.period_label, window),
        window=window,
        rules=rules,
        daily=daily_usage.from_rows(
            rows(RULE_USAGE_DAILY, daily_usage.COLUMNS),
            {rule.sg_rule_id: rule.rule_version for rule in rules if rule.rule_version},
        ),
        coverage=coverage.from_rows(rows(FLOW_COVERAGE_DAILY, coverage.COLUMNS)),
        log_coverage=log_coverage.from_rows(
            rows(VPC_COVERAGE_DAILY, log_coverage.VPC_COLUMNS),
            rows(FLOW_LOG_COVERAGE_DAILY, log_coverage.FLOW_LOG_COLUMNS),
        ),
        analysed_days=tuple(day for day in lake.days_of(RULE_USAGE_DAILY) if day in window),
        wanted_days=settings.window_days,
        unreadable=unreadable.from_rows(rows(FLOW_UNREADABLE_DAILY, unreadable.COLUMNS)),
        findings=read_findings(lake, rules),
    )


def rows_of_window(
    lake: Lake, window: Window, table: LakeTable, columns: Sequence[str]
) -> Iterator[tuple[date, list[dict[str, Any]]]]:
    """Each day of the window that a daily table has, with its rows."""
    days = [day for day in lake.days_of(table) if day in window]
    return ((day, lake.rows(table, day, columns)) for day in days)


def read_findings(lake: Lake, rules: Sequence[RuleUsage]) -> tuple[Finding, ...]:
    """What the compute job concluded of these rules; nothing where it never did."""
    text = lake.text(FINDINGS.key("findings.json"))
    return () if text is None else from_document(json.loads(text), rules)


def write_report(
    lake: Lake, location: ReportLocation, report: UsageReport, mail: Mail, csv_text: str
) -> None:
    """Puts the report's files into the lake, over those of an earlier run for the same day."""
    for name, text, content_type in (
        ("rule_usage.csv", csv_text, "text/csv"),
        ("report.html", render_page(report), "text/html"),
        ("mail.html", mail.html, "text/html"),
        ("mail.txt", mail.text, "text/plain"),
    ):
        lake.s3.put_object(
            Bucket=location.bucket,
            Key=location.key(name),
            Body=text.encode(),
            ContentType=f"{content_type}; charset=utf-8",
        )


def copy_conclusions(lake: Lake, location: ReportLocation, *, with_asff: bool) -> None:
    """Puts what the compute job concluded from the same usage table beside the report."""
    texts = {name: lake.text(FINDINGS.key(name)) for name in ("findings.json", "plan.json")}
    if with_asff and texts["findings.json"] is not None:
        texts["findings.asff.json"] = to_asff(texts["findings.json"])
    for name, text in texts.items():
        if text is not None:
            lake.put_text(location.key(name), text)


def send(ses: "SESV2Client", settings: Settings, mime: bytes) -> str:
    """Sends the message; its id. Raises MailRefusedError."""
    try:
        answer = ses.send_email(**_request(settings, mime))
    except ClientError as error:
        raise MailRefusedError(_refusal(error, settings.sender)) from error
    return answer["MessageId"]


def _request(settings: Settings, mime: bytes) -> "SendEmailRequestTypeDef":
    request: SendEmailRequestTypeDef = {
        "FromEmailAddress": settings.sender,
        "Destination": {"ToAddresses": list(settings.recipients)},
        "Content": {"Raw": {"Data": mime}},
    }
    if settings.ses_identity_arn:
        request["FromEmailAddressIdentityArn"] = settings.ses_identity_arn
    if settings.ses_configuration_set:
        request["ConfigurationSetName"] = settings.ses_configuration_set
    return request


def _refusal(error: ClientError, sender: str) -> str:
    code, reason = error.response["Error"]["Code"], error.response["Error"]["Message"]
    advice = (
        "Let the job's role send as the sender (ses:SendEmail, ses:SendRawEmail), and with the "
        "configuration set, if the identity has one (ses_configuration_set)."
        if code == "AccessDeniedException"
        else f"Check that {sender} or its domain is a verified identity of SES in this region; in "
        "the SES sandbox every recipient must be verified too."
    )
    kept = "The report is in the lake all the same."
    return f"SES refused the mail: {code}: {reason.rstrip('.')}. {advice} {kept}"


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(levelname)s %(message)s")
    main(sys.argv)
