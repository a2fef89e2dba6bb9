"""The network of a region, read from EC2, page by page."""

import logging
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from aws_network.network.groups import group_from_api
from aws_network.network.interfaces import interface_from_api
from aws_network.network.prefix_lists import PrefixList, prefix_list_from_api
from aws_network.network.rules import rule_from_api
from aws_network.network.snapshot import Snapshot
from aws_network.stores.retries import PATIENT

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

logger = logging.getLogger(__name__)

PAGE = 1000
"""Items of a page. Without a page size, EC2 fails in an account with many interfaces.
Source: DescribeNetworkInterfaces, Amazon EC2 API reference."""
PREFIX_LIST_PAGE = 100
"""The most that the calls for prefix lists allow."""


def read_snapshot(regions: Iterable[str]) -> Snapshot:
    """Every rule, group, interface and prefix list of the regions, each once."""
    found = [read_region(boto3.client("ec2", region_name=r, config=PATIENT), r) for r in regions]
    return Snapshot(
        rules=_once(found, "rules", "rule_id"),
        groups=_once(found, "groups", "group_id"),
        interfaces=_once(found, "interfaces", "interface_id"),
        prefix_lists=_once(found, "prefix_lists", "prefix_list_id"),
    )


def _once(found: Iterable[Snapshot], part: str, key: str) -> tuple[Any, ...]:
    """The items of a part; a page may repeat an item that moved while the pages were read."""
    items = (item for snapshot in found for item in getattr(snapshot, part))
    return tuple({getattr(item, key): item for item in items}.values())


def read_region(ec2: "EC2Client", region: str) -> Snapshot:
    """What EC2 says of a region, now. An item may be there twice."""
    # Interfaces that an AWS service manages are left out unless one asks for them.
    # Source: DescribeNetworkInterfaces, Amazon EC2 API reference.
    managed = {"IncludeManagedResources": True}
    interfaces = pages(ec2, "describe_network_interfaces", "NetworkInterfaces", **managed)
    return Snapshot(
        rules=tuple(
            rule_from_api(item, region)
            for item in pages(ec2, "describe_security_group_rules", "SecurityGroupRules")
        ),
        groups=tuple(
            group_from_api(item, region)
            for item in pages(ec2, "describe_security_groups", "SecurityGroups")
        ),
        interfaces=tuple(interface_from_api(item, region) for item in interfaces),
        prefix_lists=tuple(_prefix_lists(ec2, region)),
    )


def pages(
    ec2: "EC2Client", operation: Any, key: str, page: int = PAGE, **parameters: Any
) -> Iterator[dict[str, Any]]:
    """The items of all pages of an EC2 operation."""
    paginator = ec2.get_paginator(operation)
    for answer in paginator.paginate(PaginationConfig={"PageSize": page}, **parameters):
        yield from answer[key]


def _prefix_lists(ec2: "EC2Client", region: str) -> Iterator[PrefixList]:
    for item in pages(ec2, "describe_managed_prefix_lists", "PrefixLists", PREFIX_LIST_PAGE):
        entries = _entries(ec2, item["PrefixListId"])
        if entries is not None:
            yield prefix_list_from_api(item, entries, region)


def _entries(ec2: "EC2Client", prefix_list_id: str) -> list[dict[str, Any]] | None:
    """All entries of a list; None when it was deleted since it was listed."""
    operation = "get_managed_prefix_list_entries"
    try:
        return list(pages(ec2, operation, "Entries", PREFIX_LIST_PAGE, PrefixListId=prefix_list_id))
    except ClientError as error:
        if error.response["Error"]["Code"] == "InvalidPrefixListID.NotFound":
            logger.warning("prefix list %s disappeared while it was read", prefix_list_id)
            return None
        raise
