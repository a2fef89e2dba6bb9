"""The EC2 calls that a snapshot can do without: one row a call.

A call that is refused, or that a region does not know, leaves its part of the snapshot None: "not
looked at", which costs certainty. It is never taken for an empty answer.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aws_network.network.flow_log import flow_log_from_api
from aws_network.network.snapshot import Snapshot
from aws_network.network.vpcs import (
    attachment_from_api,
    endpoint_service_from_api,
    group_vpc_from_api,
    mirror_target_from_api,
    peering_from_api,
    vpc_from_api,
)
from aws_network.stores.ec2_pages import Ec2Call

Item = Mapping[str, Any]


@dataclass(frozen=True)
class OptionalCall:
    """An operation, the key of its items, and what of a snapshot is made of them."""

    part: str
    """As `Snapshot` calls it."""
    noun: str
    operation: str
    items: str
    id_keys: tuple[str, ...]
    """What tells an item from all others."""
    values: Callable[[Item, str], Iterable[Any]]
    """(item, region) to what the part holds of it."""

    @property
    def call(self) -> Ec2Call:
        """What EC2 is asked."""
        return Ec2Call(self.operation, self.items)


def _one(make: Callable[[Item, str], Any]) -> Callable[[Item, str], Iterable[Any]]:
    return lambda item, region: (make(item, region),)


OPTIONAL_CALLS = (
    OptionalCall(
        "flow_logs",
        "flow log",
        "DescribeFlowLogs",
        "FlowLogs",
        ("FlowLogId",),
        _one(flow_log_from_api),
    ),
    OptionalCall("vpcs", "VPC", "DescribeVpcs", "Vpcs", ("VpcId",), _one(vpc_from_api)),
    OptionalCall(
        "peerings",
        "VPC peering connection",
        "DescribeVpcPeeringConnections",
        "VpcPeeringConnections",
        ("VpcPeeringConnectionId",),
        _one(peering_from_api),
    ),
    OptionalCall(
        "attachments",
        "Transit Gateway VPC attachment",
        "DescribeTransitGatewayVpcAttachments",
        "TransitGatewayVpcAttachments",
        ("TransitGatewayAttachmentId",),
        _one(attachment_from_api),
    ),
    OptionalCall(
        "group_vpcs",
        "security group VPC association",
        "DescribeSecurityGroupVpcAssociations",
        "SecurityGroupVpcAssociations",
        ("GroupId", "VpcId"),
        _one(group_vpc_from_api),
    ),
    OptionalCall(
        "mirror_targets",
        "traffic mirror target",
        "DescribeTrafficMirrorTargets",
        "TrafficMirrorTargets",
        ("TrafficMirrorTargetId",),
        mirror_target_from_api,
    ),
    OptionalCall(
        "endpoint_services",
        "VPC endpoint service",
        "DescribeVpcEndpointServiceConfigurations",
        "ServiceConfigurations",
        ("ServiceId",),
        endpoint_service_from_api,
    ),
)


def not_looked_at(snapshot: Snapshot) -> list[str]:
    """The nouns of the parts that a snapshot lacks."""
    return [call.noun for call in OPTIONAL_CALLS if getattr(snapshot, call.part) is None]
