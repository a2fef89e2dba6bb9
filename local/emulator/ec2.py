"""Patch of moto: EC2's inventory calls are answered from the AWS CLI's own output.

moto keeps networks of its own, but cannot take one over as it is (managed interfaces, AWS's prefix
lists, foreign owners), and has no pages. A call whose export is optional, and is not there, is
refused, so that the stack says "not checked" instead of "nothing there".
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response

from local.account.cli_exports import Item
from local.account.inventory import OPTIONAL_EXPORTS, Inventory
from local.emulator.iam.callers import ACCOUNT
from local.emulator.iam.enforcement import access_denied
from local.emulator.moto_patch import replace


@dataclass(frozen=True)
class Listing:
    """A call: its result key, where the items are, its id parameter, how a filter finds a value."""

    result: str
    items: Callable[[Inventory], list[Item]]
    id_parameter: str
    id_key: str
    page_size: int = 1000


_LISTINGS = {
    "describe_security_group_rules": Listing(
        "SecurityGroupRules",
        lambda i: i.security_group_rules,
        "SecurityGroupRuleIds",
        "SecurityGroupRuleId",
    ),
    "describe_security_groups": Listing(
        "SecurityGroups", lambda i: i.security_groups, "GroupIds", "GroupId"
    ),
    "describe_network_interfaces": Listing(
        "NetworkInterfaces",
        lambda i: i.network_interfaces,
        "NetworkInterfaceIds",
        "NetworkInterfaceId",
    ),
    "describe_managed_prefix_lists": Listing(
        "PrefixLists", lambda i: i.prefix_lists, "PrefixListIds", "PrefixListId", 100
    ),
}

_FILTERS: dict[str, Callable[[Item], Any]] = {
    "group-id": lambda item: [
        item.get("GroupId"),
        *[group["GroupId"] for group in item.get("Groups", [])],
    ],
    "security-group-rule-id": lambda item: [item.get("SecurityGroupRuleId")],
    "vpc-id": lambda item: [item.get("VpcId")],
    "owner-id": lambda item: [item.get("OwnerId")],
    "prefix-list-id": lambda item: [item.get("PrefixListId")],
    "prefix-list-name": lambda item: [item.get("PrefixListName")],
    "network-interface-id": lambda item: [item.get("NetworkInterfaceId")],
}

_inventories: dict[tuple[str, str], Inventory] = {}
"""By account and region."""


def set_inventory(region: str, inventory: Inventory, account: str = ACCOUNT) -> None:
    """Makes EC2 answer with an inventory in a region of an account; all others are empty."""
    _inventories[account, region] = inventory


def inventory_of(region: str, account: str = ACCOUNT) -> Inventory:
    """What EC2 answers with in a region; changes of it show in the answers."""
    return _inventories.setdefault((account, region), Inventory())


def _asked(response: Any) -> Inventory:
    """The inventory of the account and region that a request is for."""
    return _inventories.get((response.current_account, response.region), Inventory())


def install() -> None:
    """Replaces moto's answers."""
    _inventories.clear()
    for name, listing in _LISTINGS.items():
        replace(EC2Response, name, _answer(listing))
    replace(EC2Response, "get_managed_prefix_list_entries", _entries)
    for file, (result, *_) in OPTIONAL_EXPORTS.items():
        operation = f"describe_{file.removesuffix('.json').replace('-', '_')}"
        replace(EC2Response, operation, _optional_answer(file, result))


def _answer(listing: Listing) -> Callable[[Any], ActionResult]:
    def answer(self: Any) -> ActionResult:
        items = listing.items(_asked(self))
        wanted = self._get_param(listing.id_parameter, [])
        if wanted:
            items = [item for item in items if item[listing.id_key] in wanted]
            _require_all(listing, wanted, items)
        for found in self._get_param("Filters", []):
            items = [item for item in items if _passes(item, found)]
        return _page(self, listing.result, items, listing.page_size)

    return answer


def _optional_answer(file: str, result: str) -> Callable[[Any], ActionResult]:
    def answer(self: Any) -> ActionResult:
        items = _asked(self).optional.get(file)
        if items is None:
            raise access_denied(self, f"there is no export {file}")
        return _page(self, result, items, 1000)

    return answer


def _require_all(listing: Listing, wanted: list[str], items: list[Item]) -> None:
    missing = sorted(set(wanted) - {item[listing.id_key] for item in items})
    if missing:
        noun = listing.id_key.removesuffix("Id")
        code = {"Group": "InvalidGroup.NotFound"}.get(noun, f"Invalid{noun}ID.NotFound")
        raise EC2ClientError(code, f"The {noun} ID '{missing[0]}' does not exist")


def _passes(item: Item, wanted: Item) -> bool:
    read = _FILTERS.get(wanted["Name"])
    if read is None:
        raise EC2ClientError("InvalidParameterValue", f"no filter {wanted['Name']} here")
    return any(value in wanted["Values"] for value in read(item))


def _entries(self: Any) -> ActionResult:
    inventory = _asked(self)
    prefix_list = self._get_param("PrefixListId")
    if prefix_list not in inventory.prefix_list_entries:
        missing = f"The prefix list ID '{prefix_list}' does not exist"
        raise EC2ClientError("InvalidPrefixListID.NotFound", missing)
    return _page(self, "Entries", inventory.prefix_list_entries[prefix_list], 100)


def _page(self: Any, result: str, items: list[Item], most: int) -> ActionResult:
    """At most MaxResults items, and a token when there are more."""
    token = self._get_param("NextToken")
    start = int(base64.b64decode(token)) if token else 0
    end = start + min(int(self._get_param("MaxResults") or most), most)
    answer: Item = {result: [_with_times(item) for item in items[start:end]]}
    if end < len(items):
        answer["NextToken"] = base64.b64encode(str(end).encode()).decode()
    return ActionResult(answer)


def _with_times(value: Any) -> Any:
    """The CLI prints times as text; the answer's serializer wants times."""
    if isinstance(value, dict):
        return {
            key: datetime.fromisoformat(inner)
            if key.endswith("Time") and isinstance(inner, str)
            else _with_times(inner)
            for key, inner in value.items()
        }
    return [_with_times(item) for item in value] if isinstance(value, list) else value
