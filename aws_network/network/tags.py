"""The tags of an EC2 item."""

from collections.abc import Mapping
from typing import Any


def tags_of(item: Mapping[str, Any]) -> dict[str, str]:
    """Key to value; empty when the item has none."""
    return {tag["Key"]: tag["Value"] for tag in item.get("Tags", [])}
