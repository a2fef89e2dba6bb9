"""Who makes a request, and what the role of the caller may do."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from local.emulator.iam.policies import Statement, allowed, as_list

ACCOUNT = "123456789012"
"""moto's own account, in which the stack is deployed."""


class DeniedError(Exception):
    """The caller's role does not allow an action; the text is AWS's own."""


@dataclass(frozen=True)
class Caller:
    """Who signed a request: an access key, and the ARN of its role (None: the deployer)."""

    access_key_id: str
    role_arn: str | None

    def require(self, action: str, resource: str, **context: str) -> None:
        """Raises DeniedError unless the role may do the action (`s3:GetObject`) on the resource."""
        if self.role_arn is None:
            return
        own = {"aws:SecureTransport": "true", "aws:ResourceAccount": _account_of(self.role_arn)}
        facts = {**own, **context}
        if not allowed(statements_of(self.role_arn), action, resource, facts):
            raise DeniedError(
                f"User: {self.role_arn} is not authorized to perform: {action} on resource: "
                f"{resource} because no identity-based policy allows the {action} action"
            )


DEPLOYER = Caller("deployer", None)
"""The administrator who deploys the stack."""


def caller_of_request(headers: Mapping[str, str]) -> Caller:
    """The caller of an HTTP request, from its Signature Version 4 header."""
    credential = headers.get("Authorization", "").partition("Credential=")[2]
    return caller_of_key(credential.split("/")[0])


def caller_of_key(access_key_id: str) -> Caller:
    """The caller behind an access key. The roles of the CDK's bootstrap stand for the deployer."""
    for account in list(sts_backends.values()):
        for role in reversed(account["aws"].assumed_roles):
            if role.access_key_id == access_key_id and ":role/cdk-" not in role.role_arn:
                return Caller(access_key_id, role.role_arn)
    return Caller(access_key_id, None)


def statements_of(role_arn: str) -> list[Statement]:
    """All statements of a role's inline and attached policies."""
    role = _role(role_arn)
    documents = list(role.policies.values())
    documents += [policy.document for policy in role.managed_policies.values()]
    return [
        statement
        for document in map(_parsed, documents)
        for statement in as_list(document["Statement"])
    ]


def require_trust(role_arn: str, service: str, source_arn: str | None = None) -> None:
    """Raises DeniedError unless the role may be assumed by an AWS service of its account.

    `source_arn`: for which resource, where the service says so.
    """
    facts = {"aws:SourceAccount": _account_of(role_arn)}
    facts |= {"aws:SourceArn": source_arn} if source_arn else {}
    if not _trusts(role_arn, "Service", {service}, facts):
        raise DeniedError(f"Role {role_arn} should be given assume role permissions for {service}")


def require_trust_in(role_arn: str, caller: Caller, external_id: str | None) -> None:
    """Raises DeniedError unless the role may be assumed by the role that calls."""
    name = str(caller.role_arn)
    account = _account_of(name)
    facts = {"sts:ExternalId": external_id} if external_id else {}
    if not _trusts(role_arn, "AWS", {name, account, f"arn:aws:iam::{account}:root"}, facts):
        raise DeniedError(
            f"User: {name} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
        )


def _trusts(role_arn: str, kind: str, names: set[str], facts: Mapping[str, str]) -> bool:
    """Whether a role's trust policy lets a principal of a kind, by one of its names, assume it."""
    policy = _parsed(_role(role_arn).assume_role_policy_document)
    meant = [
        {**statement, "Resource": "*"}
        for statement in as_list(policy["Statement"])
        if names & set(as_list(statement["Principal"].get(kind, [])))
    ]
    return allowed(meant, "sts:AssumeRole", "*", facts)


def _account_of(arn: str) -> str:
    return arn.split(":")[4]


def _role(arn: str) -> Any:
    """moto's record of a role. Raises DeniedError when there is none."""
    name = arn.rsplit("/", 1)[-1]
    for role in iam_backends[_account_of(arn)]["aws"].roles.values():
        if role.name == name:
            return role
    raise DeniedError(f"role {arn} does not exist")


def _parsed(document: Any) -> Any:
    """moto keeps a policy document as text or as an object."""
    return json.loads(document) if isinstance(document, str) else document
