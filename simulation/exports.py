"""A network's inventory as the AWS CLI prints it: one JSON document per describe or get command.

Each account prints what it owns.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from simulation.interface_exports import network_interfaces
from simulation.network import (
    Cidr,
    Group,
    GroupMembers,
    ListedPrefixes,
    Network,
    PrefixList,
    Rule,
)
from simulation.vpc_exports import vpc_documents

Document = dict[str, Any]


def inventory(network: Network, account_id: str | None = None) -> dict[str, Document]:
    """File name -> document, of the network's account or a participant. What connects VPCs is left
    out of a network that has none."""
    account = account_id or network.account_id
    entries = {
        f"managed-prefix-list-entries/{known.prefix_list_id}.json": managed_prefix_list_entries(
            known
        )
        for known in network.prefix_lists
    }
    return {
        "security-group-rules.json": security_group_rules(network, account),
        "security-groups.json": security_groups(network, account),
        "network-interfaces.json": network_interfaces(network, account),
        "managed-prefix-lists.json": managed_prefix_lists(network),
        **entries,
        **(vpc_documents(network, account) if network.vpcs else {}),
    }


def write_inventory(folder: Path, documents: Mapping[str, Document] | Network) -> None:
    """Writes the files that `python -m local run --inventory` reads."""
    if isinstance(documents, Network):
        documents = inventory(documents)
    for name, document in documents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, indent=4) + "\n")


def security_group_rules(network: Network, account_id: str | None = None) -> Document:
    """aws ec2 describe-security-group-rules"""
    account = account_id or network.account_id
    rules = [rule for rule in network.rules if network.group_owner(rule.group_id) == account]
    return {"SecurityGroupRules": [_rule(network, rule) for rule in rules]}


def _rule(network: Network, rule: Rule) -> Document:
    owner = network.group_owner(rule.group_id)
    arn = f"arn:aws:ec2:{network.region}:{owner}:security-group-rule/{rule.rule_id}"
    return {
        "SecurityGroupRuleId": rule.rule_id,
        "GroupId": rule.group_id,
        "GroupOwnerId": owner,
        "IsEgress": rule.direction == "egress",
        "IpProtocol": rule.protocol,
        "FromPort": rule.first,
        "ToPort": rule.last,
        **_rule_peer(network, rule),
        **({"Description": rule.description} if rule.description else {}),
        "Tags": _tags(rule.tags),
        "SecurityGroupRuleArn": arn,
    }


def _rule_peer(network: Network, rule: Rule) -> Document:
    match rule.peer:
        case Cidr(cidr):
            return {"CidrIpv6" if ":" in cidr else "CidrIpv4": cidr}
        case ListedPrefixes(prefix_list_id):
            return {"PrefixListId": prefix_list_id}
        case GroupMembers() as members:
            return {"ReferencedGroupInfo": _referenced_group(network, members)}


def _referenced_group(network: Network, members: GroupMembers) -> Document:
    """VPC, peering and its status are told of peered groups only."""
    foreign = network.foreign_group.get(members.group_id)
    info = {"GroupId": members.group_id, "UserId": network.group_owner(members.group_id)}
    if members.peering_id is None:
        return info
    return {
        "GroupId": members.group_id,
        "PeeringStatus": foreign.peering_status if foreign else "active",
        "UserId": info["UserId"],
        "VpcId": _vpc(network, members.group_id),
        "VpcPeeringConnectionId": members.peering_id,
    }


def _vpc(network: Network, group_id: str) -> str:
    foreign = network.foreign_group.get(group_id)
    return foreign.vpc_id if foreign else network.group[group_id].vpc_id


def security_groups(network: Network, account_id: str | None = None) -> Document:
    """aws ec2 describe-security-groups"""
    account = account_id or network.account_id
    owned = [group for group in network.groups if network.group_owner(group.group_id) == account]
    return {"SecurityGroups": [_group(network, group) for group in owned]}


def _group(network: Network, group: Group) -> Document:
    ingress = network.rules_of.get((group.group_id, "ingress"), [])
    egress = network.rules_of.get((group.group_id, "egress"), [])
    owner = network.group_owner(group.group_id)
    arn = f"arn:aws:ec2:{network.region}:{owner}:security-group/{group.group_id}"
    return {
        "GroupId": group.group_id,
        "IpPermissionsEgress": _permissions(network, egress),
        **({"Tags": _tags(group.tags)} if group.tags else {}),
        "VpcId": group.vpc_id,
        "SecurityGroupArn": arn,
        "OwnerId": owner,
        "GroupName": group.name,
        "Description": group.description,
        "IpPermissions": _permissions(network, ingress),
    }


def _permissions(network: Network, rules: Iterable[Rule]) -> list[Document]:
    """Rules of equal protocol and ports are one permission with several peers."""

    def service(rule: Rule) -> tuple[str, int, int]:
        return rule.protocol, rule.first, rule.last

    return [
        _permission(network, *key, list(members))
        for key, members in groupby(sorted(rules, key=service), key=service)
    ]


def _permission(
    network: Network, protocol: str, first: int, last: int, rules: list[Rule]
) -> Document:
    peers: dict[str, list[Document]] = {
        "UserIdGroupPairs": [],
        "IpRanges": [],
        "Ipv6Ranges": [],
        "PrefixListIds": [],
    }
    for rule in rules:
        kind, peer = _permission_peer(network, rule)
        described = {"Description": rule.description} if rule.description else {}
        peers[kind].append(described | peer)
    ports = {} if protocol == "-1" else {"FromPort": first, "ToPort": last}
    return {"IpProtocol": protocol, **ports, **peers}


def _permission_peer(network: Network, rule: Rule) -> tuple[str, Document]:
    match rule.peer:
        case Cidr(cidr):
            if ":" in cidr:
                return "Ipv6Ranges", {"CidrIpv6": cidr}
            return "IpRanges", {"CidrIp": cidr}
        case ListedPrefixes(prefix_list_id):
            return "PrefixListIds", {"PrefixListId": prefix_list_id}
        case GroupMembers() as members:
            info = _referenced_group(network, members)
            pair = {key: info[key] for key in ("UserId", "GroupId")}
            peered = ("VpcId", "VpcPeeringConnectionId", "PeeringStatus")
            return "UserIdGroupPairs", pair | {key: info[key] for key in peered if key in info}


def managed_prefix_lists(network: Network) -> Document:
    """aws ec2 describe-managed-prefix-lists"""
    return {
        "PrefixLists": [_prefix_list(network, prefix_list) for prefix_list in network.prefix_lists]
    }


def _prefix_list(network: Network, prefix_list: PrefixList) -> Document:
    """AWS's own lists have neither a maximum nor a version."""
    of_aws = prefix_list.owner_id == "AWS"
    owner = "aws" if of_aws else network.account_id
    limits = {} if of_aws else {"MaxEntries": 20, "Version": 1}
    list_id = prefix_list.prefix_list_id
    return {
        "PrefixListId": list_id,
        "AddressFamily": prefix_list.family,
        "State": "create-complete",
        "PrefixListArn": f"arn:aws:ec2:{network.region}:{owner}:prefix-list/{list_id}",
        "PrefixListName": prefix_list.name,
        **limits,
        "Tags": [],
        "OwnerId": prefix_list.owner_id,
    }


def managed_prefix_list_entries(prefix_list: PrefixList) -> Document:
    """aws ec2 get-managed-prefix-list-entries"""
    return {
        "Entries": [
            {"Cidr": cidr, **({"Description": text} if text else {})}
            for cidr, text in prefix_list.entries
        ]
    }


def _tags(tags: Iterable[tuple[str, str]]) -> list[Document]:
    return [{"Key": key, "Value": value} for key, value in tags]
