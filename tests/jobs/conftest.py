"""An emulated AWS account with an empty lake and an empty rules table."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from aws_network.stores.lake import Lake
from tests.emulated_aws import emulated_aws
from tests.jobs.names import LAKE, LOGS, RULES_TABLE


@pytest.fixture
def aws() -> Iterator[None]:
    with emulated_aws():
        yield


@pytest.fixture
def lake(aws: None) -> Lake:
    """An empty lake, and an empty bucket for flow logs."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=LAKE)
    s3.create_bucket(Bucket=LOGS)
    return Lake(s3, LAKE)


@pytest.fixture
def rules_table(aws: None) -> Any:
    return boto3.resource("dynamodb").create_table(
        TableName=RULES_TABLE,
        KeySchema=[{"AttributeName": "sg_rule_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "sg_rule_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
