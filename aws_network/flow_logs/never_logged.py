"""Traffic that flow logs never record: silence says nothing of a rule that admits only such.

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
"""Addresses: a VPC's block is a /28 at the least, and Amazon DNS has the third address of it.
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
    """A single address, the third of some block of a VPC's size."""
    return block.num_addresses == 1 and int(block.network_address) % _SMALLEST_VPC == 2
