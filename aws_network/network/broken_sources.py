"""Rules with a broken source: they cannot admit anything."""

from aws_network.network.inventory import Inventory
from aws_network.network.rules import SecurityGroupRule

_GONE = frozenset({"deleted", "deleting", "expired", "failed", "rejected"})
"""States in which a peering connection carries no traffic, now or later.
Source: "VPC peering connection lifecycle", Amazon VPC peering guide."""


def broken_source(rule: SecurityGroupRule, inventory: Inventory) -> tuple[str, str] | None:
    """Code and sentence of what is wrong with the source of a rule; None if nothing is known.

    A list or a group that the account cannot see, because another account owns it, is not broken.
    """
    source = rule.source
    if source.kind == "prefix_list" and inventory.prefix_lists.get(source.value) == ():
        return "empty_prefix_list", f"the prefix list {source.value} has no entries"
    if source.kind != "group":
        return None
    if source.peering_status in _GONE:
        return (
            "peering_gone",
            f"the peering {source.peering_id} to the VPC of group {source.value} is "
            f"{source.peering_status}",
        )
    if source.account_id == rule.account_id and source.value not in inventory.groups:
        return "deleted_group", f"the group {source.value} that it refers to does not exist"
    return None
