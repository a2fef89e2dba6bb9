"""Roles for tests: a role with given grants, and clients that act as it."""

import itertools
import json
from typing import Any

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
    statements = [
        {"Effect": "Allow", "Action": actions, "Resource": resources}
        for actions, resources in grants
    ]
    if statements or more:
        document = {"Version": "2012-10-17", "Statement": [*statements, *more]}
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(document))
    return str(role["Role"]["Arn"])


def client_of_role(aws: Emulator, service: str, grants: list[Grant], *more: dict[str, Any]) -> Any:
    """A client that acts as a new role."""
    return aws.client_as_role(service, aws.region, make_role(aws, grants, *more))
