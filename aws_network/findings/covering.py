"""Is everything that a rule admits admitted by other rules? Exact, by cutting regions into slices.

What a rule admits of one protocol is a box: ports times codes times a set of addresses. The edges
of the other boxes cut the rule's ports into slices, and those its codes; within a slice the others
either have all of the ports and codes or none, so only sets of addresses are left to compare.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from aws_network.findings.intervals import Intervals, contains, merged, overlap, slices
from aws_network.findings.peers import Peers
from aws_network.findings.services import Service, protocols_to_ask, service_of
from aws_network.findings.vocabulary import Basis
from aws_network.network.rules import SecurityGroupRule

Rules = Sequence[SecurityGroupRule]


class Box(NamedTuple):
    """What a rule admits of one protocol."""

    service: Service
    peers: Intervals


class Covering:
    """Compares rules of one direction, on one basis."""

    def __init__(self, peers: Peers, basis: Basis) -> None:
        self._peers = peers
        self._basis = basis

    def is_covered(self, rule: SecurityGroupRule, others: Rules) -> bool:
        """Do the others together admit all that the rule admits?

        False for a rule whose addresses nobody knows, or that has none.
        """
        wanted = self._peers.subject(rule.source, self._basis)
        if not wanted:
            return False
        return all(
            _holds(Box(service, wanted), list(self._boxes(others, protocol, rule)))
            for protocol in protocols_to_ask(rule, {other.protocol for other in others})
            if (service := service_of(rule, protocol))
        )

    def covering(self, rule: SecurityGroupRule, others: Rules) -> tuple[SecurityGroupRule, ...]:
        """Rules that cover it, none of which could be left out; empty when they do not.

        One alone where one suffices, the first of `others` that does.
        """
        if not self.is_covered(rule, others):
            return ()
        alone = next((other for other in others if self.is_covered(rule, [other])), None)
        return (alone,) if alone else smallest(others, lambda kept: self.is_covered(rule, kept))

    def _boxes(self, others: Rules, protocol: int, rule: SecurityGroupRule) -> Iterator[Box]:
        for other in others:
            service = service_of(other, protocol)
            if service:
                yield Box(service, self._peers.other(other.source, rule.source, self._basis))


def smallest(rules: Rules, suffices: Callable[[Rules], bool]) -> tuple[SecurityGroupRule, ...]:
    """The rules without those that can be left out, tried from the last to the first."""
    kept = list(rules)
    for rule in reversed(rules):
        fewer = [other for other in kept if other is not rule]
        if suffices(fewer):
            kept = fewer
    return tuple(kept)


def _holds(box: Box, others: list[Box]) -> bool:
    near = [other for other in others if _touch(box, other)]
    return all(
        contains(_union(other.peers for other in here), box.peers)
        for ports in slices(box.service.ports, (other.service.ports for other in near))
        for within in [[other for other in near if overlap(other.service.ports, ports)]]
        for codes in slices(box.service.codes, (other.service.codes for other in within))
        for here in [[other for other in within if overlap(other.service.codes, codes)]]
    )


def _touch(one: Box, other: Box) -> bool:
    return (
        bool(other.peers)
        and overlap(one.service.ports, other.service.ports)
        and overlap(one.service.codes, other.service.codes)
        and other.peers[0][0] <= one.peers[-1][1]
        and one.peers[0][0] <= other.peers[-1][1]
    )


def _union(sets: Iterable[Intervals]) -> Intervals:
    return merged(interval for intervals in sets for interval in intervals)
