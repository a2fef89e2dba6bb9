"""A user's own account as files: the AWS CLI's output of five calls."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from local import configured_resources
from local.ec2 import Inventory, Item


class InputError(Exception):
    """An input cannot be used; the message names the file and says what to do."""


_DESCRIBE = {
    "security-group-rules.json": ("SecurityGroupRules", "SecurityGroupRuleId"),
    "security-groups.json": ("SecurityGroups", "GroupId"),
    "network-interfaces.json": ("NetworkInterfaces", "NetworkInterfaceId"),
    "managed-prefix-lists.json": ("PrefixLists", "PrefixListId"),
}
"""File -> the key of the list in it, and the key every item of the list has."""

_ENTRIES = "managed-prefix-list-entries"


def read_inventory(folder: Path) -> Inventory:
    """The exports in a folder. Raises InputError."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; it is to hold the exports of the AWS CLI")
    rules, groups, interfaces, lists = (
        _items(folder / name, _describe_command(name), *keys) for name, keys in _DESCRIBE.items()
    )
    return Inventory(rules, groups, interfaces, lists, _all_entries(folder, lists))


def _describe_command(file: str) -> str:
    return f"aws ec2 describe-{file.removesuffix('.json')} --output json > {file}"


def read_configured_resources(folder: Path) -> dict[str, dict[str, Any]]:
    """The optional exports of what may carry groups later, by file name. Raises InputError."""
    found = {}
    for export in configured_resources.EXPORTS:
        path = folder / configured_resources.FOLDER / export.file
        if path.exists():
            items = _items(path, f"{export.command} > {path.name}", export.key, export.name)
            found[export.file] = {export.key: items}
    return found


def _all_entries(folder: Path, lists: Iterable[Item]) -> dict[str, list[Item]]:
    found = {}
    for item in lists:
        name = item["PrefixListId"]
        file = f"{_ENTRIES}/{name}.json"
        command = (
            f"aws ec2 get-managed-prefix-list-entries --prefix-list-id {name} "
            f"--output json > {file}"
        )
        found[name] = _items(folder / file, command, "Entries", "Cidr")
    return found


def _items(path: Path, command: str, list_key: str, item_key: str) -> list[Item]:
    """The list in a file, each item of which has a key."""
    document = _document(path, command)
    items = document.get(list_key) if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise InputError(f"{path}: has no list {list_key!r}; make it with: {command}")
    for item in items:
        if not isinstance(item, dict) or item_key not in item:
            raise InputError(
                f"{path}: an item of {list_key!r} has no {item_key!r}; make it with: {command}"
            )
    if document.get("NextToken"):
        raise InputError(
            f"{path}: is only the first page (it has a NextToken); make it without "
            f"--max-items and --no-paginate: {command}"
        )
    return items


def _document(path: Path, command: str) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; make it with: {command}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: is not the JSON the AWS CLI prints ({error}); make it with: {command}"
        ) from error


def regions_of(inventory: Inventory) -> set[str]:
    """The regions that the exports name, in ARNs and availability zones."""
    arns = [rule.get("SecurityGroupRuleArn", "") for rule in inventory.security_group_rules]
    arns += [group.get("SecurityGroupArn", "") for group in inventory.security_groups]
    zones = [item.get("AvailabilityZone", "") for item in inventory.network_interfaces]
    found = {arn.split(":")[3] for arn in arns if arn.count(":") >= 5}
    return found or {zone.rstrip("abcdef") for zone in zones if zone}
