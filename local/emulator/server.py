"""The running emulator: moto as a server on loopback, with its patches."""

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from moto.moto_api._internal.models import moto_api_backend
from moto.server import ThreadedMotoServer

from local.emulator import cloudformation, configured_resources, ec2, step_functions
from local.emulator.athena import query_executions
from local.emulator.glue import job_runs
from local.emulator.glue.launcher import Launcher
from local.emulator.iam import enforcement
from local.emulator.iam.callers import ACCOUNT
from local.emulator.ses import sent_messages
from local.emulator.spark.webhdfs import WebHdfsServer

_DEPLOYER = {"aws_access_key_id": "deployer", "aws_secret_access_key": "deployer"}
_QUICK = Config(retries={"max_attempts": 1}, read_timeout=600, max_pool_connections=50)


@dataclass(frozen=True)
class Emulator:
    """A running emulator. Everything it writes is below `folder`."""

    endpoint: str
    region: str
    folder: Path

    def client(self, service: str, region: str | None = None) -> Any:
        """A client with the rights of the deployer."""
        return _client(self.endpoint, service, region or self.region)

    def assume(self, role_arn: str, session: str) -> dict[str, str]:
        """Credentials of a role: AccessKeyId, SecretAccessKey, SessionToken."""
        answer = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=session)
        return dict(answer["Credentials"])

    def client_as_role(self, service: str, region: str, role_arn: str) -> Any:
        """A client with the rights of a role."""
        credentials = self.assume(role_arn, "states")
        return boto3.client(  # type: ignore[call-overload]
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            config=Config(retries={"max_attempts": 1}, parameter_validation=False),
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )

    def environment(self) -> dict[str, str]:
        """The variables with which a tool (the CDK CLI) finds the emulator as the deployer."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "deployer",
            "AWS_SECRET_ACCESS_KEY": "deployer",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def mails(self) -> list[bytes]:
        """The mails that SES accepted, oldest first."""
        return sent_messages(ACCOUNT, self.region)


@cache
def _client(endpoint: str, service: str, region: str) -> Any:
    return boto3.client(  # type: ignore[call-overload]
        service, region_name=region, endpoint_url=endpoint, config=_QUICK, **_DEPLOYER
    )


@contextmanager
def running_emulator(folder: Path | None = None, region: str = "us-east-1") -> Iterator[Emulator]:
    """A fresh emulator; whatever it started is ended at the end."""
    with _work_in(folder) as work:
        _log_to(work / "emulator.log")
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        webhdfs = WebHdfsServer()
        server.start()
        webhdfs.start()
        try:
            port = server.get_host_and_port()[1]
            # With 127.0.0.1 the CDK CLI addresses buckets by a host name that nobody answers.
            emulator = Emulator(f"http://localhost:{port}", region, work)
            _install_patches(emulator, webhdfs)
            yield emulator
        finally:
            job_runs.stop_all(ACCOUNT)
            server.stop()
            webhdfs.stop()


@contextmanager
def _work_in(folder: Path | None) -> Iterator[Path]:
    """The folder, or one that goes at the end; moto's temporary files are below it too."""
    with ExitStack() as stack:
        temporary = tempfile.TemporaryDirectory
        work = folder or Path(stack.enter_context(temporary(prefix="sg-usage-")))
        spool = work / "temporary"
        spool.mkdir(parents=True, exist_ok=True)
        before, tempfile.tempdir = tempfile.tempdir, str(spool)
        try:
            yield work
        finally:
            tempfile.tempdir = before


def _log_to(path: Path) -> None:
    """What the server says goes to a file: its errors, and moto's remarks about what it skips."""
    logging.captureWarnings(True)
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    for name, level in (("werkzeug", "ERROR"), ("moto", "WARNING"), ("py.warnings", "WARNING")):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)


def _install_patches(emulator: Emulator, webhdfs: WebHdfsServer) -> None:
    moto_api_backend.reset()  # moto's state belongs to the process, and so outlives a server
    enforcement.install()
    cloudformation.install(emulator.client)
    step_functions.install(emulator.client_as_role)
    query_executions.install(emulator.folder / "athena")
    ec2.install()
    configured_resources.install()
    job_runs.install(
        Launcher(
            emulator.folder / "jobs",
            emulator.endpoint,
            emulator.region,
            emulator.assume,
            webhdfs.address_for,
        )
    )
