"""Which actions on which resources a request to the emulator needs, as AWS documents them.

Source: "Actions, resources, and condition keys for AWS services" (Service Authorization Reference).
A service that is not in the table needs its action on "*", which only an unscoped grant gives.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.utils import parseaddr
from typing import Any
from xml.etree import ElementTree

from moto.athena.models import athena_backends

from local.emulator.ses import raw_message


@dataclass(frozen=True)
class Permission:
    """One permission a request cannot do without."""

    action: str
    resource: str
    context: dict[str, str] = field(default_factory=dict)


def required_permissions(response: Any, action: str, resource: str) -> list[Permission]:
    """What a caller needs for the request that a moto response object is about to answer."""
    service = _IAM_PREFIX.get(response.service_name, response.service_name)
    context = {"aws:RequestedRegion": response.region}
    if service == "s3":
        return _s3(response, action, resource)
    find = _RESOURCES.get(service)
    arn = f"arn:aws:{service}:{response.region}:{response.current_account}:"
    body = {} if find is None else _parameters(response)
    needs = [(action, "*")] if find is None else find(arn, action, body)
    return [
        Permission(f"{service}:{name}", on, {**context, **(facts[0] if facts else {})})
        for name, on, *facts in needs
    ]


Found = Iterable[tuple[str, str] | tuple[str, str, dict[str, str]]]
"""action without its service, resource, and facts for conditions"""


def _parameters(response: Any) -> dict[str, Any]:
    """What the request asks for, from its JSON or its form."""
    if "json" not in response.headers.get("Content-Type", ""):
        return {key: values[0] for key, values in response.querystring.items()}
    body = response.body or "{}"
    found = body if isinstance(body, dict) else json.loads(body)
    return found if isinstance(found, dict) else {}


def _dynamodb(arn: str, action: str, body: dict[str, Any]) -> Found:
    names = [body["TableName"]] if "TableName" in body else list(body.get("RequestItems", {}))
    index = f"/index/{body['IndexName']}" if body.get("IndexName") else ""
    return [(action, f"{arn}table/{name.rsplit('/', 1)[-1]}{index}") for name in names] or [
        (action, "*")
    ]


def _athena(arn: str, action: str, body: dict[str, Any]) -> Found:
    name = body.get("WorkGroup") or _workgroup_of(arn, body.get("QueryExecutionId"))
    return [(action, f"{arn}workgroup/{name}" if name else "*")]


def _workgroup_of(arn: str, execution_id: Any) -> str | None:
    """The workgroup in which a query runs, None for an unknown query."""
    _, _, _, region, account, _ = arn.split(":", 5)
    execution = athena_backends[account][region].executions.get(execution_id)
    return execution.workgroup.name if execution and execution.workgroup else None


def _glue(arn: str, action: str, body: dict[str, Any]) -> Found:
    if "JobName" in body:
        return [(action, f"{arn}job/{body['JobName']}")]
    database = body.get("DatabaseName") or (body.get("Name") if "Database" in action else None)
    table = body.get("TableName") or (body.get("Name") if "Table" in action else None)
    parts = ["catalog", f"database/{database}", f"table/{database}/{table}"]
    known = [True, database is not None, database is not None and table is not None]
    return [(action, arn + part) for part, is_known in zip(parts, known, strict=True) if is_known]


def _ses(arn: str, action: str, body: dict[str, Any]) -> Found:
    """A raw message needs SendRawEmail besides; the identity is that of the sender."""
    if action != "SendEmail":
        return [(action, "*")]
    sender = body.get("FromEmailAddress")
    raw = raw_message(body)
    if not sender and raw:
        sender = message_from_bytes(raw)["From"]
    address = parseaddr(str(sender))[1]
    names = [action, "SendRawEmail"] if raw else [action]
    return [(name, f"{arn}identity/{address}", {"ses:FromAddress": address}) for name in names]


def _cloudwatch(_arn: str, action: str, body: dict[str, Any]) -> Found:
    """Metrics are no resources; a condition may name the namespace."""
    return [(action, "*", {"cloudwatch:namespace": str(body.get("Namespace", ""))})]


def _one(*keys: str) -> Callable[[str, str, dict[str, Any]], Found]:
    """The resource is the ARN that the request itself names."""

    def find(_arn: str, action: str, body: dict[str, Any]) -> Found:
        return [(action, next((str(body[key]) for key in keys if key in body), "*"))]

    return find


_IAM_PREFIX = {
    "stepfunctions": "states",
    "sesv2": "ses",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "awslambda": "lambda",
}

_RESOURCES: dict[str, Callable[[str, str, dict[str, Any]], Found]] = {
    "dynamodb": _dynamodb,
    "athena": _athena,
    "cloudwatch": _cloudwatch,
    "glue": _glue,
    "ses": _ses,
    "sns": _one("TopicArn"),
    "states": _one("stateMachineArn", "executionArn"),
    "sts": _one("RoleArn"),
}

_S3_ACTIONS = {"HeadBucket": "ListBucket", "ListMultipartUploads": "ListBucketMultipartUploads"}


def _s3(response: Any, action: str, resource: str) -> list[Permission]:
    name = f"s3:{_S3_ACTIONS.get(action, action)}"
    if name == "s3:DeleteObject" and "/" not in resource:
        keys = ElementTree.fromstring(response.body).iterfind(".//{*}Key")
        return [Permission(name, f"{resource}/{key.text}") for key in keys]
    prefix = response.querystring.get("prefix", [""])[0]
    return [Permission(name, resource, {"s3:prefix": prefix} if name == "s3:ListBucket" else {})]
