"""Items of exports, as the AWS CLI prints them."""

from typing import Any

from tests.local.real_flow_logs import ACCOUNT, REGION

Item = dict[str, Any]

EXPORT_KEYS = {
    "flow-logs.json": "FlowLogs",
    "vpc-peering-connections.json": "VpcPeeringConnections",
    "transit-gateway-vpc-attachments.json": "TransitGatewayVpcAttachments",
    "security-group-vpc-associations.json": "SecurityGroupVpcAssociations",
    "traffic-mirror-targets.json": "TrafficMirrorTargets",
    "vpc-endpoint-service-configurations.json": "ServiceConfigurations",
}


def source_of(text: str, reference: Item) -> Item:
    """Of a rule: a block, a prefix list, or a group and what more is known of it."""
    if text.startswith("sg-"):
        return {"ReferencedGroupInfo": {"GroupId": text, "UserId": ACCOUNT, **reference}}
    return {"PrefixListId": text} if text.startswith("pl-") else {"CidrIpv4": text}


def peering(one: tuple[str, str], other: tuple[str, str], name: str) -> Item:
    """An active connection of two VPCs, each given with its block."""
    sides = {"RequesterVpcInfo": one, "AccepterVpcInfo": other}
    return {
        "VpcPeeringConnectionId": name,
        "Status": {"Code": "active", "Message": "Active"},
        **{
            side: {"VpcId": vpc, "OwnerId": ACCOUNT, "Region": REGION, "CidrBlock": cidr}
            for side, (vpc, cidr) in sides.items()
        },
    }
