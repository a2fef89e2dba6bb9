"""What IAM must allow, derived from the calls that an export makes."""

from collections.abc import Iterable
from typing import Any

from aws_network.export.parts import Part
from aws_network.export.scope import Scope


def policy_for(scope: Scope, parts: Iterable[Part], partition: str) -> dict[str, Any]:
    """The policy of the caller; without a role, also that of the role in each account."""
    statements = []
    if scope.reads_own_account:
        actions = {action for part in parts for action in part.actions}
        regions = {"ec2:DescribeRegions"} if scope.all_regions else set()
        statements.append(_allow("ReadNetwork", sorted(actions | regions), "*"))
    if scope.organization:
        statements.append(_allow("ListAccounts", "organizations:ListAccounts", "*"))
    if scope.role_name:
        roles = [scope.role_arn(account, partition) for account in scope.accounts or ("*",)]
        statements.append(_allow("AssumeRole", "sts:AssumeRole", roles))
    return {"Version": "2012-10-17", "Statement": statements}


def _allow(sid: str, actions: str | list[str], resources: str | list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}
