"""Repair of moto: each request is judged by the policies of the role that signed it.

moto compares most resources with the literal "*", so a role scoped to one table is denied that
table. Here a request is allowed when a statement of the caller's role allows its action on each
resource it touches and no statement denies it; whoever is no assumed role is the administrator who
deploys.
"""

import fnmatch
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.exceptions import JsonRESTError, _RESTError
from moto.iam.models import iam_backends
from moto.s3.exceptions import S3AccessDeniedError
from moto.sts.models import sts_backends

from local.repair import replace
from local.resources import resources_of

ACCOUNT = "123456789012"
"""moto's own account, in which the stack is deployed."""

Statement = Mapping[str, Any]

Granted = tuple[str, str, str]
"""The ARN of a role, an action that it was allowed, and the resource."""

_granted: set[Granted] = set()


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
        facts = {"aws:SecureTransport": "true", "aws:ResourceAccount": ACCOUNT, **context}
        if not allowed(statements_of(self.role_arn), action, resource, facts):
            raise DeniedError(
                f"User: {self.role_arn} is not authorized to perform: {action} on resource: "
                f"{resource} because no identity-based policy allows the {action} action"
            )
        _granted.add((self.role_arn, action, resource))


def caller(access_key_id: str) -> Caller:
    """The caller behind an access key. The roles of the CDK's bootstrap stand for the deployer."""
    for role in reversed(sts_backends[ACCOUNT]["aws"].assumed_roles):
        if role.access_key_id == access_key_id and ":role/cdk-" not in role.role_arn:
            return Caller(access_key_id, role.role_arn)
    return Caller(access_key_id, None)


def granted() -> frozenset[Granted]:
    """All that roles were allowed since the emulator started: what of their grants is in use."""
    return frozenset(_granted)


def role_of(arn: str) -> Any:
    """moto's record of a role. Raises DeniedError when there is none."""
    name = arn.rsplit("/", 1)[-1]
    for role in iam_backends[ACCOUNT]["aws"].roles.values():
        if role.name == name:
            return role
    raise DeniedError(f"role {arn} does not exist")


def statements_of(role_arn: str) -> list[Statement]:
    """All statements of a role's inline and attached policies."""
    role = role_of(role_arn)
    documents = list(role.policies.values())
    documents += [policy.document for policy in role.managed_policies.values()]
    parsed = [json.loads(text) if isinstance(text, str) else text for text in documents]
    return [statement for document in parsed for statement in _list(document["Statement"])]


def allowed(
    statements: Iterable[Statement], action: str, resource: str, context: Mapping[str, str]
) -> bool:
    """Whether some statement allows and none denies."""
    effects = {s["Effect"] for s in statements if _applies(s, action, resource, context)}
    return "Allow" in effects and "Deny" not in effects


def _applies(statement: Statement, action: str, resource: str, context: Mapping[str, str]) -> bool:
    return (
        _in(action.lower(), [a.lower() for a in _list(statement.get("Action", []))])
        and _in(resource, _list(statement.get("Resource", [])))
        and all(
            _condition(operator, key, _list(values), context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _condition(operator: str, key: str, values: list[Any], context: Mapping[str, str]) -> bool:
    """An unknown key or operator is never fulfilled, so that a grant cannot work only here."""
    actual = {name.lower(): value for name, value in context.items()}.get(key.lower())
    if actual is None:
        return operator.endswith("IfExists")
    expected = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
    match operator.removesuffix("IfExists"):
        case "StringEquals" | "ArnEquals" | "Bool":
            return actual in expected
        case "StringNotEquals":
            return actual not in expected
        case "StringLike" | "ArnLike":
            return _in(actual, expected)
    return False


def _in(value: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(value, pattern.replace("[", "[[]")) for pattern in patterns)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def caller_of_request(headers: Mapping[str, str]) -> Caller:
    """The caller of an HTTP request, from its Signature Version 4 header."""
    credential = headers.get("Authorization", "").partition("Credential=")[2]
    return caller(credential.split("/")[0])


def _judge_request(self: Any, iam_request_cls: type, resource: str = "*") -> None:
    """Takes the place of moto's check for every request to every service."""
    who = caller_of_request(self.headers)
    if who.role_arn is None:
        return
    action = self._get_action()
    action = action[0] if isinstance(action, list) else action
    if action == "GetCallerIdentity":  # needs no permission
        return
    try:
        for need in resources_of(self, action, resource):
            who.require(need.action, need.resource, **need.context)
    except DeniedError as denied:
        raise _as_aws_answers(self, iam_request_cls, str(denied)) from denied


_REST_JSON = ("awslambda", "batch")
"""Services whose requests need not say that they speak JSON."""


def _as_aws_answers(response: Any, iam_request_cls: type, text: str) -> Exception:
    """Each protocol has a spelling of its own for what was denied."""
    if iam_request_cls.__name__ == "S3IAMRequest":
        return S3AccessDeniedError()
    return access_denied(response, text)


def access_denied(response: Any, text: str) -> Exception:
    """What a service other than S3 answers to a request that it refuses."""
    if response.service_name in _REST_JSON or "json" in response.headers.get("Content-Type", ""):
        return JsonRESTError("AccessDeniedException", text)
    is_ec2 = response.service_name == "ec2"
    return AccessDeniedError("UnauthorizedOperation" if is_ec2 else "AccessDenied", text)


class AccessDeniedError(_RESTError):
    """The answer of services that speak XML."""

    code = 403


def install() -> None:
    """Puts the evaluator in the place of moto's."""
    _granted.clear()
    replace(ActionAuthenticatorMixin, "_authenticate_and_authorize_action", _judge_request)
