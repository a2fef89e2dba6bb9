"""The inventory of an account: the AWS CLI's output of five calls of EC2."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from local.account.cli_exports import InputError, Item, read_items


@dataclass
class Inventory:
    """The items of the five calls, unchanged."""

    security_group_rules: list[Item] = field(default_factory=list)
    security_groups: list[Item] = field(default_factory=list)
    network_interfaces: list[Item] = field(default_factory=list)
    prefix_lists: list[Item] = field(default_factory=list)
    prefix_list_entries: dict[str, list[Item]] = field(default_factory=dict)


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
        read_items(folder / name, _describe_command(name), *keys)
        for name, keys in _DESCRIBE.items()
    )
    return Inventory(rules, groups, interfaces, lists, _all_entries(folder, lists))


def _describe_command(file: str) -> str:
    return f"aws ec2 describe-{file.removesuffix('.json')} --output json > {file}"


def _all_entries(folder: Path, lists: Iterable[Item]) -> dict[str, list[Item]]:
    found = {}
    for item in lists:
        name = item["PrefixListId"]
        file = f"{_ENTRIES}/{name}.json"
        command = (
            f"aws ec2 get-managed-prefix-list-entries --prefix-list-id {name} "
            f"--output json > {file}"
        )
        found[name] = read_items(folder / file, command, "Entries", "Cidr")
    return found


def regions_of(inventory: Inventory) -> set[str]:
    """The regions that the exports name, in ARNs and availability zones."""
    arns = [rule.get("SecurityGroupRuleArn", "") for rule in inventory.security_group_rules]
    arns += [group.get("SecurityGroupArn", "") for group in inventory.security_groups]
    zones = [item.get("AvailabilityZone", "") for item in inventory.network_interfaces]
    found = {arn.split(":")[3] for arn in arns if arn.count(":") >= 5}
    return found or {zone.rstrip("abcdef") for zone in zones if zone}
