"""Items of DescribeNetworkInterfaces."""

from typing import Any

import pytest

from aws_network.network.interfaces import NetworkInterface, interface_from_api
from aws_network.network.rules import MalformedItemError

PLAIN: dict[str, Any] = {
    "NetworkInterfaceId": "eni-1",
    "OwnerId": "123456789012",
    "VpcId": "vpc-1",
    "Groups": [{"GroupId": "sg-1", "GroupName": "web"}],
    "PrivateIpAddress": "10.0.0.4",
    "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": "10.0.0.4"}],
    "Ipv6Addresses": [],
    "InterfaceType": "interface",
    "Description": "",
    "Status": "in-use",
}


def read(**changes: Any) -> NetworkInterface:
    """The interface of PLAIN with some fields changed, or left out where the change is None."""
    item = {name: value for name, value in (PLAIN | changes).items() if value is not None}
    return interface_from_api(item, "us-east-1")


def test_an_item_becomes_an_interface() -> None:
    assert read() == NetworkInterface(
        "eni-1", "123456789012", "us-east-1", "vpc-1", ("sg-1",), ("10.0.0.4",)
    )


SECONDARY = [
    {"Primary": False, "PrivateIpAddress": "10.0.0.9"},
    {"Primary": True, "PrivateIpAddress": "10.0.0.4"},
]
ADDRESSES: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    (
        "primary first, each address once",
        {"PrivateIpAddresses": SECONDARY},
        ("10.0.0.4", "10.0.0.9"),
    ),
    (
        "IPv6 in its canonical spelling",
        {"Ipv6Addresses": [{"Ipv6Address": "2001:DB8:0:0::04"}]},
        ("10.0.0.4", "2001:db8::4"),
    ),
    (
        "IPv6 only",
        {
            "PrivateIpAddress": None,
            "PrivateIpAddresses": [],
            "Ipv6Addresses": [{"Ipv6Address": "2001:db8::4"}],
        },
        ("2001:db8::4",),
    ),
    (
        "no address yet",
        {"PrivateIpAddress": None, "PrivateIpAddresses": None, "Ipv6Addresses": None},
        (),
    ),
]


@pytest.mark.parametrize(
    ("changes", "addresses"), [a[1:] for a in ADDRESSES], ids=[a[0] for a in ADDRESSES]
)
def test_addresses(changes: dict[str, Any], addresses: tuple[str, ...]) -> None:
    assert read(**changes).addresses == addresses


def test_delegated_prefixes_of_both_families() -> None:
    interface = read(
        Ipv4Prefixes=[{"Ipv4Prefix": "10.0.1.16/28"}],
        Ipv6Prefixes=[{"Ipv6Prefix": "2001:DB8:0:1::/80"}],
    )
    assert interface.prefixes == ("10.0.1.16/28", "2001:db8:0:1::/80")


def test_all_groups_in_their_order_or_none() -> None:
    two = [{"GroupId": "sg-2"}, {"GroupId": "sg-1"}]
    assert read(Groups=two).group_ids == ("sg-2", "sg-1")
    assert read(Groups=[]).group_ids == ()


@pytest.mark.parametrize(
    ("status", "in_use"),
    [
        ("available", False),
        ("in-use", True),
        ("associated", True),
        ("attaching", True),
        ("detaching", True),
        (None, True),
    ],
)
def test_only_an_available_interface_is_out_of_use(status: str | None, in_use: bool) -> None:
    assert read(Status=status).in_use is in_use


def test_type_and_description() -> None:
    gateway = read(InterfaceType="nat_gateway", Description="NAT", VpcId=None)
    assert (gateway.interface_type, gateway.description, gateway.vpc_id) == (
        "nat_gateway",
        "NAT",
        None,
    )
    assert read(InterfaceType=None).interface_type == "interface"


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("NetworkInterfaceId", "an interface without an id: no NetworkInterfaceId"),
        ("OwnerId", "eni-1: no OwnerId"),
        ("Groups", "eni-1: no Groups"),
    ],
)
def test_a_missing_field_is_named_with_its_interface(missing: str, named: str) -> None:
    with pytest.raises(MalformedItemError, match=f"{named}$"):
        read(**{missing: None})
