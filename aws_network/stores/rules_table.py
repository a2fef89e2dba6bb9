"""The DynamoDB table of rules: a TrackedRule as an item, and back."""

from collections.abc import Iterable, Mapping
from typing import Any

from aws_network.stores.dynamodb import all_items, put_items
from aws_network.usage.tracked_rules import TrackedRule

ATTRIBUTES = {
    "rule_id": "sg_rule_id",
    "group_id": "security_group_id",
    "group_name": "security_group_name",
    "region": "security_group_region",
    "direction": "sg_rule_direction",
    "protocol": "sg_rule_protocol",
    "ports": "sg_rule_ports",
    "source": "security_group_src",
    "version": "rule_version",
    "account_id": "account_id",
    "vpc_id": "vpc_id",
    "description": "description",
    "tags": "tags",
    "first_seen": "first_seen",
    "last_seen": "last_seen",
    "version_since": "version_since",
    "gone_since": "gone_since",
    "expires_at": "expires_at",
}
"""Field of TrackedRule to attribute of the table."""


def read_rules(table: Any) -> list[TrackedRule]:
    """Every rule of the table, those that are gone included."""
    return [from_item(item) for item in all_items(table)]


def put_rules(table: Any, rules: Iterable[TrackedRule]) -> None:
    """Writes each rule over what was there."""
    put_items(table, [to_item(rule) for rule in rules])


def to_item(rule: TrackedRule) -> dict[str, Any]:
    """A rule as an item; an attribute that has no value is absent."""
    values = {attribute: getattr(rule, name) for name, attribute in ATTRIBUTES.items()}
    return {name: value for name, value in values.items() if value is not None}


def from_item(item: Mapping[str, Any]) -> TrackedRule:
    """The rule of an item. Raises KeyError when it lacks what every rule has."""
    given = {name: item[key] for name, key in ATTRIBUTES.items() if key in item}
    if "expires_at" in given:
        given["expires_at"] = int(given["expires_at"])
    return TrackedRule(**given)
