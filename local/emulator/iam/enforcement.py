"""Patch of moto: each request is checked against the policies of the role that signed it.

moto compares most resources with the literal "*", so a role scoped to one table is denied that
table. Here a request is allowed when a statement of the caller's role allows its action on each
resource that it touches, and no statement denies it. A caller without a role is the administrator
who deploys.
"""

from typing import Any

from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.exceptions import JsonRESTError, _RESTError
from moto.s3.exceptions import S3AccessDeniedError

from local.emulator.iam.callers import DeniedError, caller_of_request, require_trust_in
from local.emulator.iam.required_permissions import required_permissions
from local.emulator.moto_patch import replace

_REST_JSON = ("awslambda", "batch")
"""Services whose requests need not say that they speak JSON."""


def install() -> None:
    """Puts this check in the place of moto's."""
    replace(ActionAuthenticatorMixin, "_authenticate_and_authorize_action", _check_request)


def _check_request(self: Any, iam_request_cls: type, resource: str = "*") -> None:
    """Takes the place of moto's check for every request to every service."""
    caller = caller_of_request(self.headers)
    if caller.role_arn is None:
        return
    action = self._get_action()
    action = action[0] if isinstance(action, list) else action
    if action == "GetCallerIdentity":  # needs no permission
        return
    try:
        for permission in required_permissions(self, action, resource):
            caller.require(permission.action, permission.resource, **permission.context)
        if action == "AssumeRole":
            require_trust_in(self._get_param("RoleArn"), caller, self._get_param("ExternalId"))
    except DeniedError as denied:
        raise _refusal(self, iam_request_cls, str(denied)) from denied


def _refusal(response: Any, iam_request_cls: type, text: str) -> Exception:
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
