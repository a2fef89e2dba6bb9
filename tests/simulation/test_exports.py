"""The exports have the shape that the AWS CLI prints, as botocore describes it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.model import ListShape, Shape, StructureShape

from simulation.exports import (
    managed_prefix_list_entries,
    managed_prefix_lists,
    security_group_rules,
    security_groups,
    write_inventory,
)
from simulation.history import with_groups
from simulation.interface_exports import network_interfaces
from simulation.network import Cidr, GroupMembers
from simulation.random_network import random_network
from tests.simulation.small_network import NETWORK, OFFICES, network_with, rule

EC2 = botocore.session.get_session().get_service_model("ec2")
PEERED = rule(
    "sgr-09", "sg-0client", "egress", "tcp", (5439, 5439), GroupMembers("sg-0foreign", "pcx-0f")
)
IPV6 = rule("sgr-10", "sg-0server", "ingress", "tcp", (443, 443), Cidr("2001:db8::/32"))
FULL = network_with(PEERED, IPV6)


def misfits(value: Any, shape: Shape, path: str) -> list[str]:
    """Where a document is not what the operation returns."""
    if isinstance(shape, StructureShape):
        known = shape.members
        return [
            problem
            for key, item in value.items()
            for problem in (
                misfits(item, known[key], f"{path}.{key}") if key in known else [f"{path}.{key}"]
            )
        ]
    if isinstance(shape, ListShape):
        return [
            problem
            for index, item in enumerate(value)
            for problem in misfits(item, shape.member, f"{path}[{index}]")
        ]
    if shape.type_name == "timestamp":
        return [] if datetime.fromisoformat(value).tzinfo else [path]
    expected = {"string": str, "integer": int, "long": int, "boolean": bool}[shape.type_name]
    return [] if type(value) is expected else [f"{path}: {value!r} is no {shape.type_name}"]


@pytest.mark.parametrize("seed", range(5))
def test_documents_fit_the_operations(seed: int) -> None:
    network = random_network(seed).network
    entries = managed_prefix_list_entries(OFFICES)
    documents = {
        "DescribeSecurityGroupRules": security_group_rules(network),
        "DescribeSecurityGroups": security_groups(network),
        "DescribeNetworkInterfaces": network_interfaces(network),
        "DescribeManagedPrefixLists": managed_prefix_lists(network),
        "GetManagedPrefixListEntries": entries,
    }
    for operation, document in documents.items():
        shape = EC2.operation_model(operation).output_shape
        assert shape is not None
        assert misfits(document, shape, operation) == []


def test_a_rule_with_a_prefix_list() -> None:
    (printed,) = [
        each
        for each in security_group_rules(NETWORK)["SecurityGroupRules"]
        if each["SecurityGroupRuleId"] == "sgr-04"
    ]
    assert printed == {
        "SecurityGroupRuleId": "sgr-04",
        "GroupId": "sg-0server",
        "GroupOwnerId": "123456789012",
        "IsEgress": False,
        "IpProtocol": "tcp",
        "FromPort": 22,
        "ToPort": 22,
        "PrefixListId": "pl-0f",
        "Tags": [],
        "SecurityGroupRuleArn": "arn:aws:ec2:us-east-1:123456789012:security-group-rule/sgr-04",
    }


def peers() -> dict[str, dict[str, Any]]:
    keys = ("CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupInfo")
    return {
        each["SecurityGroupRuleId"]: {key: each[key] for key in keys if key in each}
        for each in security_group_rules(FULL)["SecurityGroupRules"]
    }


def test_each_rule_has_one_peer() -> None:
    assert peers()["sgr-01"] == {"CidrIpv4": "0.0.0.0/0"}
    assert peers()["sgr-10"] == {"CidrIpv6": "2001:db8::/32"}
    assert peers()["sgr-02"] == {
        "ReferencedGroupInfo": {"GroupId": "sg-0client", "UserId": "123456789012"}
    }
    assert peers()["sgr-09"] == {
        "ReferencedGroupInfo": {
            "GroupId": "sg-0foreign",
            "PeeringStatus": "active",
            "UserId": "111122223333",
            "VpcId": "vpc-0f",
            "VpcPeeringConnectionId": "pcx-0f",
        }
    }


def test_a_group_s_permissions_gather_rules_of_the_same_ports() -> None:
    (server,) = [
        each for each in security_groups(FULL)["SecurityGroups"] if each["GroupName"] == "server"
    ]
    assert server["Tags"] == [{"Key": "Owner", "Value": "edge"}]
    (https,) = [each for each in server["IpPermissions"] if each["FromPort"] == 443]
    assert https == {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "UserIdGroupPairs": [{"UserId": "123456789012", "GroupId": "sg-0client"}],
        "IpRanges": [],
        "Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32"}],
        "PrefixListIds": [],
    }


def test_an_interface_s_addresses_and_groups() -> None:
    server = network_interfaces(NETWORK)["NetworkInterfaces"][1]
    assert [group["GroupId"] for group in server["Groups"]] == ["sg-0server", "sg-0common"]
    assert [
        (each["PrivateIpAddress"], each["Primary"]) for each in server["PrivateIpAddresses"]
    ] == [
        ("10.0.1.20", True),
        ("10.0.1.21", False),
    ]
    assert server["Ipv4Prefixes"] == [{"Ipv4Prefix": "10.0.9.0/28"}]
    assert server["Ipv6Addresses"][0]["Ipv6Address"] == "2001:db8:0:2::20"
    assert server["Attachment"]["InstanceId"] == "i-05"


def test_files(tmp_path: Path) -> None:
    write_inventory(tmp_path, NETWORK)
    names = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.json")}
    assert names == {
        "security-group-rules.json",
        "security-groups.json",
        "network-interfaces.json",
        "managed-prefix-lists.json",
        "managed-prefix-list-entries/pl-0f.json",
    }
    entries = json.loads((tmp_path / "managed-prefix-list-entries/pl-0f.json").read_text())
    assert entries == {
        "Entries": [
            {"Cidr": "198.51.100.0/28", "Description": "Lisbon"},
            {"Cidr": "192.0.2.7/32"},
        ]
    }


def test_a_snapshot_after_an_interface_changed_groups() -> None:
    later = with_groups(NETWORK, "eni-0c", ("sg-0common",))
    before, after = (
        {
            each["NetworkInterfaceId"]: [group["GroupId"] for group in each["Groups"]]
            for each in network_interfaces(network)["NetworkInterfaces"]
        }
        for network in (NETWORK, later)
    )
    assert (before["eni-0c"], after["eni-0c"]) == (["sg-0client"], ["sg-0common"])
    assert before["eni-05"] == after["eni-05"]
