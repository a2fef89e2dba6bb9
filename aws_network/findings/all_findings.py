"""All findings of an account."""

from collections.abc import Mapping

from aws_network.findings.dangling import dangling
from aws_network.findings.finding import KINDS, Finding
from aws_network.findings.narrowing import TradeOff
from aws_network.findings.observed import Observed, needs
from aws_network.findings.redundant import redundancy, redundant
from aws_network.findings.rule_use import RuleUse
from aws_network.findings.shadows import Shadows, shadow_findings
from aws_network.findings.too_wide import TooWide, scores_of
from aws_network.network.inventory import Inventory


def findings_of(
    inventory: Inventory,
    uses: Mapping[str, RuleUse] | None = None,
    observed: Observed | None = None,
    trade_off: TradeOff = "fewer",
) -> list[Finding]:
    """Every finding on the latest rules of an inventory, by group and rule, then by kind.

    `redundant` and `too_wide` need `uses`, rule id to what the usage table says of it, and
    `observed`, what was seen in its window.
    """
    broken = dangling(inventory)
    named = {finding.rule_id for finding in broken}
    shadows = [each for each in Shadows(inventory).all() if each.rule.rule_id not in named]
    return sorted(
        [*broken, *shadow_findings(shadows), *_observed(inventory, uses, observed, trade_off)],
        key=lambda found: (found.group_id, found.rule_id, KINDS.index(found.kind)),
    )


def _observed(
    inventory: Inventory,
    uses: Mapping[str, RuleUse] | None,
    observed: Observed | None,
    trade_off: TradeOff,
) -> list[Finding]:
    if uses is None or observed is None:
        return []
    rules = inventory.latest_rules
    wanted = needs(observed.admitted, rules, uses)
    shared = redundancy(inventory, wanted, uses, scores_of(inventory))
    group_of = {rule.rule_id: rule.group_id for rule in rules}
    wide = TooWide(inventory, trade_off).findings(uses, observed.seen)
    return [*redundant(shared, group_of), *wide]
