"""VPCs, what connects them, and what lets a group of one be used in another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Vpc:
    """A VPC; `cidrs[0]` is its primary IPv4 block. `owner_id` None: the account of the network."""

    vpc_id: str
    cidrs: tuple[str, ...]
    ipv6_cidrs: tuple[str, ...] = ()
    owner_id: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class VpcPeering:
    """A VPC peering connection; only an active one carries traffic."""

    peering_id: str
    requester_vpc_id: str
    accepter_vpc_id: str
    status: str = "active"

    def connects(self, one: str, other: str) -> bool:
        ends = {self.requester_vpc_id, self.accepter_vpc_id}
        return self.status == "active" and ends == {one, other}


@dataclass(frozen=True)
class TransitGatewayVpcAttachment:
    """A VPC's attachment to a transit gateway. All VPCs of one gateway reach each other, and their
    groups may name each other's."""

    attachment_id: str
    transit_gateway_id: str
    vpc_id: str
    subnet_ids: tuple[str, ...]


@dataclass(frozen=True)
class GroupVpcAssociation:
    """A group that may be used in a VPC other than its own."""

    group_id: str
    vpc_id: str


@dataclass(frozen=True)
class MirrorTarget:
    """An interface to which Traffic Mirroring sends copies of packets."""

    target_id: str
    interface_id: str


@dataclass(frozen=True)
class EndpointService:
    """A service that a Network Load Balancer offers to interface endpoints (PrivateLink)."""

    service_id: str
    load_balancer_name: str
