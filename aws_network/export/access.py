"""The caller's credentials, and those of a role in each account."""

from collections.abc import Mapping
from functools import cache
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ConnectionError, HTTPClientError

from aws_network.export.errors import AWS_ERRORS, ExportError, InputError, in_words
from aws_network.export.parts import MakeClient
from aws_network.stores.retries import PATIENT, QUICK

Credentials = Mapping[str, str]
"""Parameters of a client; none for the caller's own."""

_CREDENTIALS = {
    "aws_access_key_id": "AccessKeyId",
    "aws_secret_access_key": "SecretAccessKey",
    "aws_session_token": "SessionToken",
}
"""Parameter of a client to the key in the answer of AssumeRole."""


class Access:
    """Clients of a profile and of the roles that it may assume, for several threads."""

    def __init__(self, profile: str | None) -> None:
        """Raises InputError."""
        try:
            self._session = boto3.Session(profile_name=profile)
        except BotoCoreError as error:
            raise InputError(f"{in_words(error)}; give --profile, or correct ~/.aws") from error
        self._lock = Lock()

    @property
    def region(self) -> str | None:
        """The region of the profile or the environment."""
        return self._session.region_name

    def known_regions(self) -> set[str]:
        """The regions that this version of botocore knows, in all partitions."""
        session = self._session
        partitions = session.get_available_partitions()
        return {name for p in partitions for name in session.get_available_regions("ec2", p)}

    def partition_of(self, region: str) -> str:
        """`aws`, `aws-cn` and so on."""
        return self._session.get_partition_for_region(region)

    def account(self, region: str) -> str:
        """The caller's own. Raises InputError, and ExportError where AWS cannot be reached."""
        try:
            return str(self.client("sts", region, QUICK).get_caller_identity()["Account"])
        except (ConnectionError, HTTPClientError) as error:
            raise ExportError(in_words(error)) from error
        except AWS_ERRORS as error:
            raise InputError(
                f"no valid credentials: {in_words(error)}; sign in, or give a --profile"
            ) from error

    def assume(self, role_arn: str, external_id: str | None, region: str) -> Credentials:
        """An hour with a role. Raises ExportError."""
        given = {"ExternalId": external_id} if external_id else {}
        sts = self.client("sts", region, PATIENT)
        try:
            answer = sts.assume_role(RoleArn=role_arn, RoleSessionName="export", **given)
        except AWS_ERRORS as error:
            raise ExportError(f"{role_arn}: {in_words(error)}") from error
        return {name: answer["Credentials"][key] for name, key in _CREDENTIALS.items()}

    def client(
        self, service: str, region: str, config: Config, credentials: Credentials | None = None
    ) -> Any:
        """A client with the caller's rights, or with those of credentials."""
        with self._lock:  # a session makes one client at a time
            return self._session.client(  # type: ignore[call-overload]
                service, region_name=region, config=config, **(credentials or {})
            )

    def clients_in(self, region: str, credentials: Credentials) -> MakeClient:
        """What makes clients in a region, each once."""
        return cache(lambda service, config: self.client(service, region, config, credentials))
