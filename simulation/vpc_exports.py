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
    used = {
        interface.vpc_id for interface in network.interfaces if interface.owner_id == account_id
    }
    seen = [
        vpc
        for vpc in network.vpcs
        if vpc.vpc_id in used or network.vpc_owner(vpc.vpc_id) == account_id
    ]
    return {"Vpcs": [_vpc(network, vpc) for vpc in seen]}


def _vpc(network: Network, vpc: Vpc) -> Document:
    ipv6 = [
        {
            "AssociationId": f"vpc-cidr-assoc-6{number}{vpc.vpc_id[5:]}",
            "Ipv6CidrBlock": cidr,
            "Ipv6CidrBlockState": {"State": "associated"},
            "NetworkBorderGroup": network.region,
            "Ipv6Pool": "Amazon",
        }
        for number, cidr in enumerate(vpc.ipv6_cidrs)
    ]
    return {
        "OwnerId": network.vpc_owner(vpc.vpc_id),
        "InstanceTenancy": "default",
        **({"Ipv6CidrBlockAssociationSet": ipv6} if ipv6 else {}),
        "CidrBlockAssociationSet": [
            {
                "AssociationId": f"vpc-cidr-assoc-{number}{vpc.vpc_id[5:]}",
                "CidrBlock": cidr,
                "CidrBlockState": {"State": "associated"},
            }
            for number, cidr in enumerate(vpc.cidrs)
        ],
        "IsDefault": False,
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
        "VpcId": vpc.vpc_id,
        "State": "available",
        "CidrBlock": vpc.cidrs[0],
        "DhcpOptionsId": "dopt-0a5c7d9e1f3b24680",
        **({"Tags": [{"Key": "Name", "Value": vpc.name}]} if vpc.name else {}),
    }


def vpc_peering_connections(network: Network, account_id: str) -> Document:
    """aws ec2 describe-vpc-peering-connections"""
    seen = [
        peering
        for peering in network.peerings
        if account_id
        in (network.vpc_owner(peering.requester_vpc_id), network.vpc_owner(peering.accepter_vpc_id))
    ]
    return {"VpcPeeringConnections": [_peering(network, peering) for peering in seen]}


def _peering(network: Network, peering: VpcPeering) -> Document:
    return {
        "AccepterVpcInfo": _peered(network, peering.accepter_vpc_id),
        "RequesterVpcInfo": _peered(network, peering.requester_vpc_id),
        "Status": {"Code": peering.status, "Message": peering.status.capitalize()},
        "Tags": [],
        "VpcPeeringConnectionId": peering.peering_id,
    }


def _peered(network: Network, vpc_id: str) -> Document:
    vpc = network.vpc[vpc_id]
    return {
        "CidrBlock": vpc.cidrs[0],
        **(
            {"Ipv6CidrBlockSet": [{"Ipv6CidrBlock": cidr} for cidr in vpc.ipv6_cidrs]}
            if vpc.ipv6_cidrs
            else {}
        ),
        "CidrBlockSet": [{"CidrBlock": cidr} for cidr in vpc.cidrs],
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
        association
        for association in network.group_associations
        if account_id
        in (network.group_owner(association.group_id), network.vpc_owner(association.vpc_id))
    ]
    return {
        "SecurityGroupVpcAssociations": [_association(network, association) for association in seen]
    }


def _association(network: Network, association: GroupVpcAssociation) -> Document:
    return {
        "GroupId": association.group_id,
        "VpcId": association.vpc_id,
        "VpcOwnerId": network.vpc_owner(association.vpc_id),
        "State": "associated",
        "GroupOwnerId": network.group_owner(association.group_id),
    }


def transit_gateway_vpc_attachments(network: Network, account_id: str) -> Document:
    """aws ec2 describe-transit-gateway-vpc-attachments"""
    seen = [
        attachment
        for attachment in network.transit_gateway_attachments
        if network.vpc_owner(attachment.vpc_id) == account_id
    ]
    return {
        "TransitGatewayVpcAttachments": [_attachment(network, attachment) for attachment in seen]
    }


def _attachment(network: Network, attachment: TransitGatewayVpcAttachment) -> Document:
    return {
        "TransitGatewayAttachmentId": attachment.attachment_id,
        "TransitGatewayId": attachment.transit_gateway_id,
        "VpcId": attachment.vpc_id,
        "VpcOwnerId": network.vpc_owner(attachment.vpc_id),
        "State": "available",
        "SubnetIds": list(attachment.subnet_ids),
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
    seen = [target for target in network.mirror_targets if _owner(network, target) == account_id]
    return {"TrafficMirrorTargets": [_mirror_target(network, target) for target in seen]}


def _owner(network: Network, target: MirrorTarget) -> str:
    return network.interface[target.interface_id].owner_id or network.account_id


def _mirror_target(network: Network, target: MirrorTarget) -> Document:
    return {
        "TrafficMirrorTargetId": target.target_id,
        "NetworkInterfaceId": target.interface_id,
        "Type": "network-interface",
        "Description": "packet capture",
        "OwnerId": _owner(network, target),
        "Tags": [],
    }


def vpc_endpoint_service_configurations(network: Network, account_id: str) -> Document:
    """aws ec2 describe-vpc-endpoint-service-configurations"""
    seen = network.endpoint_services if account_id == network.account_id else ()
    return {"ServiceConfigurations": [_endpoint_service(network, service) for service in seen]}


def _endpoint_service(network: Network, service: EndpointService) -> Document:
    name = f"com.amazonaws.vpce.{network.region}.{service.service_id}"
    balancer = f"{network.region}:{network.account_id}:loadbalancer/{service.load_balancer_name}"
    return {
        "ServiceType": [{"ServiceType": "Interface"}],
        "ServiceId": service.service_id,
        "ServiceName": name,
        "ServiceState": "Available",
        "AvailabilityZones": [f"{network.region}a"],
        "AcceptanceRequired": True,
        "ManagesVpcEndpoints": False,
        "NetworkLoadBalancerArns": [f"arn:aws:elasticloadbalancing:{balancer}"],
        "SupportedIpAddressTypes": ["ipv4"],
        "BaseEndpointDnsNames": [f"{service.service_id}.{network.region}.vpce.amazonaws.com"],
        "Tags": [],
    }
