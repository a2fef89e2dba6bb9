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
            _interface(network, each)
            for each in network.interfaces
            if each.in_snapshot and _is_seen(network, each, account)
        ]
    }


def _is_seen(network: Network, each: Interface, account_id: str) -> bool:
    """The owner of a shared VPC may see the interfaces that participants have in it."""
    if (each.owner_id or network.account_id) == account_id:
        return True
    return network.owner_sees_participants and network.vpc_owner(each.vpc_id) == account_id


def _interface(network: Network, each: Interface) -> Document:
    return {
        **({"Association": _association(each)} if each.public_address else {}),
        **({"Attachment": _attachment(network, each)} if each.status == "in-use" else {}),
        "AvailabilityZone": each.zone,
        "AvailabilityZoneId": zone_id(each.zone),
        "Description": each.description,
        "Groups": [
            {"GroupId": group_id, "GroupName": network.group[group_id].name}
            for group_id in each.group_ids
        ],
        "InterfaceType": each.kind,
        "Ipv6Addresses": [
            {"Ipv6Address": address, "IsPrimaryIpv6": False} for address in each.ipv6_addresses
        ],
        "MacAddress": _mac_address(each),
        "NetworkInterfaceId": each.interface_id,
        "OwnerId": each.owner_id or network.account_id,
        "PrivateDnsName": _dns_name(each.primary),
        "PrivateIpAddress": each.primary,
        "PrivateIpAddresses": _private_addresses(each),
        **_prefixes(each),
        **({"RequesterId": each.requester_id} if each.requester_id else {}),
        "RequesterManaged": each.requester_id is not None,
        "SourceDestCheck": each.kind != "nat_gateway",
        "Status": each.status,
        "SubnetId": each.subnet_id,
        "TagSet": [{"Key": key, "Value": value} for key, value in each.tags],
        "VpcId": each.vpc_id,
        "Operator": {"Managed": False},
    }


def _association(each: Interface) -> Document:
    assert each.public_address is not None
    dashed = each.public_address.replace(".", "-")
    return {
        "IpOwnerId": "amazon",
        "PublicDnsName": f"ec2-{dashed}.compute-1.amazonaws.com",
        "PublicIp": each.public_address,
    }


def _attachment(network: Network, each: Interface) -> Document:
    number = each.interface_id.removeprefix("eni-")
    common = {
        "AttachTime": LONG_AGO if each.attached_at is None else timestamp(each.attached_at),
        "AttachmentId": f"eni-attach-{number}",
        "DeleteOnTermination": each.instance_id is not None,
        "DeviceIndex": 0 if each.instance_id else 1,
    }
    if each.instance_id is None:
        owner = each.requester_id or "amazon-aws"
        return {**common, "InstanceOwnerId": owner, "Status": "attached"}
    return {
        **common,
        "NetworkCardIndex": 0,
        "InstanceId": each.instance_id,
        "InstanceOwnerId": each.owner_id or network.account_id,
        "Status": "attached",
    }


def _private_addresses(each: Interface) -> list[Document]:
    associated = {"Association": _association(each)} if each.public_address else {}
    return [
        {
            **(associated if address == each.primary else {}),
            "Primary": address == each.primary,
            "PrivateDnsName": _dns_name(address),
            "PrivateIpAddress": address,
        }
        for address in each.addresses
    ]


def _prefixes(each: Interface) -> Document:
    """Delegated prefixes are listed only where there are any."""
    ipv4 = [{"Ipv4Prefix": prefix} for prefix in each.prefixes if ":" not in prefix]
    ipv6 = [{"Ipv6Prefix": prefix} for prefix in each.prefixes if ":" in prefix]
    return {
        **({"Ipv4Prefixes": ipv4} if ipv4 else {}),
        **({"Ipv6Prefixes": ipv6} if ipv6 else {}),
    }


def _mac_address(each: Interface) -> str:
    digest = hashlib.sha256(each.interface_id.encode()).hexdigest()
    return ":".join(["02", *(digest[at : at + 2] for at in range(0, 10, 2))])


def _dns_name(address: str) -> str:
    return f"ip-{address.replace('.', '-')}.ec2.internal"
