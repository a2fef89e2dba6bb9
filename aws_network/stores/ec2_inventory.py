"""The network of some regions, read from EC2."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from aws_network.network.groups import group_from_api
from aws_network.network.interfaces import interface_from_api
from aws_network.network.prefix_lists import prefix_list_from_api
from aws_network.network.rules import MalformedItemError, rule_from_api
from aws_network.network.snapshot import Snapshot
from aws_network.stores.ec2_pages import pages
from aws_network.stores.optional_ec2_calls import OPTIONAL_CALLS, Item, OptionalCall
from aws_network.stores.required_ec2_calls import (
    GROUPS,
    INTERFACES,
    PREFIX_LIST_ENTRIES,
    PREFIX_LISTS,
    RULES,
)
from aws_network.stores.retries import RETRIES

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

logger = logging.getLogger(__name__)


def read_snapshot(regions: Iterable[str]) -> Snapshot:
    """What EC2 says of the regions, each item once. Raises ClientError, MalformedItemError.

    An optional part that EC2 does not tell of every region is None.
    """
    clients = {name: boto3.client("ec2", region_name=name, config=RETRIES) for name in regions}
    found = [read_region(ec2, region) for region, ec2 in clients.items()]
    optional: dict[str, Any] = {call.part: _optional_part(call, clients) for call in OPTIONAL_CALLS}
    return Snapshot(
        rules=_once(found, "rules", "rule_id"),
        groups=_once(found, "groups", "group_id"),
        interfaces=_once(found, "interfaces", "interface_id"),
        prefix_lists=_once(found, "prefix_lists", "prefix_list_id"),
        **optional,
    )


def _once(found: Iterable[Snapshot], part: str, key: str) -> tuple[Any, ...]:
    """The items of a part; a page may repeat an item that moved while the pages were read."""
    items = (item for snapshot in found for item in getattr(snapshot, part))
    return tuple({getattr(item, key): item for item in items}.values())


def read_region(ec2: "EC2Client", region: str) -> Snapshot:
    """The required parts of a region, now. An item may be there twice."""
    return Snapshot(
        rules=tuple(rule_from_api(item, region) for item in pages(ec2, RULES)),
        groups=tuple(group_from_api(item, region) for item in pages(ec2, GROUPS)),
        interfaces=tuple(interface_from_api(item, region) for item in pages(ec2, INTERFACES)),
        prefix_lists=tuple(
            prefix_list_from_api(item, entries, region)
            for item, entries in prefix_lists_with_entries(ec2)
        ),
    )


def prefix_lists_with_entries(
    ec2: "EC2Client",
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each managed prefix list that is still there, with all its entries. Raises ClientError."""
    for item in pages(ec2, PREFIX_LISTS):
        entries = _entries(ec2, item["PrefixListId"])
        if entries is not None:
            yield item, entries


def _entries(ec2: "EC2Client", prefix_list_id: str) -> list[dict[str, Any]] | None:
    """All entries of a list; None when it was deleted since it was listed."""
    try:
        return list(pages(ec2, PREFIX_LIST_ENTRIES, PrefixListId=prefix_list_id))
    except ClientError as error:
        if error.response["Error"]["Code"] == "InvalidPrefixListID.NotFound":
            logger.warning("prefix list %s disappeared while it was read", prefix_list_id)
            return None
        raise


def _optional_part(
    call: OptionalCall, clients: Mapping[str, "EC2Client"]
) -> tuple[Any, ...] | None:
    """The part of all regions; None where one refuses the call, or answers what nobody knows."""
    found: dict[tuple[str, ...], tuple[Any, ...]] = {}
    for region, ec2 in clients.items():
        try:
            for item in pages(ec2, call.call):
                found |= _values(call, item, region)
        except (ClientError, BotoCoreError, MalformedItemError) as error:
            logger.warning("%ss of %s not looked at: %s", call.noun, region, error)
            return None
    return tuple(dict.fromkeys(value for values in found.values() for value in values))


def _values(call: OptionalCall, item: Item, region: str) -> dict[tuple[str, ...], tuple[Any, ...]]:
    """What tells the item from others, and what the part holds of it. Raises MalformedItemError."""
    try:
        return {tuple(item[key] for key in call.id_keys): tuple(call.values(item, region))}
    except (KeyError, ValueError) as error:
        raise MalformedItemError(f"a {call.noun}: {error!r}") from error
