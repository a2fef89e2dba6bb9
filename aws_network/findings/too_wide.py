"""Rules that admit much more than what was observed, with what would take their place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aws_network.findings.finding import Finding, Terms, terms_of
from aws_network.findings.narrowing import Box, TradeOff, boxes
from aws_network.findings.observed import Seen
from aws_network.findings.peers import Peers
from aws_network.findings.permissiveness import permissiveness
from aws_network.findings.rule_use import RuleUse
from aws_network.network.inventory import Inventory
from aws_network.network.protocols import ICMP, ICMPV6, WITH_PORTS, protocol_name
from aws_network.network.rules import SecurityGroupRule, Source, ports_text, traffic_text

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

    def __init__(self, inventory: Inventory, trade_off: TradeOff) -> None:
        self.inventory = inventory
        self.trade_off = trade_off
        self._peers = Peers(inventory)

    def findings(
        self, uses: Mapping[str, RuleUse], seen: Mapping[str, Sequence[Seen]]
    ) -> list[Finding]:
        """A finding for each rule that can be narrowed enough to be worth it."""
        found: list[Finding] = []
        for rule in self.inventory.latest_rules:
            use, what = uses.get(rule.rule_id), seen.get(rule.rule_id, ())
            enough = sum(each.requests for each in what) >= FEWEST_REQUESTS
            if use and enough and use.status == "used" and use.is_fully_observed:
                found += self._finding(rule, what)
        return found

    def _finding(self, rule: SecurityGroupRule, seen: Sequence[Seen]) -> Iterable[Finding]:
        before = _score(terms_of(rule), self._peers)
        best = min(self._candidates(rule, seen), key=lambda each: each.score, default=None)
        if best is None or before - best.score < WORTH_IT:
            return
        yield Finding(
            kind="too_wide",
            rule_id=rule.rule_id,
            group_id=rule.group_id,
            reason_code=_code(rule, best.terms),
            reason=f"all that was observed of it fits into "
            f"{'; '.join(map(_text, best.terms))}: permissiveness {best.score} instead of {before}",
            basis="observed",
            observed=tuple(_lines(seen)),
            replacements=best.terms,
            permissiveness=before,
            permissiveness_after=best.score,
        )

    def _candidates(self, rule: SecurityGroupRule, seen: Sequence[Seen]) -> Iterable[Replacement]:
        """By blocks; with the trade-off `tighter` also by a group that all peers are in."""
        found = boxes(rule, seen, self.trade_off)
        yield self._replacement([_terms(rule, box, rule.source) for box in found])
        for group_id in self._common_groups(rule, seen) if self.trade_off == "tighter" else ():
            source = Source("group", group_id, account_id=rule.account_id)
            by_group = [Seen(each.protocol, each.ports, "0.0.0.0/0") for each in seen]
            yield self._replacement(
                [
                    _terms(rule, Box(box.protocol, box.ports, None), source)
                    for box in boxes(rule, by_group, self.trade_off)
                ]
            )

    def _common_groups(self, rule: SecurityGroupRule, seen: Sequence[Seen]) -> list[str]:
        """Groups of the rule's VPC that every observed peer was in; for a rule of a block only."""
        if rule.source.kind != "cidr":
            return []
        common = frozenset.intersection(*(each.groups for each in seen))
        known, own = self.inventory.groups, self.inventory.groups.get(rule.group_id)
        return sorted(
            group_id
            for group_id in common
            if own and group_id in known and known[group_id].vpc_id == own.vpc_id
        )

    def _replacement(self, terms: Iterable[Terms]) -> Replacement:
        distinct = tuple(dict.fromkeys(terms))
        return Replacement(distinct, max(_score(each, self._peers) for each in distinct))


def scores_of(inventory: Inventory) -> dict[str, int]:
    """Rule id to the permissiveness of the rule as it is."""
    peers = Peers(inventory)
    return {rule.rule_id: _score(terms_of(rule), peers) for rule in inventory.latest_rules}


def _score(terms: Terms, peers: Peers) -> int:
    ports = None if terms.from_port is None else (terms.from_port, terms.to_port or 0)
    return permissiveness(terms.protocol, ports, peers.subject(terms.source, "today"))


def _terms(rule: SecurityGroupRule, box: Box, source: Source) -> Terms:
    """A box as a rule; ICMP keeps the type and code of a rule for ICMP."""
    peer = Source("cidr", box.block.cidr) if box.block else source
    if box.protocol in WITH_PORTS and box.ports != (0, 65535):
        return Terms(box.protocol, *box.ports, peer)
    if box.protocol in (ICMP, ICMPV6) and rule.protocol == box.protocol:
        return Terms(box.protocol, rule.from_port, rule.to_port, peer)
    return Terms(box.protocol, None, None, peer)


def _code(rule: SecurityGroupRule, terms: Sequence[Terms]) -> str:
    """What is too wide: `ports`, `peers`, or both; protocols count as ports."""
    fewer_peers = any(each.source != rule.source for each in terms)
    service = (rule.protocol, rule.from_port, rule.to_port)
    fewer_ports = any((each.protocol, each.from_port, each.to_port) != service for each in terms)
    names = [*(["ports"] if fewer_ports else []), *(["peers"] if fewer_peers else [])]
    return f"{'_and_'.join(names)}_never_seen"


def _text(terms: Terms) -> str:
    return f"{_service(terms.protocol, terms.from_port, terms.to_port)} {terms.source.value}"


def _service(protocol: int, first: int | None, last: int | None) -> str:
    ports = ports_text(protocol, first, last) if protocol in WITH_PORTS else "any"
    return traffic_text(protocol_name(protocol), ports)


def _lines(seen: Iterable[Seen]) -> Iterable[str]:
    """The most frequent first, and how many more there are."""
    ordered = sorted(seen, key=lambda each: (-each.requests, each.protocol, each.ports))
    for each in ordered[:MOST_LINES]:
        service = _service(each.protocol, *each.ports)
        yield f"{service} with {each.peers}: {each.requests:,} requests"
    if len(ordered) > MOST_LINES:
        yield f"and {len(ordered) - MOST_LINES} more"
