"""All findings of an account."""

from aws_network.findings.dangling import dangling
from aws_network.findings.finding import KINDS, Finding
from aws_network.findings.shadows import Shadows, shadow_findings
from aws_network.inventory import Inventory


def findings_of(inventory: Inventory) -> list[Finding]:
    """Every finding on the latest rules of an inventory, by group and rule, then by kind."""
    broken = dangling(inventory)
    named = {finding.rule_id for finding in broken}
    shadows = [each for each in Shadows(inventory).all() if each.rule.rule_id not in named]
    return sorted(
        [*broken, *shadow_findings(shadows)],
        key=lambda found: (found.group_id, found.rule_id, KINDS.index(found.kind)),
    )
