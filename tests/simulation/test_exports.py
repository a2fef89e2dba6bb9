"""The exports have the shape that the AWS CLI prints, as botocore describes it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.model import ListShape, Shape, StructureShape

from simulation.exports import (
    inventory,
    managed_prefix_list_entries,
    managed_prefix_lists,
    security_group_rules,
    security_groups,
    write_inventory,
)
from simulation.flow_log_exports import flow_logs
from simulation.flow_logs import Disruption, FlowLog, Logging
from simulation.formats import FORMATS
from simulation.history import with_detached, with_groups, with_interface
from simulation.interface_exports import network_interfaces
from simulation.intervals import Span
from simulation.network import Cidr, Group, GroupMembers
from simulation.random_network import random_network
from simulation.vpc_exports import vpc_documents
from simulation.vpcs import (
    EndpointService,
    GroupVpcAssociation,
    MirrorTarget,
    TransitGatewayVpcAttachment,
    Vpc,
    VpcPeering,
)
from tests.simulation.small_network import (
    CLIENT,
    NETWORK,
    NOON,
    OFFICES,
    SERVER,
    network_with,
    rule,
)

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
    check_shapes(documents)


def check_shapes(documents: dict[str, Any]) -> None:
    """`documents`: operation -> what it returned."""
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


SHOP, BILLING, PARTNER = (f"vpc-0{letter * 16}" for letter in "abf")
CONNECTED = replace(
    FULL,
    vpcs=(
        Vpc(SHOP, ("10.0.0.0/16", "100.64.0.0/16"), ("2001:db8::/56",)),
        Vpc(BILLING, ("10.5.0.0/16",), owner_id="444455556666"),
        Vpc(PARTNER, ("10.9.0.0/16",), owner_id="111122223333"),
    ),
    interfaces=(*FULL.interfaces, replace(SERVER, interface_id="eni-0e", owner_id="444455556666")),
    groups=(*FULL.groups, Group("sg-0billing", "billing", SHOP, owner_id="444455556666")),
    peerings=(VpcPeering("pcx-0f", SHOP, PARTNER), VpcPeering("pcx-0b", BILLING, PARTNER)),
    transit_gateway_attachments=(
        TransitGatewayVpcAttachment("tgw-attach-0a", "tgw-01", SHOP, ("subnet-0a",)),
        TransitGatewayVpcAttachment("tgw-attach-0b", "tgw-01", BILLING, ("subnet-0d",)),
    ),
    group_associations=(GroupVpcAssociation("sg-0server", BILLING),),
    mirror_targets=(MirrorTarget("tmt-01", "eni-05"),),
    endpoint_services=(EndpointService("vpce-svc-01", "net/pay/0123456789abcdef"),),
    participants=("444455556666",),
)
LOGGING = Logging(
    (
        FlowLog("fl-01", SHOP, "123456789012", FORMATS["parquet"], prefix="shop"),
        FlowLog("fl-02", "eni-0e", "444455556666", traffic_type="REJECT", created_at=NOON),
    ),
    disruptions=(Disruption("fl-01", Span(NOON, NOON + 3600), is_reported=True),),
)
OPERATIONS = {
    "vpcs": "DescribeVpcs",
    "vpc-peering-connections": "DescribeVpcPeeringConnections",
    "security-group-vpc-associations": "DescribeSecurityGroupVpcAssociations",
    "transit-gateway-vpc-attachments": "DescribeTransitGatewayVpcAttachments",
    "traffic-mirror-targets": "DescribeTrafficMirrorTargets",
    "vpc-endpoint-service-configurations": "DescribeVpcEndpointServiceConfigurations",
}


@pytest.mark.parametrize("account", CONNECTED.accounts)
def test_what_connects_vpcs_fits_the_operations(account: str) -> None:
    documents = vpc_documents(CONNECTED, account)
    assert documents.keys() == {f"{name}.json" for name in OPERATIONS}
    check_shapes({OPERATIONS[name.removesuffix(".json")]: each for name, each in documents.items()})
    check_shapes({"DescribeFlowLogs": flow_logs(LOGGING, account, NOON)})


@pytest.mark.parametrize(
    ("name", "key", "of_owner", "of_participant"),
    [
        ("vpcs", "VpcId", [SHOP], [SHOP, BILLING]),
        ("vpc-peering-connections", "VpcPeeringConnectionId", ["pcx-0f"], ["pcx-0b"]),
        ("security-group-vpc-associations", "GroupId", ["sg-0server"], ["sg-0server"]),
        ("transit-gateway-vpc-attachments", "VpcId", [SHOP], [BILLING]),
        ("traffic-mirror-targets", "NetworkInterfaceId", ["eni-05"], []),
        ("vpc-endpoint-service-configurations", "ServiceId", ["vpce-svc-01"], []),
        ("security-groups", "GroupId", ["sg-0client", "sg-0server", "sg-0common"], ["sg-0billing"]),
        ("network-interfaces", "NetworkInterfaceId", ["eni-0c", "eni-05", "eni-09"], ["eni-0e"]),
    ],
)
def test_each_account_prints_its_own(
    name: str, key: str, of_owner: list[str], of_participant: list[str]
) -> None:
    found = []
    for account in CONNECTED.accounts:
        (items,) = inventory(CONNECTED, account)[f"{name}.json"].values()
        found.append([item[key] for item in items])
    assert found == [of_owner, of_participant]


def test_the_owner_of_a_shared_vpc_may_see_the_interfaces_of_participants() -> None:
    network = replace(CONNECTED, owner_sees_participants=True)
    owners = {
        each["NetworkInterfaceId"]: each["OwnerId"]
        for each in network_interfaces(network)["NetworkInterfaces"]
    }
    assert (owners["eni-05"], owners["eni-0e"]) == ("123456789012", "444455556666")


def test_a_vpc_with_its_blocks() -> None:
    (shop,) = vpc_documents(CONNECTED, "123456789012")["vpcs.json"]["Vpcs"]
    assert (shop["CidrBlock"], shop["OwnerId"]) == ("10.0.0.0/16", "123456789012")
    blocks = [each["CidrBlock"] for each in shop["CidrBlockAssociationSet"]]
    assert blocks == ["10.0.0.0/16", "100.64.0.0/16"]
    assert shop["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"] == "2001:db8::/56"


@pytest.mark.parametrize(
    ("fact", "account", "at", "expected"),
    [
        ("all is well", "123456789012", NOON - 1, [("fl-01", "ALL", "SUCCESS")]),
        ("delivery fails", "123456789012", NOON + 1, [("fl-01", "ALL", "FAILED")]),
        ("it works again", "123456789012", NOON + 3600, [("fl-01", "ALL", "SUCCESS")]),
        ("not made yet", "444455556666", NOON - 1, []),
        ("made by a participant", "444455556666", NOON, [("fl-02", "REJECT", "SUCCESS")]),
    ],
)
def test_flow_logs_of_an_account(
    fact: str, account: str, at: int, expected: list[tuple[str, str, str]]
) -> None:
    found = flow_logs(LOGGING, account, at)["FlowLogs"]
    keys = ("FlowLogId", "TrafficType", "DeliverLogsStatus")
    assert [tuple(each[key] for key in keys) for each in found] == expected, fact


def test_a_flow_log_in_full() -> None:
    (printed,) = flow_logs(LOGGING, "123456789012", NOON - 1)["FlowLogs"]
    assert printed["LogFormat"].startswith("${version} ${account-id} ${interface-id} ${srcaddr}")
    assert {key: printed[key] for key in printed if key != "LogFormat"} == {
        "CreationTime": "2024-01-01T00:00:00+00:00",
        "DeliverLogsStatus": "SUCCESS",
        "FlowLogId": "fl-01",
        "FlowLogStatus": "ACTIVE",
        "ResourceId": SHOP,
        "TrafficType": "ALL",
        "LogDestinationType": "s3",
        "LogDestination": "arn:aws:s3:::flow-logs/shop",
        "Tags": [],
        "MaxAggregationInterval": 600,
        "DestinationOptions": {
            "FileFormat": "parquet",
            "HiveCompatiblePartitions": True,
            "PerHourPartition": False,
        },
    }


def test_how_an_interface_is_attached() -> None:
    later = replace(CLIENT, attached_at=NOON)
    launched = with_interface(NETWORK, later)
    for network, expected in (
        (NETWORK, ("in-use", "2026-02-11T08:15:42+00:00")),
        (launched, ("in-use", "2026-11-20T12:00:00+00:00")),
        (with_detached(launched, "eni-0c"), ("available", None)),
    ):
        (client,) = [
            each
            for each in network_interfaces(network)["NetworkInterfaces"]
            if each["NetworkInterfaceId"] == "eni-0c"
        ]
        attachment = client.get("Attachment", {})
        assert (client["Status"], attachment.get("AttachTime")) == expected
