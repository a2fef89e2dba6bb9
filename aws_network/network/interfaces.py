"""Network interfaces (ENIs): where security groups meet traffic."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from aws_network.network.rules import MalformedItemError


@dataclass(frozen=True)
class NetworkInterface:
    """An interface, `eni-...`, with all its groups and all its addresses."""

    interface_id: str
    account_id: str
    region: str
    vpc_id: str | None
    group_ids: tuple[str, ...]
    addresses: tuple[str, ...]
    """Private IPv4, primary first, and IPv6 addresses, in canonical spelling."""
    prefixes: tuple[str, ...] = ()
    """Delegated CIDR blocks: every address in them is the interface's own."""
    interface_type: str = "interface"
    description: str | None = None
    in_use: bool = True
    """False while the interface is attached to nothing: then it carries no traffic."""


def interface_from_api(item: Mapping[str, Any], region: str) -> NetworkInterface:
    """The interface of an item of DescribeNetworkInterfaces. Raises MalformedItemError."""
    try:
        return NetworkInterface(
            interface_id=item["NetworkInterfaceId"],
            account_id=item["OwnerId"],
            region=region,
            vpc_id=item.get("VpcId"),
            group_ids=tuple(group["GroupId"] for group in item["Groups"]),
            addresses=_addresses(item),
            prefixes=_prefixes(item),
            interface_type=item.get("InterfaceType", "interface"),
            description=item.get("Description") or None,
            in_use=item.get("Status", "in-use") != "available",
        )
    except KeyError as missing:
        name = item.get("NetworkInterfaceId", "an interface without an id")
        raise MalformedItemError(f"network interface {name}: no {missing.args[0]}") from missing


def _addresses(item: Mapping[str, Any]) -> tuple[str, ...]:
    """The primary IPv4 address first; none twice."""
    v4 = [entry["PrivateIpAddress"] for entry in item.get("PrivateIpAddresses", [])]
    v6 = [entry["Ipv6Address"] for entry in item.get("Ipv6Addresses", [])]
    primary = [item["PrivateIpAddress"]] if item.get("PrivateIpAddress") else []
    return tuple(dict.fromkeys(str(ip_address(text)) for text in [*primary, *v4, *v6]))


def _prefixes(item: Mapping[str, Any]) -> tuple[str, ...]:
    v4 = [entry["Ipv4Prefix"] for entry in item.get("Ipv4Prefixes", [])]
    v6 = [entry["Ipv6Prefix"] for entry in item.get("Ipv6Prefixes", [])]
    return tuple(str(ip_network(text, strict=False)) for text in [*v4, *v6])
