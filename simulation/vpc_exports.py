"""VPCs, what connects them and what uses them, as the AWS CLI prints it."""

from __future__ import annotations

from typing import Any

from simulation.network import Network
from simulation.vpcs import (
    EndpointService,
    GroupVpcAssociation,
    MirrorTarget,
    TransitGatewayVpcAttachment,
    Vpc,
    VpcPeering,
)

Document = dict[str, Any]
CREATED = "2025-10-02T09:12:33+00:00"


def vpc_documents(network: Network, account_id: str) -> dict[str, Document]:
    """File name -> document."""
    return {
        "vpcs.json": vpcs(network, account_id),
        "vpc-peering-connections.json": vpc_peering_connections(network, account_id),
        "security-group-vpc-associations.json": security_group_vpc_associations(
            network, account_id
        ),
        "transit-gateway-vpc-attachments.json": transit_gateway_vpc_attachments(
            network, account_id
        ),
        "traffic-mirror-targets.json": traffic_mirror_targets(network, account_id),
        "vpc-endpoint-service-configurations.json": vpc_endpoint_service_configurations(
            network, account_id
        ),
    }


def vpcs(network: Network, account_id: str) -> Document:
    """aws ec2 describe-vpcs; a participant also sees the VPC that is shared with it."""
    used = {each.vpc_id for each in network.interfaces if each.owner_id == account_id}
    seen = [
        each
        for each in network.vpcs
        if each.vpc_id in used or network.vpc_owner(each.vpc_id) == account_id
    ]
    return {"Vpcs": [_vpc(network, each) for each in seen]}


def _vpc(network: Network, each: Vpc) -> Document:
    ipv6 = [
        {
            "AssociationId": f"vpc-cidr-assoc-6{number}{each.vpc_id[5:]}",
            "Ipv6CidrBlock": cidr,
            "Ipv6CidrBlockState": {"State": "associated"},
            "NetworkBorderGroup": network.region,
            "Ipv6Pool": "Amazon",
        }
        for number, cidr in enumerate(each.ipv6_cidrs)
    ]
    return {
        "OwnerId": network.vpc_owner(each.vpc_id),
        "InstanceTenancy": "default",
        **({"Ipv6CidrBlockAssociationSet": ipv6} if ipv6 else {}),
        "CidrBlockAssociationSet": [
            {
                "AssociationId": f"vpc-cidr-assoc-{number}{each.vpc_id[5:]}",
                "CidrBlock": cidr,
                "CidrBlockState": {"State": "associated"},
            }
            for number, cidr in enumerate(each.cidrs)
        ],
        "IsDefault": False,
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
        "VpcId": each.vpc_id,
        "State": "available",
        "CidrBlock": each.cidrs[0],
        "DhcpOptionsId": "dopt-0a5c7d9e1f3b24680",
        **({"Tags": [{"Key": "Name", "Value": each.name}]} if each.name else {}),
    }


def vpc_peering_connections(network: Network, account_id: str) -> Document:
    """aws ec2 describe-vpc-peering-connections"""
    seen = [
        each
        for each in network.peerings
        if account_id
        in (network.vpc_owner(each.requester_vpc_id), network.vpc_owner(each.accepter_vpc_id))
    ]
    return {"VpcPeeringConnections": [_peering(network, each) for each in seen]}


def _peering(network: Network, each: VpcPeering) -> Document:
    return {
        "AccepterVpcInfo": _peered(network, each.accepter_vpc_id),
        "RequesterVpcInfo": _peered(network, each.requester_vpc_id),
        "Status": {"Code": each.status, "Message": each.status.capitalize()},
        "Tags": [],
        "VpcPeeringConnectionId": each.peering_id,
    }


def _peered(network: Network, vpc_id: str) -> Document:
    each = network.vpc[vpc_id]
    return {
        "CidrBlock": each.cidrs[0],
        **(
            {"Ipv6CidrBlockSet": [{"Ipv6CidrBlock": cidr} for cidr in each.ipv6_cidrs]}
            if each.ipv6_cidrs
            else {}
        ),
        "CidrBlockSet": [{"CidrBlock": cidr} for cidr in each.cidrs],
        "OwnerId": network.vpc_owner(vpc_id),
        "PeeringOptions": {
            "AllowDnsResolutionFromRemoteVpc": False,
            "AllowEgressFromLocalClassicLinkToRemoteVpc": False,
            "AllowEgressFromLocalVpcToRemoteClassicLink": False,
        },
        "VpcId": vpc_id,
        "Region": network.region,
    }


def security_group_vpc_associations(network: Network, account_id: str) -> Document:
    """aws ec2 describe-security-group-vpc-associations"""
    seen = [
        each
        for each in network.group_associations
        if account_id in (network.group_owner(each.group_id), network.vpc_owner(each.vpc_id))
    ]
    return {"SecurityGroupVpcAssociations": [_association(network, each) for each in seen]}


def _association(network: Network, each: GroupVpcAssociation) -> Document:
    return {
        "GroupId": each.group_id,
        "VpcId": each.vpc_id,
        "VpcOwnerId": network.vpc_owner(each.vpc_id),
        "State": "associated",
        "GroupOwnerId": network.group_owner(each.group_id),
    }


def transit_gateway_vpc_attachments(network: Network, account_id: str) -> Document:
    """aws ec2 describe-transit-gateway-vpc-attachments"""
    seen = [
        each
        for each in network.transit_gateway_attachments
        if network.vpc_owner(each.vpc_id) == account_id
    ]
    return {"TransitGatewayVpcAttachments": [_attachment(network, each) for each in seen]}


def _attachment(network: Network, each: TransitGatewayVpcAttachment) -> Document:
    return {
        "TransitGatewayAttachmentId": each.attachment_id,
        "TransitGatewayId": each.transit_gateway_id,
        "VpcId": each.vpc_id,
        "VpcOwnerId": network.vpc_owner(each.vpc_id),
        "State": "available",
        "SubnetIds": list(each.subnet_ids),
        "CreationTime": CREATED,
        "Options": {
            "DnsSupport": "enable",
            "SecurityGroupReferencingSupport": "enable",
            "Ipv6Support": "disable",
            "ApplianceModeSupport": "disable",
        },
        "Tags": [],
    }


def traffic_mirror_targets(network: Network, account_id: str) -> Document:
    """aws ec2 describe-traffic-mirror-targets"""
    seen = [each for each in network.mirror_targets if _owner(network, each) == account_id]
    return {"TrafficMirrorTargets": [_mirror_target(network, each) for each in seen]}


def _owner(network: Network, each: MirrorTarget) -> str:
    return network.interface[each.interface_id].owner_id or network.account_id


def _mirror_target(network: Network, each: MirrorTarget) -> Document:
    return {
        "TrafficMirrorTargetId": each.target_id,
        "NetworkInterfaceId": each.interface_id,
        "Type": "network-interface",
        "Description": "packet capture",
        "OwnerId": _owner(network, each),
        "Tags": [],
    }


def vpc_endpoint_service_configurations(network: Network, account_id: str) -> Document:
    """aws ec2 describe-vpc-endpoint-service-configurations"""
    seen = network.endpoint_services if account_id == network.account_id else ()
    return {"ServiceConfigurations": [_endpoint_service(network, each) for each in seen]}


def _endpoint_service(network: Network, each: EndpointService) -> Document:
    name = f"com.amazonaws.vpce.{network.region}.{each.service_id}"
    balancer = f"{network.region}:{network.account_id}:loadbalancer/{each.load_balancer_name}"
    return {
        "ServiceType": [{"ServiceType": "Interface"}],
        "ServiceId": each.service_id,
        "ServiceName": name,
        "ServiceState": "Available",
        "AvailabilityZones": [f"{network.region}a"],
        "AcceptanceRequired": True,
        "ManagesVpcEndpoints": False,
        "NetworkLoadBalancerArns": [f"arn:aws:elasticloadbalancing:{balancer}"],
        "SupportedIpAddressTypes": ["ipv4"],
        "BaseEndpointDnsNames": [f"{each.service_id}.{network.region}.vpce.amazonaws.com"],
        "Tags": [],
    }
