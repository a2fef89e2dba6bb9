"""A snapshot: everything in an account that decides which rule admits which flow."""

from dataclasses import dataclass, fields

from aws_network.network.configured_resources import ConfiguredResources
from aws_network.network.flow_log import FlowLog
from aws_network.network.groups import SecurityGroup
from aws_network.network.interfaces import NetworkInterface
from aws_network.network.prefix_lists import PrefixList
from aws_network.network.rules import SecurityGroupRule
from aws_network.network.vpcs import GroupVpc, Peering, TransitGatewayAttachment, Vpc


@dataclass(frozen=True, kw_only=True)
class OptionalParts:
    """What can be known of an account, or not: a part at which nobody looked is None."""

    flow_logs: tuple[FlowLog, ...] | None = None
    vpcs: tuple[Vpc, ...] | None = None
    peerings: tuple[Peering, ...] | None = None
    attachments: tuple[TransitGatewayAttachment, ...] | None = None
    """Attachments of VPCs to Transit Gateways."""
    group_vpcs: tuple[GroupVpc, ...] | None = None
    """VPCs in which a group may be used beside its own."""
    mirror_targets: tuple[str, ...] | None = None
    """What traffic is mirrored to: ids of interfaces, and ARNs of Network Load Balancers."""
    endpoint_services: tuple[str, ...] | None = None
    """ARNs of the load balancers behind PrivateLink endpoint services."""


OPTIONAL_PARTS = tuple(part.name for part in fields(OptionalParts))


@dataclass(frozen=True)
class Snapshot(OptionalParts):
    """The network of an account at one moment. Optional parts that were not read are None."""

    rules: tuple[SecurityGroupRule, ...]
    groups: tuple[SecurityGroup, ...]
    interfaces: tuple[NetworkInterface, ...]
    prefix_lists: tuple[PrefixList, ...]
    configured: ConfiguredResources | None = None
    """Resources whose configuration names a group."""
