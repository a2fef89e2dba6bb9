"""All that findings and plans ask of one account in one window, each part computed once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from aws_network.findings.finding import Finding
from aws_network.findings.observed import Observed, needs
from aws_network.findings.peers import Peers
from aws_network.findings.redundant import Redundancy, redundancy, redundant
from aws_network.findings.shadows import Shadow, Shadows, shadow_findings
from aws_network.findings.smallest_set import Need
from aws_network.findings.too_wide import TooWide, score
from aws_network.findings.vocabulary import Kind, TradeOff
from aws_network.network.broken_sources import broken_source
from aws_network.network.inventory import Inventory
from aws_network.network.managers import manager_of
from aws_network.network.rules import SecurityGroupRule
from aws_network.usage.judging import RuleUsage


@dataclass(frozen=True, eq=False)
class Analysis:
    """The latest rules of an inventory.

    Without `observed`, what was seen in the window, there are no needs, no redundancy, and no
    findings that rest on traffic.
    """

    inventory: Inventory
    usages: Mapping[str, RuleUsage] = field(default_factory=dict)
    """Rule id to its usage in the window."""
    observed: Observed | None = None
    trade_off: TradeOff = TradeOff.FEWER

    @cached_property
    def rules(self) -> dict[str, SecurityGroupRule]:
        """Rule id to the rule."""
        return {rule.rule_id: rule for rule in self.inventory.latest_rules}

    @cached_property
    def managers(self) -> dict[str, str]:
        """Rule id to what manages the rule, in words; see manager_of."""
        groups = self.inventory.groups
        found = {n: manager_of(rule, groups.get(rule.group_id)) for n, rule in self.rules.items()}
        return {rule_id: manager for rule_id, manager in found.items() if manager}

    @cached_property
    def peers(self) -> Peers:
        """The sources of the rules as addresses."""
        return Peers(self.inventory)

    @cached_property
    def scores(self) -> dict[str, int]:
        """Rule id to the permissiveness of the rule as it is."""
        return {name: score(rule, self.peers) for name, rule in self.rules.items()}

    @cached_property
    def covers(self) -> Shadows:
        """Which rules cover which, also without some of them."""
        return Shadows(self.inventory, self.peers)

    @cached_property
    def shadows(self) -> list[Shadow]:
        """The covered rules; not those that admit nothing, because their source is broken."""
        return [shadow for shadow in self.covers.all() if shadow.rule.rule_id not in self._broken]

    @cached_property
    def needs(self) -> list[Need] | None:
        """Of each, one rule must stay, so that all that was observed stays admitted."""
        if self.observed is None:
            return None
        return needs(self.observed.admitted, self.rules.values(), self.usages)

    @cached_property
    def redundancy(self) -> Redundancy | None:
        """The rules that never admitted anything alone."""
        if self.needs is None:
            return None
        return redundancy(self.inventory, self.needs, self.usages, self.scores)

    @cached_property
    def findings(self) -> list[Finding]:
        """Every finding, by group and rule, then in the order of Kind."""
        found = [*self._dangling(), *shadow_findings(self.shadows), *self._from_traffic()]
        kinds = list(Kind)
        return sorted(found, key=lambda one: (one.group_id, one.rule_id, kinds.index(one.kind)))

    @cached_property
    def findings_by_rule(self) -> dict[str, list[Finding]]:
        """Rule id to the findings on the rule; rules without any are left out."""
        found: dict[str, list[Finding]] = {}
        for finding in self.findings:
            found.setdefault(finding.rule_id, []).append(finding)
        return found

    def finding(self, rule_id: str, *kinds: Kind) -> Finding | None:
        """The first finding on a rule that is of one of the kinds."""
        found = self.findings_by_rule.get(rule_id, ())
        return next((finding for finding in found if finding.kind in kinds), None)

    @cached_property
    def _broken(self) -> dict[str, tuple[str, str]]:
        found = {name: broken_source(rule, self.inventory) for name, rule in self.rules.items()}
        return {rule_id: broken for rule_id, broken in found.items() if broken}

    def _dangling(self) -> list[Finding]:
        return [
            Finding(Kind.DANGLING, rule_id, self.rules[rule_id].group_id, code, reason)
            for rule_id, (code, reason) in self._broken.items()
        ]

    def _from_traffic(self) -> list[Finding]:
        if self.observed is None or self.redundancy is None:
            return []
        group_of = {rule_id: rule.group_id for rule_id, rule in self.rules.items()}
        wide = TooWide(self.inventory, self.trade_off, self.peers, self.scores)
        return [
            *redundant(self.redundancy, group_of),
            *wide.findings(self.usages, self.observed.seen),
        ]
