"""The e-mail job against emulated AWS services: what it reads, writes and sends."""

import io
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from moto import mock_aws
from moto.sesv2.models import sesv2_backends

from jobs import email_usage_report as job
from tests.report.sample import ACCOUNT, Sample, make_sample

BUCKET, TABLE = "lake-123456789012", "sg-analysis-rules-usage"
ARGV = [
    "email_usage_report.py",
    *("--usage_table", TABLE),
    *("--lake_bucket", BUCKET),
    *("--sender", "security@example.com"),
    *("--recipients", "ops@example.com, audit@example.com"),
    *("--from_day", "2026-10-31"),
    *("--to_day", "2026-10-31"),
    *("--window_days", "31"),
    *("--period_label", "October 2026"),
]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield


def store(sample: Sample, *, sender_is_verified: bool = True) -> None:
    """Put a sample's rows where the other jobs leave them."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for dataset, days in (("usage", sample.usage), ("coverage", sample.coverage)):
        for day, rows in days.items():
            body = io.BytesIO()
            parquet.write_table(pa.Table.from_pylist(rows), body)
            key = f"{dataset}/day={day}/{dataset}.parquet"
            s3.put_object(Bucket=BUCKET, Key=key, Body=body.getvalue())
    table = boto3.resource("dynamodb").create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "sg_rule_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "sg_rule_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    with table.batch_writer() as batch:
        for item in sample.items:
            batch.put_item(Item=item)
    if sender_is_verified:
        boto3.client("ses").verify_email_identity(EmailAddress="security@example.com")


def sent() -> list[Any]:
    backend = sesv2_backends[ACCOUNT]["us-east-1"]
    return list(backend.core_backend.sent_messages)


def lake_text(name: str) -> str:
    key = f"reports/day=2026-10-31/{name}"
    body: bytes = boto3.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    return body.decode()


@pytest.mark.usefixtures("aws")
def test_the_report_is_in_the_lake_and_in_the_mail() -> None:
    store(make_sample(rules=40, days=4))
    job.main(ARGV)
    csv_text = lake_text("rule_usage.csv")
    assert len(csv_text.splitlines()) == 41
    assert lake_text("report.html").startswith("<!doctype html>")
    [message] = sent()
    mail = message_from_bytes(message.raw_data.encode(), policy=default)
    assert mail["To"] == "ops@example.com, audit@example.com"
    assert [part.get_filename() for part in mail.iter_attachments()] == ["rule_usage.csv"]
