"""The inventory of an account: what the AWS CLI prints of EC2's calls."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from local.account.cli_exports import InputError, Item, read_items


@dataclass
class Inventory:
    """The items of the calls, unchanged."""

    security_group_rules: list[Item] = field(default_factory=list)
    security_groups: list[Item] = field(default_factory=list)
    network_interfaces: list[Item] = field(default_factory=list)
    prefix_lists: list[Item] = field(default_factory=list)
    prefix_list_entries: dict[str, list[Item]] = field(default_factory=dict)
    optional: dict[str, list[Item]] = field(default_factory=dict)
    """The items of the files of OPTIONAL_EXPORTS that are there."""


Keys = tuple[str, ...]
"""The key of the list in a file, then the keys that every item of the list has."""

_REQUIRED_EXPORTS: dict[str, Keys] = {
    "security-group-rules.json": ("SecurityGroupRules", "SecurityGroupRuleId"),
    "security-groups.json": ("SecurityGroups", "GroupId"),
    "network-interfaces.json": ("NetworkInterfaces", "NetworkInterfaceId"),
}
OPTIONAL_EXPORTS: dict[str, Keys] = {
    "flow-logs.json": ("FlowLogs", "FlowLogId", "ResourceId", "LogFormat", "CreationTime"),
    "vpcs.json": ("Vpcs", "VpcId", "OwnerId"),
    "vpc-peering-connections.json": (
        "VpcPeeringConnections",
        "VpcPeeringConnectionId",
        "RequesterVpcInfo",
        "AccepterVpcInfo",
    ),
    "transit-gateway-vpc-attachments.json": (
        "TransitGatewayVpcAttachments",
        "TransitGatewayAttachmentId",
        "TransitGatewayId",
        "VpcId",
    ),
    "security-group-vpc-associations.json": ("SecurityGroupVpcAssociations", "GroupId", "VpcId"),
    "traffic-mirror-targets.json": ("TrafficMirrorTargets", "TrafficMirrorTargetId"),
    "vpc-endpoint-service-configurations.json": ("ServiceConfigurations", "ServiceId"),
}
_PREFIX_LISTS = "managed-prefix-lists.json"
_ENTRIES = "managed-prefix-list-entries"
_OPTIONS = {"network-interfaces.json": " --include-managed-resources"}


def read_inventory(folder: Path) -> Inventory:
    """The exports in a folder. Raises InputError."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; it is to hold the exports of the AWS CLI")
    rules, groups, interfaces = (
        _items(folder, name, keys) for name, keys in _REQUIRED_EXPORTS.items()
    )
    lists: list[Item] = []
    if (folder / _PREFIX_LISTS).exists():
        lists = _items(folder, _PREFIX_LISTS, ("PrefixLists", "PrefixListId"))
    optional = {
        name: _items(folder, name, keys)
        for name, keys in OPTIONAL_EXPORTS.items()
        if (folder / name).exists()
    }
    return Inventory(rules, groups, interfaces, lists, _all_entries(folder, lists), optional)


def _items(folder: Path, file: str, keys: Keys) -> list[Item]:
    return read_items(folder / file, _describe_command(file), *keys)


def _describe_command(file: str) -> str:
    words = f"describe-{file.removesuffix('.json')}{_OPTIONS.get(file, '')}"
    return f"aws ec2 {words} --output json > {file}"


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
