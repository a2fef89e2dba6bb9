"""An emulated AWS account with an empty lake and empty tables."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from aws_network.lake import Lake
from tests.jobs.names import LAKE, LOGS, RULES_TABLE


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS as moto plays it, in this process."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield


@pytest.fixture
def lake(aws: None) -> Lake:
    """An empty lake, and an empty bucket for flow logs."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=LAKE)
    s3.create_bucket(Bucket=LOGS)
    return Lake(s3, LAKE)


@pytest.fixture
def rules_table(aws: None) -> object:
    """The rules table, empty."""
    return boto3.resource("dynamodb").create_table(
        TableName=RULES_TABLE,
        KeySchema=[{"AttributeName": "sg_rule_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "sg_rule_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
