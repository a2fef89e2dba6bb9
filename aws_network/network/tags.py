"""The tags of an EC2 item."""

from collections.abc import Mapping
from typing import Any


def tags_of(item: Mapping[str, Any], name: str = "Tags") -> dict[str, str]:
    """Key to value; empty when the item has none. Interfaces call theirs `TagSet`."""
    return {tag["Key"]: tag["Value"] for tag in item.get(name, [])}
