"""Network interfaces as `aws ec2 describe-network-interfaces` prints them."""

from __future__ import annotations

import hashlib
from typing import Any

from simulation.formats import zone_id
from simulation.network import Interface, Network
from simulation.records import timestamp

Document = dict[str, Any]
LONG_AGO = "2026-02-11T08:15:42+00:00"


def network_interfaces(network: Network, account_id: str | None = None) -> Document:
    """aws ec2 describe-network-interfaces --include-managed-resources; what the snapshot has."""
    account = account_id or network.account_id
    return {
        "NetworkInterfaces": [
            _interface(network, interface)
            for interface in network.interfaces
            if interface.in_snapshot and _is_seen(network, interface, account)
        ]
    }


def _is_seen(network: Network, interface: Interface, account_id: str) -> bool:
    """The owner of a shared VPC may see the interfaces that participants have in it."""
    if (interface.owner_id or network.account_id) == account_id:
        return True
    return network.owner_sees_participants and network.vpc_owner(interface.vpc_id) == account_id


def _interface(network: Network, interface: Interface) -> Document:
    return {
        **({"Association": _association(interface)} if interface.public_address else {}),
        **({"Attachment": _attachment(network, interface)} if interface.status == "in-use" else {}),
        "AvailabilityZone": interface.zone,
        "AvailabilityZoneId": zone_id(interface.zone),
        "Description": interface.description,
        "Groups": [
            {"GroupId": group_id, "GroupName": network.group[group_id].name}
            for group_id in interface.group_ids
        ],
        "InterfaceType": interface.kind,
        "Ipv6Addresses": [
            {"Ipv6Address": address, "IsPrimaryIpv6": False} for address in interface.ipv6_addresses
        ],
        "MacAddress": _mac_address(interface),
        "NetworkInterfaceId": interface.interface_id,
        "OwnerId": interface.owner_id or network.account_id,
        "PrivateDnsName": _dns_name(interface.primary),
        "PrivateIpAddress": interface.primary,
        "PrivateIpAddresses": _private_addresses(interface),
        **_prefixes(interface),
        **({"RequesterId": interface.requester_id} if interface.requester_id else {}),
        "RequesterManaged": interface.requester_id is not None,
        "SourceDestCheck": interface.kind != "nat_gateway",
        "Status": interface.status,
        "SubnetId": interface.subnet_id,
        "TagSet": [{"Key": key, "Value": value} for key, value in interface.tags],
        "VpcId": interface.vpc_id,
        "Operator": {"Managed": False},
    }


def _association(interface: Interface) -> Document:
    assert interface.public_address is not None
    dashed = interface.public_address.replace(".", "-")
    return {
        "IpOwnerId": "amazon",
        "PublicDnsName": f"ec2-{dashed}.compute-1.amazonaws.com",
        "PublicIp": interface.public_address,
    }


def _attachment(network: Network, interface: Interface) -> Document:
    number = interface.interface_id.removeprefix("eni-")
    common = {
        "AttachTime": LONG_AGO
        if interface.attached_at is None
        else timestamp(interface.attached_at),
        "AttachmentId": f"eni-attach-{number}",
        "DeleteOnTermination": interface.instance_id is not None,
        "DeviceIndex": 0 if interface.instance_id else 1,
    }
    if interface.instance_id is None:
        owner = interface.requester_id or "amazon-aws"
        return {**common, "InstanceOwnerId": owner, "Status": "attached"}
    return {
        **common,
        "NetworkCardIndex": 0,
        "InstanceId": interface.instance_id,
        "InstanceOwnerId": interface.owner_id or network.account_id,
        "Status": "attached",
    }


def _private_addresses(interface: Interface) -> list[Document]:
    associated = {"Association": _association(interface)} if interface.public_address else {}
    return [
        {
            **(associated if address == interface.primary else {}),
            "Primary": address == interface.primary,
            "PrivateDnsName": _dns_name(address),
            "PrivateIpAddress": address,
        }
        for address in interface.addresses
    ]


def _prefixes(interface: Interface) -> Document:
    """Delegated prefixes are listed only where there are any."""
    ipv4 = [{"Ipv4Prefix": prefix} for prefix in interface.prefixes if ":" not in prefix]
    ipv6 = [{"Ipv6Prefix": prefix} for prefix in interface.prefixes if ":" in prefix]
    return {
        **({"Ipv4Prefixes": ipv4} if ipv4 else {}),
        **({"Ipv6Prefixes": ipv6} if ipv6 else {}),
    }


def _mac_address(interface: Interface) -> str:
    digest = hashlib.sha256(interface.interface_id.encode()).hexdigest()
    return ":".join(["02", *(digest[at : at + 2] for at in range(0, 10, 2))])


def _dns_name(address: str) -> str:
    return f"ip-{address.replace('.', '-')}.ec2.internal"
