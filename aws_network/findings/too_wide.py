"""Rules that admit much more than what was observed, with what would take their place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from aws_network.findings.finding import Finding, Terms, terms_of
from aws_network.findings.narrowing import Box, boxes
from aws_network.findings.observed import Seen
from aws_network.findings.peers import Peers
from aws_network.findings.permissiveness import permissiveness
from aws_network.findings.vocabulary import Basis, Kind, TradeOff
from aws_network.network.inventory import Inventory
from aws_network.network.protocols import ICMP, ICMPV6, WITH_PORTS, protocol_name
from aws_network.network.rules import (
    ALL_PORTS,
    SecurityGroupRule,
    Source,
    peer_text,
    ports_text,
    traffic_text,
)
from aws_network.usage.judging import RuleUsage
from aws_network.usage.statuses import Status

WORTH_IT = 10
"""Points of permissiveness by which the widest replacement must be lower."""
FEWEST_REQUESTS = 10
"""With less, and for a rule that is rarely used, nobody can tell who comes next."""

MOST_LINES = 8


@dataclass(frozen=True)
class Replacement:
    """Rules in the place of one, with the score of the widest."""

    terms: tuple[Terms, ...]
    score: int


class TooWide:
    """Looks for rules that are too wide among those whose use was observed whole, and often."""

    def __init__(
        self,
        inventory: Inventory,
        trade_off: TradeOff,
        peers: Peers,
        scores: Mapping[str, int],
    ) -> None:
        """`scores`: rule id to the permissiveness of the rule as it is."""
        self.inventory = inventory
        self.trade_off = trade_off
        self._peers = peers
        self._scores = scores

    def findings(
        self, usages: Mapping[str, RuleUsage], seen: Mapping[str, Sequence[Seen]]
    ) -> list[Finding]:
        """A finding for each rule that can be narrowed enough to be worth it."""
        found: list[Finding] = []
        for rule in self.inventory.latest_rules:
            usage, services = usages.get(rule.rule_id), seen.get(rule.rule_id, ())
            enough = sum(service.requests for service in services) >= FEWEST_REQUESTS
            if usage and enough and may_be_too_wide(usage):
                found += self._finding(rule, services)
        return found

    def _finding(self, rule: SecurityGroupRule, seen: Sequence[Seen]) -> Iterable[Finding]:
        before = self._scores[rule.rule_id]
        candidates = self._candidates(rule, seen)
        best = min(candidates, key=lambda candidate: candidate.score, default=None)
        if best is None or before - best.score < WORTH_IT:
            return
        texts = "; ".join(terms.in_place_of(rule).text for terms in best.terms)
        yield Finding(
            kind=Kind.TOO_WIDE,
            rule_id=rule.rule_id,
            group_id=rule.group_id,
            reason_code=_code(rule, best.terms),
            reason=f"all observed use fits into {texts}: "
            f"permissiveness {best.score} instead of {before}",
            basis=Basis.OBSERVED,
            observed=tuple(_lines(rule, seen)),
            replacements=best.terms,
            permissiveness=before,
            permissiveness_after=best.score,
        )

    def _candidates(self, rule: SecurityGroupRule, seen: Sequence[Seen]) -> Iterable[Replacement]:
        """By blocks; with the trade-off `tighter` also by a group that all peers are in."""
        found = boxes(rule, seen, self.trade_off)
        yield self._replacement(rule, [_terms(rule, box, rule.source) for box in found])
        groups = self._common_groups(rule, seen) if self.trade_off is TradeOff.TIGHTER else []
        for group_id in groups:
            source = Source("group", group_id, account_id=rule.account_id)
            anywhere = [Seen(service.protocol, service.ports, "0.0.0.0/0") for service in seen]
            found = [
                Box(box.protocol, box.ports, None) for box in boxes(rule, anywhere, self.trade_off)
            ]
            yield self._replacement(rule, [_terms(rule, box, source) for box in found])

    def _common_groups(self, rule: SecurityGroupRule, seen: Sequence[Seen]) -> list[str]:
        """Groups of the rule's VPC that every observed peer was in; for a rule of a block only."""
        if rule.source.kind != "cidr":
            return []
        common = frozenset.intersection(*(service.groups for service in seen))
        known, own = self.inventory.groups, self.inventory.groups.get(rule.group_id)
        return sorted(
            group_id
            for group_id in common
            if own and group_id in known and known[group_id].vpc_id == own.vpc_id
        )

    def _replacement(self, rule: SecurityGroupRule, terms: Iterable[Terms]) -> Replacement:
        distinct = tuple(dict.fromkeys(terms))
        scores = (score(made.in_place_of(rule), self._peers) for made in distinct)
        return Replacement(distinct, max(scores))


def may_be_too_wide(usage: RuleUsage) -> bool:
    """Is what the rule admitted worth a look? Only if it is used often and was observed whole."""
    return usage.status == Status.USED and usage.is_fully_observed


def score(rule: SecurityGroupRule, peers: Peers) -> int:
    """The permissiveness of a rule as it is today."""
    ports = None if rule.from_port is None else (rule.from_port, rule.to_port or 0)
    return permissiveness(rule.protocol, ports, peers.subject(rule.source, Basis.TODAY))


def _terms(rule: SecurityGroupRule, box: Box, source: Source) -> Terms:
    """A box as a rule; ICMP keeps the type and code of a rule for ICMP."""
    peer = Source("cidr", box.block.cidr) if box.block else source
    if box.protocol in WITH_PORTS and box.ports != ALL_PORTS:
        return Terms(box.protocol, *box.ports, peer)
    if box.protocol in (ICMP, ICMPV6) and rule.protocol == box.protocol:
        return Terms(box.protocol, rule.from_port, rule.to_port, peer)
    return Terms(box.protocol, None, None, peer)


def _code(rule: SecurityGroupRule, replacements: Sequence[Terms]) -> str:
    """What is too wide: `ports`, `peers`, or both; protocols count as ports."""
    own = terms_of(rule)
    fewer_peers = any(terms.source != own.source for terms in replacements)
    fewer_ports = any(replace(terms, source=own.source) != own for terms in replacements)
    names = [*(["ports"] if fewer_ports else []), *(["peers"] if fewer_peers else [])]
    return f"{'_and_'.join(names)}_never_seen"


def _lines(rule: SecurityGroupRule, seen: Iterable[Seen]) -> Iterable[str]:
    """The most frequent first, and how many more there are."""
    ordered = sorted(seen, key=lambda one: (-one.requests, one.protocol, one.ports))
    for service in ordered[:MOST_LINES]:
        ports = service.ports if service.protocol in WITH_PORTS else (None, None)
        protocol = protocol_name(service.protocol)
        traffic = traffic_text(protocol, ports_text(service.protocol, *ports))
        peers = peer_text(rule.direction, service.peers)
        yield f"{traffic} {peers}: {service.requests:,} requests"
    if len(ordered) > MOST_LINES:
        yield f"and {len(ordered) - MOST_LINES} more"
