"""Roles for tests: a role with given grants, and clients that act as it."""

import itertools
import json
from typing import Any

import boto3
from moto.iam.models import iam_backends

from local.emulator.server import Emulator

_NUMBERS = itertools.count()

Grant = tuple[list[str], list[str]]
"""actions, resources"""


def trusted_by(*services: str) -> str:
    """A trust policy for AWS services."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": list(services)},
        "Action": "sts:AssumeRole",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def make_role(
    aws: Emulator, grants: list[Grant], *more: dict[str, Any], service: str = "glue.amazonaws.com"
) -> str:
    """The ARN of a new role with the grants, and further statements as they are."""
    iam = aws.client("iam")
    name = f"role{next(_NUMBERS)}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted_by(service))
    if grants or more:
        document = _policy(grants, *more)
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
    return str(role["Role"]["Arn"])


def make_foreign_role(
    aws: Emulator, account: str, name: str, trust: dict[str, Any], grants: list[Grant]
) -> None:
    """A role of another account, in the place of one with its name."""
    roles = iam_backends[account]["aws"].roles
    for role_id in [role_id for role_id, role in roles.items() if role.name == name]:
        del roles[role_id]
    key = iam_backends[account]["aws"].create_temp_access_key()
    iam = boto3.client(
        "iam",
        region_name=aws.region,
        endpoint_url=aws.endpoint,
        aws_access_key_id=key.access_key_id,
        aws_secret_access_key=key.secret_access_key,
    )
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=_policy(grants))


def _policy(grants: list[Grant], *more: dict[str, Any]) -> str:
    """A policy document with the grants, and further statements as they are."""
    statements = [
        {"Effect": "Allow", "Action": actions, "Resource": resources}
        for actions, resources in grants
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": [*statements, *more]})


def client_of_role(aws: Emulator, service: str, grants: list[Grant], *more: dict[str, Any]) -> Any:
    """A client that acts as a new role."""
    return aws.client_as_role(service, aws.region, make_role(aws, grants, *more))
