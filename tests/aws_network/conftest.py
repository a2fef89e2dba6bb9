"""An empty, emulated AWS account."""

from collections.abc import Iterator

import boto3
import pytest

from aws_network.stores.lake import Lake
from tests.emulated_aws import emulated_aws


@pytest.fixture
def aws() -> Iterator[None]:
    with emulated_aws():
        yield


@pytest.fixture
def lake(aws: None) -> Lake:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="lake-123456789012")
    return Lake(s3, "lake-123456789012")
