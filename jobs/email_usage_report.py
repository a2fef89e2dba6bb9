"""Renders the usage report into the lake and mails it.

Arguments: --usage_table --lake_bucket --sender --recipients (comma list) --from_day --to_day
(UTC, inclusive) --window_days --period_label. Fails with what to do when SES refuses the mail;
the report's files are in the lake by then and stay.
"""

import io
import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import boto3
import pyarrow.parquet as parquet
from awsglue.utils import getResolvedOptions
from botocore.exceptions import ClientError

from report import coverage, daily_usage
from report.csv_file import to_csv
from report.location import ReportLocation
from report.mail import Mail, render_mail, to_mime
from report.page import render_page
from report.usage_report import UsageReport, current_rules, window_of
from report.window import Window

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sesv2 import SESV2Client

logger = logging.getLogger(__name__)

ARGUMENTS = [
    "usage_table",
    "lake_bucket",
    "sender",
    "recipients",
    "from_day",
    "to_day",
    "window_days",
    "period_label",
]
COVERAGE_COLUMNS = ("account_id", "region", "outcome", "records", "interfaces")

Rows = list[dict[str, Any]]


class MailRefusedError(Exception):
    """SES did not take the mail; the message holds its reason and what to do."""


@dataclass(frozen=True)
class Arguments:
    """The job's arguments, checked. `window` is the default for an empty usage table."""

    usage_table: str
    lake_bucket: str
    sender: str
    recipients: tuple[str, ...]
    window: Window
    period_label: str


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    arguments = parse_arguments(sys.argv)
    s3 = boto3.client("s3")
    report = read_report(arguments, boto3.resource("dynamodb").Table(arguments.usage_table), s3)
    location = ReportLocation(arguments.lake_bucket, arguments.window.last)
    csv_text, mail = to_csv(report.rules), render_mail(report, location)
    write_report(s3, location, report, mail, csv_text)
    mime = to_mime(mail, arguments.sender, arguments.recipients, csv_text)
    message_id = send(boto3.client("sesv2"), arguments, mime)
    logger.info(
        "rules=%d unused=%d doubtful=%d analysed_days=%d recipients=%d message_id=%s report=%s",
        len(report.rules),
        len(report.stale),
        len(report.doubtful),
        len(report.analysed_days),
        len(arguments.recipients),
        message_id,
        location.uri("report.html"),
    )


def parse_arguments(argv: Sequence[str]) -> Arguments:
    """Raises ValueError for a day, number or list of recipients that cannot be."""
    options = getResolvedOptions(list(argv), ARGUMENTS)
    first, last = (date.fromisoformat(options[name]) for name in ("from_day", "to_day"))
    if first > last:
        raise ValueError(f"--from_day {first} is after --to_day {last}")
    recipients = tuple(part.strip() for part in options["recipients"].split(",") if part.strip())
    if not recipients:
        raise ValueError("--recipients names nobody; give addresses separated by commas")
    return Arguments(
        usage_table=options["usage_table"],
        lake_bucket=options["lake_bucket"],
        sender=options["sender"],
        recipients=recipients,
        window=Window.ending(last, int(options["window_days"])),
        period_label=options["period_label"],
    )


def read_report(arguments: Arguments, table: "Table", s3: "S3Client") -> UsageReport:
    """Gather the usage table and the window's days of the lake."""
    rules = current_rules(usage_items(table))
    window = window_of(rules, fallback=arguments.window)
    bucket = arguments.lake_bucket
    usage_days = {d: key for d, key in lake_days(s3, bucket, "usage") if d in window}
    coverage_days = [(d, key) for d, key in lake_days(s3, bucket, "coverage") if d in window]
    return UsageReport(
        period_label=arguments.period_label,
        window=window,
        rules=rules,
        daily=daily_usage.from_rows(
            (d, read_rows(s3, bucket, key, daily_usage.COLUMNS)) for d, key in usage_days.items()
        ),
        coverage=coverage.from_rows(
            (d, read_rows(s3, bucket, key, COVERAGE_COLUMNS)) for d, key in coverage_days
        ),
        analysed_days=tuple(usage_days),
    )


def usage_items(table: "Table") -> Iterator[dict[str, Any]]:
    """All items of the table, all pages."""
    for page in table.meta.client.get_paginator("scan").paginate(TableName=table.name):
        yield from page["Items"]


def lake_days(s3: "S3Client", bucket: str, dataset: str) -> list[tuple[date, str]]:
    """The days that a data set of the lake has, oldest first, each with its one object's key."""
    days = []
    for page in s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=f"{dataset}/day="
    ):
        for item in page.get("Contents", []):
            _, partition, name = item["Key"].split("/", 2)
            if name == f"{dataset}.parquet":
                days.append((date.fromisoformat(partition.removeprefix("day=")), item["Key"]))
    return sorted(days)


def read_rows(s3: "S3Client", bucket: str, key: str, columns: Sequence[str]) -> Rows:
    """The rows of one Parquet object, only these columns."""
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    rows: Rows = parquet.read_table(io.BytesIO(body), columns=list(columns)).to_pylist()
    return rows


def write_report(
    s3: "S3Client", location: ReportLocation, report: UsageReport, mail: Mail, csv_text: str
) -> None:
    """Put the report's files into the lake, over those of an earlier run for the same day."""
    for name, text, content_type in (
        ("rule_usage.csv", csv_text, "text/csv"),
        ("report.html", render_page(report), "text/html"),
        ("mail.html", mail.html, "text/html"),
        ("mail.txt", mail.text, "text/plain"),
    ):
        s3.put_object(
            Bucket=location.bucket,
            Key=location.key(name),
            Body=text.encode(),
            ContentType=f"{content_type}; charset=utf-8",
        )


def send(ses: "SESV2Client", arguments: Arguments, mime: bytes) -> str:
    """Send the message and return its id. Raises MailRefusedError."""
    try:
        answer = ses.send_email(
            FromEmailAddress=arguments.sender,
            Destination={"ToAddresses": list(arguments.recipients)},
            Content={"Raw": {"Data": mime}},
        )
    except ClientError as error:
        raise MailRefusedError(_refusal(error, arguments.sender)) from error
    return answer["MessageId"]


def _refusal(error: ClientError, sender: str) -> str:
    reason = error.response["Error"]
    return (
        f"SES refused the mail: {reason.get('Code')}: {reason.get('Message')} "
        f"Check that {sender} (or its domain) is a verified identity of SES in this region; in the "
        "SES sandbox every recipient must be verified too. The report is in the lake all the same."
    )


if __name__ == "__main__":
    main()
