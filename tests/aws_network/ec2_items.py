"""Items of EC2's answers, with no more than every such item has."""

from typing import Any

ACCOUNT = "123456789012"
Item = dict[str, Any]


def rule_item(rule_id: str, protocol: str = "tcp") -> Item:
    return {
        "SecurityGroupRuleId": rule_id, "GroupId": "sg-1", "GroupOwnerId": ACCOUNT,
        "IsEgress": False, "IpProtocol": protocol, "FromPort": 443, "ToPort": 443,
        "CidrIpv4": "0.0.0.0/0",
    }  # fmt: skip


def group_item(group_id: str) -> Item:
    return {"GroupId": group_id, "GroupName": group_id, "OwnerId": ACCOUNT}


def interface_item(interface_id: str) -> Item:
    return {"NetworkInterfaceId": interface_id, "OwnerId": ACCOUNT, "Groups": []}


def list_item(list_id: str) -> Item:
    return {"PrefixListId": list_id, "PrefixListName": list_id}


def flow_log_item(flow_log_id: str) -> Item:
    return {
        "FlowLogId": flow_log_id, "ResourceId": "vpc-1", "TrafficType": "ALL",
        "LogFormat": "${version}", "CreationTime": "2026-01-05T09:00:00+00:00",
    }  # fmt: skip


def vpc_item(vpc_id: str) -> Item:
    return {"VpcId": vpc_id, "OwnerId": ACCOUNT, "CidrBlock": "10.0.0.0/16"}


def peering_item(peering_id: str) -> Item:
    sides = ("RequesterVpcInfo", "AccepterVpcInfo")
    infos = {side: {"VpcId": f"vpc-{number}"} for number, side in enumerate(sides)}
    return {"VpcPeeringConnectionId": peering_id, **infos, "Status": {"Code": "active"}}


def attachment_item(attachment_id: str) -> Item:
    return {
        "TransitGatewayAttachmentId": attachment_id, "TransitGatewayId": "tgw-1",
        "VpcId": "vpc-1", "State": "available",
    }  # fmt: skip


def group_vpc_item(group_id: str) -> Item:
    return {"GroupId": group_id, "VpcId": "vpc-2", "State": "associated"}


def mirror_target_item(target_id: str) -> Item:
    return {"TrafficMirrorTargetId": target_id, "NetworkInterfaceId": f"eni-{target_id}"}


def endpoint_service_item(service_id: str) -> Item:
    return {"ServiceId": service_id, "NetworkLoadBalancerArns": [f"arn:{service_id}"]}


OPTIONAL_ITEMS = {
    "flow_logs": flow_log_item,
    "vpcs": vpc_item,
    "peerings": peering_item,
    "attachments": attachment_item,
    "group_vpcs": group_vpc_item,
    "mirror_targets": mirror_target_item,
    "endpoint_services": endpoint_service_item,
}
"""Optional part of a snapshot to what makes an item for it, by id."""
