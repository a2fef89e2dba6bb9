"""What a change of rules would refuse of what was observed.

An answer is sure only where the evidence is: which rules admitted the requests, on which ports,
from where. Everything else may be refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from aws_network.findings.covering import Covering
from aws_network.findings.intervals import ALL_ADDRESSES, cidr_interval, overlap
from aws_network.findings.peers import Peers
from aws_network.findings.requests import Requests
from aws_network.findings.services import service_of
from aws_network.findings.vocabulary import Basis
from aws_network.network.inventory import Inventory
from aws_network.network.protocols import WITH_PORTS
from aws_network.network.rules import SecurityGroupRule, Source


class Outcome(StrEnum):
    """What becomes of requests after a change."""

    REFUSED = "refused"
    MAY_BE_REFUSED = "may_be_refused"


@dataclass(frozen=True)
class Change:
    """What a change does to the rules of an account; a changed rule is removed and added."""

    removed: frozenset[str] = frozenset()
    """Ids of rules."""
    added: tuple[SecurityGroupRule, ...] = ()
    is_whole: bool = True
    """False if it adds rules that cannot be read yet: they may admit anything, and prove nothing
    to be admitted."""


@dataclass(frozen=True)
class Refusal:
    """Requests that the change refuses, or may refuse."""

    outcome: Outcome
    lost: tuple[str, ...]
    """Ids of the removed rules that admitted them, or may have."""
    reason: str
    """A clause."""
    requests: Requests | None = None
    """None where nothing was seen of the rule, and that proves nothing."""


class WhatIf:
    """Asks what changes of the rules of today would do."""

    def __init__(
        self, rules: Iterable[SecurityGroupRule], prefix_lists: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._rules = {rule.rule_id: rule for rule in rules}
        self._lists = prefix_lists
        inventory = Inventory((), (), {}, (), dict(prefix_lists))
        self._peers = Peers(inventory)
        self._covering = Covering(self._peers, Basis.PREFIX_LISTS)

    def refusals(self, observed: Iterable[Requests], change: Change) -> list[Refusal]:
        """Of what was observed: what the change refuses first, the most frequent first."""
        found = [refusal for one in observed if (refusal := self._refusal(one, change))]
        return sorted(found, key=_order)

    def unobserved(self, reasons: Mapping[str, str], change: Change) -> list[Refusal]:
        """The removed rules of which silence proves nothing, unless others admit all of theirs.

        `reasons`: rule id to why it proves nothing.
        """
        return [
            Refusal(Outcome.MAY_BE_REFUSED, (rule_id,), reasons[rule_id])
            for rule_id in sorted(change.removed & reasons.keys() & self._rules.keys())
            if not self._is_replaced(self._rules[rule_id], change)
        ]

    def _is_replaced(self, rule: SecurityGroupRule, change: Change) -> bool:
        stay = (each for name, each in self._rules.items() if name not in change.removed)
        beside = [
            each
            for each in (*stay, *change.added)
            if (each.group_id, each.direction) == (rule.group_id, rule.direction)
        ]
        return self._covering.is_covered(rule, beside)

    def _refusal(self, observed: Requests, change: Change) -> Refusal | None:
        lost = self._lost(observed, change)
        if not lost:
            return None
        doubt = self._doubt(observed, change)
        outcome = Outcome.MAY_BE_REFUSED if doubt else Outcome.REFUSED
        return Refusal(outcome, lost, doubt or "no other rule admits them", observed)

    def _lost(self, observed: Requests, change: Change) -> tuple[str, ...]:
        """The removed rules that are missed, if any."""
        certain, removed = set(observed.certain), change.removed
        if certain - removed:
            return ()
        if certain:
            # The interfaces carry the groups of all of these rules.
            every = sorted({*certain, *observed.possible} & removed)
            return () if self._admit(observed, change.added, certain) else tuple(every)
        return tuple(
            name
            for name in observed.possible
            if name in removed and not self._admit(observed, change.added, {name})
        )

    def _doubt(self, observed: Requests, change: Change) -> str | None:
        """Why the missed requests may be admitted all the same; None if surely not."""
        if not observed.certain:
            return "the flow logs do not prove that the rule admitted them"
        if not observed.is_proven:
            return "the flow logs do not prove who opened these conversations"
        if set(observed.possible) - change.removed:
            return "another rule may have admitted them"
        if not change.is_whole:
            return "a rule that is added cannot be read yet, and may admit them"
        if any(self._may_admit(rule, observed) for rule in change.added):
            return "a rule that is added may admit them, or a part of them"
        return None

    def _admit(
        self, observed: Requests, added: Iterable[SecurityGroupRule], removed: set[str]
    ) -> bool:
        """Do added rules surely admit all that the removed ones did of it?

        They must be in the same groups. Whoever was in the source of a removed rule is in the same
        source of an added one.
        """
        asked = self._as_rule(observed)
        groups = {self._rules[name].group_id for name in removed}
        sources = {self._rules[name].source.value for name in removed}
        others = [
            replace(rule, source=asked.source)
            if rule.source.value in sources.union(observed.peer_groups)
            else rule
            for rule in added
            if rule.group_id in groups and rule.direction == asked.direction
        ]
        return self._covering.is_covered(asked, others)

    def _may_admit(self, rule: SecurityGroupRule, observed: Requests) -> bool:
        """Can it admit any of it, if it stands on the interface?"""
        asked = self._as_rule(observed)
        one, other = (service_of(each, observed.protocol) for each in (rule, asked))
        if rule.direction != asked.direction or not one or not other:
            return False
        # A list that nobody knows, and a group, may have any address.
        known = rule.source.kind == "cidr" or rule.source.value in self._lists
        peers = self._peers.subject(rule.source, Basis.PREFIX_LISTS) if known else ALL_ADDRESSES
        wanted = cidr_interval(observed.peers)
        return overlap(one.ports, other.ports) and any(overlap(each, wanted) for each in peers)

    def _as_rule(self, observed: Requests) -> SecurityGroupRule:
        """A rule that admits exactly what was observed."""
        like = self._rules[(*observed.certain, *observed.possible)[0]]
        with_ports = observed.protocol in WITH_PORTS
        return replace(
            like,
            protocol=observed.protocol,
            from_port=observed.from_port if with_ports else None,
            to_port=observed.to_port if with_ports else None,
            source=Source("cidr", observed.peers),
        )


def _order(refusal: Refusal) -> tuple[object, ...]:
    seen = refusal.requests
    return refusal.outcome is not Outcome.REFUSED, -(seen.requests if seen else 0), refusal.lost
