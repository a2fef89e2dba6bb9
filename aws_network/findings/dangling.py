"""Rules whose source is broken, as findings."""

from aws_network.findings.finding import Finding
from aws_network.network.broken_sources import broken_source
from aws_network.network.inventory import Inventory


def dangling(inventory: Inventory) -> list[Finding]:
    """A finding for each rule with a broken source."""
    return [
        Finding("dangling", rule.rule_id, rule.group_id, *broken)
        for rule in inventory.latest_rules
        if (broken := broken_source(rule, inventory))
    ]
