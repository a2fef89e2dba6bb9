"""The e-mail job against emulated AWS services: what it reads, writes and sends."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from moto.sesv2.models import sesv2_backends

from aws_network.stores.lake import Lake
from jobs import email_usage_report as job
from report.usage_report import UsageReport
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
    *("--asff", "false"),
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
    for dataset, days in (
        ("usage", sample.usage),
        ("coverage", sample.coverage),
        ("vpc_coverage", sample.vpcs),
        ("flow_log_coverage", sample.flow_logs),
    ):
        for day, rows in days.items():
            body = io.BytesIO()
            parquet.write_table(pa.Table.from_pylist(rows), body)
            key = f"{dataset}/day={day}/{dataset}.parquet"
            s3.put_object(Bucket=BUCKET, Key=key, Body=body.getvalue())
    text = json.dumps(sample.findings)
    s3.put_object(Bucket=BUCKET, Key="findings/findings.json", Body=text.encode())
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


def read(sample: Sample, **changes: Any) -> UsageReport:
    """What the job reads of a stored sample."""
    store(sample)
    settings = replace(job.read_settings(ARGV), **changes)
    lake = Lake(boto3.client("s3"), BUCKET)
    return job.read_report(settings, boto3.resource("dynamodb").Table(TABLE), lake)


@pytest.mark.usefixtures("aws")
def test_it_reads_what_the_other_jobs_left() -> None:
    sample = make_sample(rules=40, days=4)
    found = read(sample, window_days=4)
    assert found == sample.report()
    assert found.findings


@pytest.mark.usefixtures("aws")
def test_a_rule_that_is_gone_is_left_out() -> None:
    sample = make_sample(rules=10, days=3)
    gone = sample.items[0] | {"gone_since": "2026-10-30"}
    report = read(replace(sample, items=[gone, *sample.items[1:]]))
    assert gone["sg_rule_id"] not in {rule.sg_rule_id for rule in report.rules}
    assert len(report.rules) == 9


@pytest.mark.usefixtures("aws")
def test_only_the_days_of_the_tables_window_are_read() -> None:
    whole = make_sample(rules=10, days=6)
    first = (whole.window.days[-1] - timedelta(days=2)).isoformat()
    report = read(replace(whole, items=[i | {"window_from": first} for i in whole.items]))
    assert [str(day) for day in report.analysed_days] == ["2026-10-29", "2026-10-30", "2026-10-31"]
    assert {row.day for row in report.coverage.rows} == set(report.analysed_days)
    assert report.log_coverage.days == set(report.analysed_days)
    (vpc,) = report.log_coverage.vpcs
    assert (vpc.days, [log.days_with_records for log in vpc.flow_logs]) == (3, [3])


@pytest.mark.usefixtures("aws")
def test_a_usage_table_of_several_pages_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moto.dynamodb.models.table.RESULT_SIZE_LIMIT", 20_000)
    assert len(read(make_sample(rules=200, days=1)).rules) == 200


@pytest.mark.usefixtures("aws")
def test_before_the_first_day_the_report_says_that_there_is_nothing() -> None:
    store(Sample([], {}, {}, {}, {}, make_sample(rules=1).window))
    job.main(ARGV)
    assert "no security group rules" in lake_text("mail.txt")
    [message] = sent()
    assert "none of 0 unused" in message.raw_data


@pytest.mark.usefixtures("aws")
def test_a_sender_that_is_not_verified_fails_with_what_to_do() -> None:
    store(make_sample(rules=10, days=2), sender_is_verified=False)
    with pytest.raises(job.MailRefusedError, match=r"MessageRejected: .* a verified identity"):
        job.main(ARGV)
    assert sent() == []
    assert len(lake_text("rule_usage.csv").splitlines()) == 11
    assert lake_text("report.html").endswith("</html>")


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("AccessDeniedException", "Let the job's role send"),
        ("MailFromDomainNotVerifiedException", "security@example.com or its domain is a verified"),
        ("AccountSuspendedException", "in this region"),
    ],
)
@pytest.mark.usefixtures("aws")
def test_a_refusal_names_its_reason_and_a_way_out(code: str, advice: str) -> None:
    ses = boto3.client("sesv2")
    stub = Stubber(ses)
    stub.add_client_error("send_email", code, "SES says why.")
    with stub, pytest.raises(job.MailRefusedError, match=advice) as refused:
        job.send(ses, job.read_settings(ARGV), b"")
    assert f"{code}: SES says why. " in str(refused.value)


IDENTITY = "arn:aws:ses:eu-west-1:210987654321:identity/example.com"


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("further", "asked"),
    [
        ({}, {}),
        (
            {"ses_identity_arn": IDENTITY, "ses_configuration_set": "reports"},
            {"FromEmailAddressIdentityArn": IDENTITY, "ConfigurationSetName": "reports"},
        ),
    ],
    ids=["as SES chooses", "as the settings say"],
)
def test_mail_is_sent_as_the_settings_say(further: dict[str, str], asked: dict[str, str]) -> None:
    settings = job.read_settings([*ARGV, *(w for k, v in further.items() for w in (f"--{k}", v))])
    ses = boto3.client("sesv2")
    stub = Stubber(ses)
    request = {
        "FromEmailAddress": "security@example.com",
        "Destination": {"ToAddresses": ["ops@example.com", "audit@example.com"]},
        "Content": {"Raw": {"Data": b"mail"}},
        **asked,
    }
    stub.add_response("send_email", {"MessageId": "m-1"}, request)
    with stub:
        assert job.send(ses, settings, b"mail") == "m-1"


@pytest.mark.usefixtures("aws")
def test_mail_leaves_from_the_region_of_the_setting() -> None:
    store(make_sample(rules=1, days=1), sender_is_verified=False)
    boto3.client("sesv2", "eu-west-1").create_email_identity(EmailIdentity="security@example.com")
    with pytest.raises(job.MailRefusedError):
        job.main(ARGV)
    job.main([*ARGV, "--ses_region", "eu-west-1"])
    assert len(sesv2_backends[ACCOUNT]["eu-west-1"].core_backend.sent_messages) == 1


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("asff", [False, True])
def test_findings_and_plan_are_put_beside_the_report(asff: bool) -> None:
    store(make_sample(rules=10, days=2))
    findings = '{"window": {"last": "2026-10-31"}, "rules": []}'
    for name, text in (("findings.json", findings), ("plan.json", "{}")):
        boto3.client("s3").put_object(Bucket=BUCKET, Key=f"findings/{name}", Body=text.encode())
    job.main([*ARGV[:-1], str(asff).lower()])
    assert (lake_text("findings.json"), lake_text("plan.json")) == (findings, "{}")
    listed = boto3.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="reports/")["Contents"]
    assert any(item["Key"].endswith("/findings.asff.json") for item in listed) is asff


@pytest.mark.usefixtures("aws")
def test_a_second_run_replaces_the_report() -> None:
    store(make_sample(rules=10, days=2))
    job.main(ARGV)
    first = lake_text("rule_usage.csv"), lake_text("report.html")
    job.main(ARGV)
    assert (lake_text("rule_usage.csv"), lake_text("report.html")) == first


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("--to_day", "31.10.2026", "to_day: '31.10.2026' is not a day"),
        ("--from_day", "2026-11-01", "from_day 2026-11-01 is after to_day"),
        ("--recipients", " , ", "recipients: names nobody"),
        ("--window_days", "many", "many"),
    ],
)
def test_an_argument_that_cannot_be_is_named(name: str, value: str, complaint: str) -> None:
    arguments = list(ARGV)
    arguments[arguments.index(name) + 1] = value
    with pytest.raises(ValueError, match=complaint):
        job.read_settings(arguments)
