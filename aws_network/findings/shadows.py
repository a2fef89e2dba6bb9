"""Rules that change nothing: others of their group, or of all groups beside it, cover them.

Rules are compared within a group and within the sets of groups that interfaces carry together,
never all with all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from aws_network.findings.covering import Covering
from aws_network.findings.finding import Finding
from aws_network.findings.peers import BASES, Peers
from aws_network.findings.vocabulary import Basis, Kind, Scope
from aws_network.network.inventory import Inventory
from aws_network.network.protocols import ANY
from aws_network.network.rules import SecurityGroupRule

GroupSet = frozenset[str]


@dataclass(frozen=True)
class Shadow:
    """A covered rule. `by`: ids of rules of which none could be left out, in each set of groups."""

    rule: SecurityGroupRule
    by: tuple[str, ...]
    basis: Basis
    scope: Scope
    is_equal: bool
    """One rule covers it, and it covers that one."""


class Shadows:
    """Looks for the covered rules of an inventory."""

    def __init__(self, inventory: Inventory, peers: Peers) -> None:
        self.rules = inventory.latest_rules
        self._rule = {rule.rule_id: rule for rule in self.rules}
        self.coverings = {basis: Covering(peers, basis) for basis in BASES}
        self._rules_of: dict[tuple[str, str], list[SecurityGroupRule]] = defaultdict(list)
        for rule in self.rules:
            self._rules_of[rule.group_id, rule.direction].append(rule)
        self._tables: dict[tuple[GroupSet, str, int], list[SecurityGroupRule]] = {}
        self._sets: dict[str, set[GroupSet]] = defaultdict(set)
        for interface in inventory.interfaces:
            carried = frozenset(interface.group_ids)
            for group_id in carried:
                self._sets[group_id].add(carried)

    def all(self) -> Iterator[Shadow]:
        """Each covered rule once, on the surest basis and within its own group where possible."""
        for rule in self.rules:
            shadow = self.shadow_of(rule)
            if shadow:
                yield shadow

    def shadow_of(self, rule: SecurityGroupRule) -> Shadow | None:
        """How a rule is covered; None when it is not."""
        found = (
            self._shadow(rule, basis, scope)
            for basis in BASES
            for scope in Scope
            if basis is Basis.ALWAYS or self._depends(rule, scope)
        )
        return next((shadow for shadow in found if shadow), None)

    def others(self, rule: SecurityGroupRule, scope: Scope) -> list[list[SecurityGroupRule]]:
        """The rules that must cover it: those of its group, or of each set, the smallest first."""
        return [
            [other for other in self._table(carried, rule) if other.rule_id != rule.rule_id]
            for carried in self._sets_of(rule.group_id, scope)
        ]

    def _sets_of(self, group_id: str, scope: Scope) -> list[GroupSet]:
        if scope is Scope.GROUP:
            return [frozenset({group_id})]
        return sorted(self._sets[group_id], key=lambda carried: (len(carried), sorted(carried)))

    def _table(self, carried: GroupSet, rule: SecurityGroupRule) -> list[SecurityGroupRule]:
        """The rules of a set of groups that say something of the rule's protocol."""
        key = carried, rule.direction, rule.protocol
        if key not in self._tables:
            self._tables[key] = [
                other
                for group_id in sorted(carried)
                for other in self._rules_of[group_id, rule.direction]
                if rule.protocol == ANY or other.protocol in (ANY, rule.protocol)
            ]
        return self._tables[key]

    def covering(
        self, rule: SecurityGroupRule, basis: Basis, scope: Scope, without: AbstractSet[str]
    ) -> tuple[str, ...]:
        """Ids of rules that cover it in all its sets, none of them among `without`; else empty."""
        by = dict[str, None]()
        for others in self.others(rule, scope):
            left = [other for other in others if other.rule_id not in without]
            found = self.coverings[basis].covering(rule, left)
            if not found:
                return ()
            by |= dict.fromkeys(other.rule_id for other in found)
        return tuple(by)

    def _depends(self, rule: SecurityGroupRule, scope: Scope) -> bool:
        """Can what a list or a group holds make a difference?"""
        return rule.source.kind != "cidr" or any(
            other.source.kind != "cidr" for them in self.others(rule, scope) for other in them
        )

    def _shadow(self, rule: SecurityGroupRule, basis: Basis, scope: Scope) -> Shadow | None:
        by = self.covering(rule, basis, scope, frozenset())
        if not by:
            return None
        only = self._rule[by[0]]
        is_equal = len(by) == 1 and self.coverings[basis].is_covered(only, [rule])
        return Shadow(rule, by, basis, scope, is_equal)


def shadow_findings(shadows: Iterable[Shadow]) -> list[Finding]:
    """The shadows as findings, `duplicate` where rule and cover are the same in all but id."""
    return [_finding(shadow) for shadow in shadows]


def _finding(shadow: Shadow) -> Finding:
    is_alone = len(shadow.by) == 1
    code = "same_as" if shadow.is_equal else "covered_by"
    return Finding(
        kind=Kind.DUPLICATE if shadow.is_equal else Kind.SHADOWED,
        rule_id=shadow.rule.rule_id,
        group_id=shadow.rule.group_id,
        reason_code=f"{code}_{'one_rule' if is_alone else 'several_rules'}",
        reason=_sentence(shadow),
        basis=shadow.basis,
        scope=shadow.scope,
        covered_by=shadow.by,
    )


def _sentence(shadow: Shadow) -> str:
    """`sgr-b and sgr-c in the same group together admit everything that it admits`."""
    if shadow.is_equal:
        admits = "admits exactly the same"
    else:
        verb = "admits" if len(shadow.by) == 1 else "together admit"
        admits = f"{verb} everything that it admits"
    return f"{_listed(shadow.by)} {_SCOPES[shadow.scope]} {admits}{_BASES[shadow.basis]}"


def _listed(ids: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([*([", ".join(ids[:-1])] if ids[1:] else []), ids[-1]])


_SCOPES = {
    Scope.GROUP: "in the same group",
    Scope.GROUP_SETS: "in the groups of the same interfaces",
}
_BASES = {
    Basis.ALWAYS: "",
    Basis.PREFIX_LISTS: ", as long as the prefix lists keep their entries",
    Basis.TODAY: ", with the members that the groups have today",
}
