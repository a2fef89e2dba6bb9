"""AWS as moto plays it, in this process."""

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest
from moto import mock_aws

SESSION = boto3.Session("testing", "testing", region_name="us-east-1")
"""Shared, since a new session reads the descriptions of all services again."""


@contextmanager
def emulated_aws() -> Iterator[None]:
    """An empty account; boto3's own clients talk to it."""
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(boto3, "DEFAULT_SESSION", SESSION)
        yield
