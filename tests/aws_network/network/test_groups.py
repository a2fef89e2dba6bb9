"""Items of DescribeSecurityGroups."""

from typing import Any

import pytest

from aws_network.network.groups import SecurityGroup, group_from_api
from aws_network.network.rules import MalformedItemError

WEB: dict[str, Any] = {
    "GroupId": "sg-1",
    "GroupName": "web",
    "OwnerId": "123456789012",
    "VpcId": "vpc-1",
    "Description": "web servers",
    "Tags": [{"Key": "team", "Value": "shop"}, {"Key": "stage", "Value": ""}],
    "IpPermissions": [],
}


def test_an_item_becomes_a_group() -> None:
    assert group_from_api(WEB, "eu-west-1") == SecurityGroup(
        "sg-1",
        "web",
        "123456789012",
        "eu-west-1",
        "vpc-1",
        "web servers",
        {"team": "shop", "stage": ""},
    )


def test_what_a_group_may_lack_is_none() -> None:
    item = {name: WEB[name] for name in ("GroupId", "GroupName", "OwnerId")}
    assert group_from_api(item, "us-east-1") == SecurityGroup(
        "sg-1", "web", "123456789012", "us-east-1", None, None, {}
    )


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("GroupId", "a group without an id: no GroupId"),
        ("GroupName", "sg-1: no GroupName"),
        ("OwnerId", "sg-1: no OwnerId"),
    ],
)
def test_a_missing_field_is_named_with_its_group(missing: str, named: str) -> None:
    with pytest.raises(MalformedItemError, match=f"{named}$"):
        group_from_api({name: WEB[name] for name in WEB if name != missing}, "us-east-1")
