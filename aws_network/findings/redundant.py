"""Rules that are used, but never alone: others admitted all that was observed of them.

A rule can stand in for another only where the other stands: in the same group, or in a group that
is on every interface of the other's group today. Else the next machine, or a change of groups that
came after the traffic, would be left without either.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from aws_network.findings.finding import Finding
from aws_network.findings.smallest_set import Need, SmallestSet, smallest_set
from aws_network.findings.vocabulary import Basis, Kind, Scope
from aws_network.network.inventory import Inventory
from aws_network.usage.judging import RuleUsage

Needs = Sequence[Need]


@dataclass(frozen=True)
class Redundancy:
    """Which of the candidates can go together, so that each request keeps a rule."""

    candidates: frozenset[str]
    stand_ins: Mapping[str, Needs]
    """Rule id to its needs: the rule itself, and those that can stand in for it."""
    scores: Mapping[str, int]
    """Of two that serve alike, the one of lower score stays."""

    @cached_property
    def smallest(self) -> SmallestSet:
        """A smallest set of candidates without which something would be refused."""
        needs = (need for needs in self.stand_ins.values() for need in needs)
        return smallest_set((need for need in needs if need <= self.candidates), self.scores)

    @property
    def spare(self) -> frozenset[str]:
        """The rules that can go, all at once."""
        return self.candidates - self.smallest.kept

    def without(self, gone: AbstractSet[str], kept: AbstractSet[str]) -> "Redundancy":
        """What is left of it when some rules are gone, and others must be kept."""
        left = {
            rule_id: [need - gone for need in needs]
            for rule_id, needs in self.stand_ins.items()
            if rule_id not in gone
        }
        candidates = {
            rule_id
            for rule_id in self.candidates - gone - kept
            if all(len(need) > 1 for need in left[rule_id])
        }
        return Redundancy(frozenset(candidates), left, self.scores)

    def covering(self, rule_id: str) -> tuple[str, ...]:
        """Few rules that stay and admitted all that a rule admitted."""
        gone = self.spare | {rule_id} if rule_id in self.spare else {rule_id}
        left = [need - gone for need in self.stand_ins[rule_id]]
        return tuple(sorted(smallest_set(left, {}).kept))


def redundancy(
    inventory: Inventory, needs: Needs, usages: Mapping[str, RuleUsage], scores: Mapping[str, int]
) -> Redundancy:
    """Of all rules whose use was observed whole, and each time shared with one that stands in."""
    stand_ins = _stand_ins(inventory, needs)
    never_alone = {
        rule_id
        for rule_id, own in stand_ins.items()
        if (usage := usages.get(rule_id))
        and usage.status.is_used
        and usage.counts.sole_times == 0
        and usage.is_fully_observed
        and all(len(need) > 1 for need in own)
    }
    return Redundancy(frozenset(never_alone), stand_ins, scores)


def redundant(found: Redundancy, group_of: Mapping[str, str]) -> list[Finding]:
    """A finding for each rule that is used and never alone."""
    return [_finding(rule_id, group_of[rule_id], found) for rule_id in sorted(found.candidates)]


def _stand_ins(inventory: Inventory, needs: Needs) -> dict[str, Needs]:
    group_of = {rule.rule_id: rule.group_id for rule in inventory.latest_rules}
    beside = _always_beside(inventory)
    found: dict[str, dict[Need, None]] = {}
    for need in needs:
        for rule_id in need:
            near = beside.get(group_of[rule_id], frozenset({group_of[rule_id]}))
            own = frozenset(other for other in need if group_of[other] in near)
            found.setdefault(rule_id, {})[own] = None
    return {rule_id: tuple(own) for rule_id, own in found.items()}


def _always_beside(inventory: Inventory) -> dict[str, frozenset[str]]:
    """Group id to the groups that are on each of its interfaces, itself included."""
    beside: dict[str, frozenset[str]] = {}
    for interface in inventory.interfaces:
        carried = frozenset(interface.group_ids)
        for group_id in carried:
            beside[group_id] = beside.get(group_id, carried) & carried
    return beside


def _finding(rule_id: str, group_id: str, found: Redundancy) -> Finding:
    is_spare, by = rule_id in found.spare, found.covering(rule_id)
    a_set = "the smallest set" if found.smallest.is_smallest else "a small set"
    verb = "leaves it out" if is_spare else "keeps it instead of others"
    return Finding(
        kind=Kind.REDUNDANT,
        rule_id=rule_id,
        group_id=group_id,
        reason_code="never_alone" if is_spare else "never_alone_but_kept",
        reason=f"{', '.join(by)} also admitted every request that it admitted; {a_set} of rules "
        f"that admits all observed requests {verb}{_distance(found.smallest)}",
        basis=Basis.OBSERVED,
        scope=Scope.GROUP_SETS,
        covered_by=by,
    )


def _distance(smallest: SmallestSet) -> str:
    if smallest.is_smallest:
        return ""
    return (
        f" (it keeps {len(smallest.kept)} of the rules that were never alone; every such set keeps "
        f"at least {smallest.at_least})"
    )
