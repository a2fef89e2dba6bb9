"""What was requested in a window, and which of the rules of today admit it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from aws_network.findings.observed import is_uncertain
from aws_network.network.rules import SecurityGroupRule
from aws_network.usage.judging import RuleUsage


@dataclass(frozen=True)
class Requests:
    """Requests with one answer to: which rules admit them, or may? Nothing of them lies outside."""

    certain: tuple[str, ...]
    """Ids of rules each of which admits them."""
    possible: tuple[str, ...]
    """Ids of rules that may admit them."""
    is_proven: bool
    """Is it beyond reasonable doubt who opened the conversations?"""
    protocol: int
    from_port: int
    to_port: int
    """Service ports, both inclusive; all of them for a protocol without."""
    peers: str
    """A CIDR block around the peers."""
    peer_groups: tuple[str, ...]
    """Groups of which every one of the peers was a member."""
    requests: int
    """Request records."""
    last_day: str
    """YYYY-MM-DD of the last of them."""


def current_requests(
    rows: Iterable[Mapping[str, Any]],
    rules: Iterable[SecurityGroupRule],
    usages: Mapping[str, RuleUsage],
) -> list[Requests]:
    """Rows of fold_requests, with the rules of today.

    What an earlier version of a rule admitted, the rule may still admit. What no rule of today may
    admit is left out: no change of rules can refuse it.
    """
    current = {rule.rule_id: rule for rule in rules}
    versions = {
        name: rule.version
        for name, rule in current.items()
        if not is_uncertain(rule, usages.get(name))
    }
    found: dict[Requests, list[tuple[int, str]]] = defaultdict(list)
    for row in rows:
        one = _requests(row, current, versions)
        if one.certain or one.possible:
            found[replace(one, requests=0, last_day="")].append((one.requests, one.last_day))
    return [
        replace(one, requests=sum(n for n, _ in parts), last_day=max(day for _, day in parts))
        for one, parts in found.items()
    ]


def _requests(
    row: Mapping[str, Any], current: Mapping[str, SecurityGroupRule], versions: Mapping[str, str]
) -> Requests:
    said = [key.partition("@") for key in _listed(row["certain"])]
    named = [key.partition("@")[0] for key in _listed(row["possible"])]
    sure = {rule for rule, _, version in said if row["is_known"] and versions.get(rule) == version}
    perhaps = {rule for rule in (*named, *(rule for rule, _, _ in said)) if rule in current}
    return Requests(
        certain=tuple(sorted(sure)),
        possible=tuple(sorted(perhaps - sure)),
        is_proven=row["is_proven"],
        protocol=row["protocol"],
        from_port=row["from_port"],
        to_port=row["to_port"],
        peers=row["peers"],
        peer_groups=tuple(_listed(row["peer_groups"])),
        requests=row["requests"],
        last_day=row["last_day"],
    )


def _listed(text: str | None) -> list[str]:
    return [part for part in (text or "").split(",") if part]
