"""Traffic that flow logs never record: a rule that admits nothing else can never be judged.

Source: "Flow log limitations", Amazon VPC user guide.
"""

from ipaddress import IPv4Network, IPv6Network, ip_network

from aws_network.network.protocols import TCP, UDP
from aws_network.network.rules import SecurityGroupRule

_LINK_LOCAL = (IPv4Network("169.254.0.0/16"), IPv6Network("fd00:ec2::/32"))
"""Instance and task metadata, the time service, Windows activation, and Amazon DNS."""

_DHCP = ((67, 68), (546, 547))
_DNS = (53, 53)
_SMALLEST_VPC = 16
"""Addresses: a VPC block is at least a /28, and Amazon DNS has its third address.
Source: "Amazon DNS", Amazon VPC user guide."""


def never_logged(rule: SecurityGroupRule) -> str | None:
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
