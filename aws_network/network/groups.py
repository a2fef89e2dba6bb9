"""Security groups."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aws_network.network.rules import MalformedItemError
from aws_network.network.tags import tags_of


@dataclass(frozen=True)
class SecurityGroup:
    """A group, `sg-...`, without its rules. A group of EC2-Classic had no VPC."""

    group_id: str
    name: str
    account_id: str
    region: str
    vpc_id: str | None = None
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


def group_from_api(item: Mapping[str, Any], region: str) -> SecurityGroup:
    """The group that an item of DescribeSecurityGroups describes. Raises MalformedItemError."""
    try:
        return SecurityGroup(
            group_id=item["GroupId"],
            name=item["GroupName"],
            account_id=item["OwnerId"],
            region=region,
            vpc_id=item.get("VpcId"),
            description=item.get("Description") or None,
            tags=tags_of(item),
        )
    except KeyError as missing:
        name = item.get("GroupId", "a group without an id")
        raise MalformedItemError(f"security group {name}: no {missing.args[0]}") from missing
