"""A small account with something in every file of an export, and its emulator."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from aws_network.export.__main__ import main
from local.account.exports import read_exports
from local.emulator.iam.policies import as_list
from local.emulator.server import Emulator
from local.snapshots import answer_with
from tests.aws_network.ec2_items import interface_item
from tests.local.account.samples import OPTIONAL_DOCUMENTS, write
from tests.local.emulator.roles import make_role
from tests.local.emulator.test_configured_resources import EXPORTS
from tests.local.emulator.test_ec2 import INTERFACE, RULES
from tests.local.grants import Granted

REGION = "us-east-1"
LISTS = [
    {"PrefixListId": "pl-1", "PrefixListName": "offices"},
    {"PrefixListId": "pl-2", "PrefixListName": "com.amazonaws.us-east-1.s3"},
]
ENTRIES = {
    "pl-1": [{"Cidr": f"198.51.100.{n}/32", "Description": "Büro"} for n in range(130)],
    "pl-2": [{"Cidr": "2001:db8::/32"}],
}
CONFIGURED = json.loads(json.dumps(EXPORTS).replace("09:00:00.5+", "09:00:00.500000+"))
"""With all digits of a time, as the AWS CLI prints it."""
DOCUMENTS: dict[str, dict[str, Any]] = {
    "security-group-rules.json": {"SecurityGroupRules": RULES},
    "security-groups.json": {
        "SecurityGroups": [
            {"OwnerId": "123456789012", "GroupId": f"sg-{n}", "GroupName": "web"}
            for n in range(1, 1002)
        ]
    },
    "network-interfaces.json": {"NetworkInterfaces": [interface_item("eni-1") | INTERFACE]},
    "managed-prefix-lists.json": {"PrefixLists": LISTS},
    **{f"managed-prefix-list-entries/{name}.json": {"Entries": e} for name, e in ENTRIES.items()},
    **OPTIONAL_DOCUMENTS,
    **{f"configured-resources/{file}": document for file, document in CONFIGURED.items()},
}
"""File to what the AWS CLI prints."""


def write_account(folder: Path) -> None:
    for file, document in DOCUMENTS.items():
        write(folder / file, document)


def answer(folder: Path) -> None:
    """Makes the emulator answer with exports."""
    answer_with(REGION, read_exports(folder))


def files_in(folder: Path) -> dict[str, str]:
    """The text of all files below a folder, by path."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in found}


class Shell:
    """A shell in which the export is started, and AWS is the emulator."""

    def __init__(self, aws: Emulator, patch: pytest.MonkeyPatch) -> None:
        self._aws, self._patch = aws, patch
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        for name, value in aws.environment().items():
            patch.setenv(name, value)

    def become(self, policy: dict[str, Any]) -> str:
        """Acts as a new role with this policy alone; returns its ARN."""
        role = make_role(self._aws, [], *policy["Statement"])
        credentials = self._aws.assume(role, "test")
        for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"):
            words = {"SecretAccessKey": "SECRET_ACCESS_KEY", "AccessKeyId": "ACCESS_KEY_ID"}
            self._patch.setenv(f"AWS_{words.get(name, 'SESSION_TOKEN')}", credentials[name])
        return role


def printed_policy(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    """What `--print-policy` prints."""
    capsys.readouterr()
    assert main([*options, "--print-policy"]) == 0
    policy: dict[str, Any] = json.loads(capsys.readouterr().out)
    return policy


def actions_of(policy: dict[str, Any]) -> set[str]:
    """All actions, in small letters: IAM does not tell these from capitals."""
    named = [name for s in policy["Statement"] for name in as_list(s["Action"])]
    return {name.lower() for name in named}


def actions_used(granted: set[Granted], role: str) -> set[str]:
    """The actions that a role was allowed, as `actions_of` writes them."""
    return {action.lower() for who, action, _ in granted if who == role}


def without(policy: dict[str, Any], action: str) -> dict[str, Any]:
    """The policy, but for an action."""
    left = [
        {**statement, "Action": [n for n in as_list(statement["Action"]) if n != action]}
        for statement in policy["Statement"]
    ]
    return {**policy, "Statement": [statement for statement in left if statement["Action"]]}
