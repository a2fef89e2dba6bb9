"""Traffic that flow logs never record: a rule that admits nothing else can never be judged.

Source: "Flow log limitations", Amazon VPC user guide.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from aws_network.network.interfaces import NetworkInterface
from aws_network.network.inventory import Inventory
from aws_network.network.protocols import ANY, TCP, UDP
from aws_network.network.rules import SecurityGroupRule

_LINK_LOCAL = (IPv4Network("169.254.0.0/16"), IPv6Network("fd00:ec2::/32"))
"""Instance and task metadata, the time service, Windows activation, and Amazon DNS."""

_DHCP = ((67, 68), (546, 547))
_VXLAN = 4789
"""The UDP port of mirrored traffic. Source: "Traffic Mirroring limitations"."""
_DNS = (53, 53)
_SMALLEST_VPC = 16
"""Addresses: a VPC block is at least a /28, and Amazon DNS has its third address.
Source: "Amazon DNS", Amazon VPC user guide."""


class NeverLogged:
    """What of an account's traffic flow logs never record."""

    def __init__(self, inventory: Inventory) -> None:
        self._mirror_groups = self._groups_of_mirror_targets(inventory)
        self._endpoint_groups = self._groups_of_endpoint_services(inventory)

    def of(self, rule: SecurityGroupRule) -> str | None:
        """What flow logs never record of the traffic that a rule admits; None for nothing."""
        return only_unlogged(rule) or self._also_unlogged(rule)

    def _also_unlogged(self, rule: SecurityGroupRule) -> str | None:
        if rule.direction == "egress":
            return None
        is_target = self._mirror_groups is None or rule.group_id in self._mirror_groups
        if is_target and _admits_vxlan(rule):
            unknown = " (mirror targets were not looked at)" if self._mirror_groups is None else ""
            return f"mirrored traffic, UDP 4789{unknown}"
        if rule.group_id in self._endpoint_groups:
            return "traffic from VPC endpoints to the load balancer (PrivateLink)"
        return None

    @staticmethod
    def _groups_of_mirror_targets(inventory: Inventory) -> frozenset[str] | None:
        """None where nobody looked for mirror targets."""
        targets = inventory.mirror_targets
        if targets is None:
            return None
        targeted = (i for i in inventory.interfaces if i.interface_id in targets)
        return frozenset(group_id for i in targeted for group_id in i.group_ids)

    @staticmethod
    def _groups_of_endpoint_services(inventory: Inventory) -> frozenset[str]:
        """Groups of Network Load Balancers behind an endpoint service, or maybe behind one."""
        return frozenset(
            group_id
            for interface in inventory.interfaces
            if interface.interface_type == "network_load_balancer"
            and _may_serve_endpoints(interface, inventory.endpoint_services)
            for group_id in interface.group_ids
        )


def _may_serve_endpoints(interface: NetworkInterface, load_balancers: Sequence[str] | None) -> bool:
    """The description of the interface, `ELB net/NAME/ID`, ends as the load balancer's ARN does."""
    name = (interface.description or "").removeprefix("ELB ")
    return load_balancers is None or not name or any(arn.endswith(name) for arn in load_balancers)


def _admits_vxlan(rule: SecurityGroupRule) -> bool:
    first, last = rule.port_range
    return rule.protocol in (ANY, UDP) and first <= _VXLAN <= last


def only_unlogged(rule: SecurityGroupRule) -> str | None:
    """What flow logs never record, if the rule admits nothing else; None if it admits more."""
    block = ip_network(rule.source.value) if rule.source.kind == "cidr" else None
    if block and any(block.version == own.version and _within(block, own) for own in _LINK_LOCAL):
        return "instance metadata, time service and the like"
    if rule.protocol == UDP and any(
        low <= rule.port_range[0] <= rule.port_range[1] <= high for low, high in _DHCP
    ):
        return "DHCP"
    if (
        block
        and rule.protocol in (TCP, UDP)
        and rule.port_range == _DNS
        and _may_be_resolver(block)
    ):
        return "Amazon DNS"
    return None


def _within(block: IPv4Network | IPv6Network, other: IPv4Network | IPv6Network) -> bool:
    return block.prefixlen >= other.prefixlen and block.network_address in other


def _may_be_resolver(block: IPv4Network | IPv6Network) -> bool:
    """Whether the block is a single address that can be the third one of a VPC block."""
    return block.num_addresses == 1 and int(block.network_address) % _SMALLEST_VPC == 2
