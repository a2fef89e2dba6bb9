"""Network interfaces (ENIs), to which security groups are attached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any

from aws_network.network.rules import MalformedItemError
from aws_network.network.tags import tags_of


@dataclass(frozen=True)
class NetworkInterface:
    """An interface, `eni-...`, with all its groups and all its addresses."""

    interface_id: str
    account_id: str
    region: str
    vpc_id: str | None
    group_ids: tuple[str, ...]
    addresses: tuple[str, ...]
    """Private IPv4, primary first, and IPv6 addresses, in canonical form."""
    prefixes: tuple[str, ...] = ()
    """Delegated prefixes: CIDR blocks in which every address belongs to the interface."""
    interface_type: str = "interface"
    description: str | None = None
    in_use: bool = True
    """False while the interface is attached to nothing: then it carries no traffic."""
    subnet_id: str | None = None
    attached_at: str | None = None
    """Since when it is attached where it is now: ISO 8601 in UTC; None where AWS does not say."""
    is_primary: bool = False
    """The first interface of an instance: attached at launch, and never moved."""
    tags: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def is_load_balancer(self) -> bool:
        """Does it pass on packets with the address of the client?
        Source: "Client IP preservation", Network Load Balancer and Global Accelerator guides."""
        return self.interface_type in ("network_load_balancer", "global_accelerator_managed")


def interface_from_api(item: Mapping[str, Any], region: str) -> NetworkInterface:
    """The interface of an item of DescribeNetworkInterfaces. Raises MalformedItemError."""
    attachment = item.get("Attachment") or {}
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
            subnet_id=item.get("SubnetId"),
            attached_at=_utc(attachment.get("AttachTime")),
            is_primary=bool(attachment.get("InstanceId")) and attachment.get("DeviceIndex") == 0,
            tags=tags_of(item, "TagSet"),
        )
    except KeyError as missing:
        name = item.get("NetworkInterfaceId", "an interface without an id")
        raise MalformedItemError(f"network interface {name}: no {missing.args[0]}") from missing


def _utc(moment: Any) -> str | None:
    """Of a datetime, as boto3 has it, or of a text, as the AWS CLI prints it."""
    if moment is None:
        return None
    given = moment if isinstance(moment, datetime) else datetime.fromisoformat(str(moment))
    return given.astimezone(UTC).isoformat()


def _addresses(item: Mapping[str, Any]) -> tuple[str, ...]:
    """The primary IPv4 address first, without duplicates."""
    v4 = [entry["PrivateIpAddress"] for entry in item.get("PrivateIpAddresses", [])]
    v6 = [entry["Ipv6Address"] for entry in item.get("Ipv6Addresses", [])]
    primary = [item["PrivateIpAddress"]] if item.get("PrivateIpAddress") else []
    return tuple(dict.fromkeys(str(ip_address(text)) for text in [*primary, *v4, *v6]))


def _prefixes(item: Mapping[str, Any]) -> tuple[str, ...]:
    v4 = [entry["Ipv4Prefix"] for entry in item.get("Ipv4Prefixes", [])]
    v6 = [entry["Ipv6Prefix"] for entry in item.get("Ipv6Prefixes", [])]
    return tuple(str(ip_network(text, strict=False)) for text in [*v4, *v6])
