"""Managed prefix lists, of customers and of AWS."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any


@dataclass(frozen=True)
class PrefixList:
    """A list, `pl-...`, with its entries as canonical CIDR blocks."""

    prefix_list_id: str
    name: str
    region: str
    cidrs: tuple[str, ...]


def prefix_list_from_api(
    item: Mapping[str, Any], entries: Iterable[Mapping[str, Any]], region: str
) -> PrefixList:
    """The list of an item of DescribeManagedPrefixLists with its GetManagedPrefixListEntries."""
    return PrefixList(
        prefix_list_id=item["PrefixListId"],
        name=item["PrefixListName"],
        region=region,
        cidrs=tuple(str(ip_network(entry["Cidr"], strict=False)) for entry in entries),
    )
