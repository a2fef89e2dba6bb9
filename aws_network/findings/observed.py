"""What was observed, rule by rule: the evidence behind `redundant` and `too_wide`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aws_network.findings.intervals import Interval
from aws_network.findings.smallest_set import Need
from aws_network.network.protocols import ICMP, ICMPV6
from aws_network.network.rules import SecurityGroupRule
from aws_network.usage.judging import RuleUsage


@dataclass(frozen=True)
class Seen:
    """Requests that a rule admitted or may have admitted: nothing of them lies outside.

    A port or an address that the logs do not tell exactly is given as the range it lies in.
    """

    protocol: int
    ports: Interval
    """Service ports, both inclusive; all of them for a protocol without."""
    peers: str
    """A CIDR block around the peers."""
    groups: frozenset[str] = frozenset()
    """Groups of which every one of the peers was a member."""
    requests: int = 0
    """Request records, those in doubt included."""


@dataclass(frozen=True)
class Admitted:
    """Requests with the same answer to: which rules let them in (or out)?"""

    certain: frozenset[str]
    possible: frozenset[str]
    """Rules that may have admitted them, if the inventory is not complete."""
    is_known: bool
    """Is the interface known? If not, nobody knows which of the rules stand on it."""
    requests: int = 0


@dataclass(frozen=True)
class Observed:
    """Everything that was observed in a window."""

    seen: Mapping[str, Sequence[Seen]] = field(default_factory=dict)
    """Rule id to what it admitted."""
    admitted: Sequence[Admitted] = ()


def needs(
    admitted: Iterable[Admitted],
    rules: Iterable[SecurityGroupRule],
    usages: Mapping[str, RuleUsage],
) -> list[Need]:
    """Sets of rules of which one each must stay, so that all that was observed stays admitted.

    Where it is certain that some rules admitted a request, one of them is enough. Where nothing is
    certain, each rule that may have admitted it must stay. A rule for one ICMP type is never
    certain, since flow logs do not show types; nor is one that was another rule, or none, on some
    day of the window. A rule that is gone is no help.
    """
    current = {rule.rule_id: rule for rule in rules}
    uncertain = {name for name, rule in current.items() if is_uncertain(rule, usages.get(name))}
    found: dict[Need, None] = {}
    for requests in admitted:
        certain = requests.certain & current.keys() - uncertain if requests.is_known else Need()
        everything = (requests.certain | requests.possible) & current.keys()
        wanted = [certain] if certain else [frozenset({rule_id}) for rule_id in sorted(everything)]
        found |= dict.fromkeys(wanted)
    return list(found)


def is_uncertain(rule: SecurityGroupRule, usage: RuleUsage | None) -> bool:
    """Is what is said of the rule on a day no proof of what it admits now?"""
    if usage is None or not usage.is_steady:
        return True
    return rule.protocol in (ICMP, ICMPV6) and rule.from_port is not None


def seen_by_rule(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Seen]]:
    """Rule id to what was seen of it on all days, from rows of sg_rule_evidence_daily."""
    totals: dict[str, dict[Seen, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        groups = frozenset(filter(None, (row["peer_groups"] or "").split(",")))
        ports = row["from_port"], row["to_port"]
        seen = Seen(row["protocol"], ports, row["peers"], groups)
        totals[row["sg_rule_id"]][seen] += row["requests"]
    return {
        rule_id: [replace(seen, requests=requests) for seen, requests in found.items()]
        for rule_id, found in totals.items()
    }


def admitted_sets(
    rows: Iterable[Mapping[str, Any]], versions: Mapping[str, str] | None = None
) -> list[Admitted]:
    """The distinct sets of all days, from rows of sg_admitting_sets_daily.

    `versions`: rule id to its version now. What an earlier version of a rule admitted is no proof
    that the rule would do so again, nor that it is not needed: such a set is there twice, with the
    rule and without it.
    """
    totals: dict[tuple[str, str, bool], int] = defaultdict(int)
    for row in rows:
        key = row["certain"] or "", row["possible"] or "", bool(row["is_known"])
        totals[key] += row["requests"]
    return [
        Admitted(*ids, is_known, requests)
        for (certain, possible, is_known), requests in totals.items()
        for ids in _with_and_without_changed(certain, possible, versions or {})
    ]


def _with_and_without_changed(
    certain: str, possible: str, versions: Mapping[str, str]
) -> set[tuple[frozenset[str], frozenset[str]]]:
    every = _ids(certain, {}), _ids(possible, {})
    current = _ids(certain, versions), _ids(possible, versions)
    return {every, current} if any(current) else {every}


def _ids(text: str, versions: Mapping[str, str]) -> frozenset[str]:
    """The rules in a list, without those of another version than they have now."""
    keys = (key.partition("@") for key in filter(None, text.split(",")))
    return frozenset(rule for rule, _, was in keys if not was or versions.get(rule, was) == was)
