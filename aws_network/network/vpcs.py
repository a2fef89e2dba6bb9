"""VPCs, and which of them can reach each other."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

from aws_network.network.tags import tags_of


@dataclass(frozen=True)
class Vpc:
    """A VPC with all its CIDR blocks, IPv4 and IPv6."""

    vpc_id: str
    account_id: str
    region: str
    cidrs: tuple[str, ...]
    tags: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def name(self) -> str | None:
        """Its tag `Name`."""
        return self.tags.get("Name") or None


@dataclass(frozen=True)
class Peering:
    """A peering connection between two VPCs, which may be of other accounts or regions."""

    peering_id: str
    vpcs: tuple[Vpc, Vpc]
    is_active: bool


@dataclass(frozen=True)
class TransitGatewayAttachment:
    """A VPC's attachment to a Transit Gateway."""

    attachment_id: str
    gateway_id: str
    vpc_id: str
    is_active: bool


@dataclass(frozen=True)
class GroupVpc:
    """That a security group may be used in a VPC beside its own."""

    group_id: str
    vpc_id: str


def vpc_from_api(item: Mapping[str, Any], region: str) -> Vpc:
    """The VPC of an item of DescribeVpcs."""
    v4 = [entry["CidrBlock"] for entry in item.get("CidrBlockAssociationSet", [])]
    v6 = [entry["Ipv6CidrBlock"] for entry in item.get("Ipv6CidrBlockAssociationSet", [])]
    first = [item["CidrBlock"]] if item.get("CidrBlock") else []
    cidrs = _blocks([*first, *v4, *v6])
    return Vpc(item["VpcId"], item["OwnerId"], region, cidrs, tags_of(item))


def peering_from_api(item: Mapping[str, Any], region: str) -> Peering:
    """The connection of an item of DescribeVpcPeeringConnections."""
    sides = (item["RequesterVpcInfo"], item["AccepterVpcInfo"])
    requester, accepter = (_side(side, region) for side in sides)
    status = item.get("Status", {}).get("Code")
    return Peering(item["VpcPeeringConnectionId"], (requester, accepter), status == "active")


def _side(info: Mapping[str, Any], region: str) -> Vpc:
    v4 = [entry["CidrBlock"] for entry in info.get("CidrBlockSet", [])]
    v6 = [entry["Ipv6CidrBlock"] for entry in info.get("Ipv6CidrBlockSet", [])]
    first = [info["CidrBlock"]] if info.get("CidrBlock") else []
    return Vpc(
        info["VpcId"],
        info.get("OwnerId", ""),
        info.get("Region", region),
        _blocks([*first, *v4, *v6]),
    )


def _blocks(cidrs: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(ip_network(cidr, strict=False)) for cidr in cidrs))


def attachment_from_api(item: Mapping[str, Any], _region: str) -> TransitGatewayAttachment:
    """The attachment of an item of DescribeTransitGatewayVpcAttachments."""
    return TransitGatewayAttachment(
        item["TransitGatewayAttachmentId"],
        item["TransitGatewayId"],
        item["VpcId"],
        item.get("State") == "available",
    )


def group_vpc_from_api(item: Mapping[str, Any], _region: str) -> GroupVpc:
    """The association of an item of DescribeSecurityGroupVpcAssociations.

    One that is being removed, or failed to be, may have been in force: it counts.
    """
    return GroupVpc(item["GroupId"], item["VpcId"])


def mirror_target_from_api(item: Mapping[str, Any], _region: str) -> tuple[str, ...]:
    """What traffic is mirrored to, by an item of DescribeTrafficMirrorTargets.

    The id of an interface or of a Gateway Load Balancer's endpoint, or the ARN of a Network Load
    Balancer.
    """
    keys = ("NetworkInterfaceId", "NetworkLoadBalancerArn", "GatewayLoadBalancerEndpointId")
    return tuple(item[key] for key in keys if item.get(key))


def endpoint_service_from_api(item: Mapping[str, Any], _region: str) -> tuple[str, ...]:
    """The ARNs of the load balancers of an item of DescribeVpcEndpointServiceConfigurations."""
    return (*item.get("NetworkLoadBalancerArns", ()), *item.get("GatewayLoadBalancerArns", ()))


def peers_by_vpc(peerings: Iterable[Peering]) -> dict[str, set[str]]:
    """VPC id to the VPCs that an active peering connects it with."""
    found: dict[str, set[str]] = defaultdict(set)
    for peering in peerings:
        one, other = peering.vpcs
        if peering.is_active:
            found[one.vpc_id].add(other.vpc_id)
            found[other.vpc_id].add(one.vpc_id)
    return found
