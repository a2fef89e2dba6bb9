"""The clients of the jobs keep a connection for each thread that uses them."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import pytest

from aws_network.stores.retries import RETRIES
from jobs import query_flow_logs
from local.emulator.server import running_emulator


def test_as_many_threads_as_the_query_job_has_share_a_client(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    threads = query_flow_logs.QUERIES_AT_ONCE * query_flow_logs.LOOKS_AT_ONCE
    with running_emulator(tmp_path) as aws, caplog.at_level(logging.WARNING, "urllib3"):
        s3 = boto3.client(
            "s3",
            endpoint_url=aws.endpoint,
            aws_access_key_id="deployer",
            aws_secret_access_key="deployer",
            region_name=aws.region,
            config=RETRIES,
        )
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda _: s3.list_buckets(), range(4 * threads)))
    assert "Connection pool is full" not in caplog.text
