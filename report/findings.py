"""Findings beyond use, from findings.json: doubled, shadowed, redundant, too wide, broken rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from plan.exact_rule import ExactRule, Peer
from report.rule_usage import RuleUsage


class Kind(StrEnum):
    """What a finding says of a rule, in the order in which they are listed."""

    DANGLING = "dangling"
    DUPLICATE = "duplicate"
    SHADOWED = "shadowed"
    REDUNDANT = "redundant"
    TOO_WIDE = "too_wide"

    @property
    def label(self) -> str:
        return _TEXTS[self][0]

    @property
    def meaning(self) -> str:
        return _TEXTS[self][1]

    @property
    def advice(self) -> str:
        """What can be done about it."""
        return _TEXTS[self][2]


_TEXTS = {
    Kind.DANGLING: (
        "Broken source",
        "The rule refers to a deleted group, an empty prefix list or a peering that is gone.",
        "Repair the source, or remove the rule: as it is, it admits nothing.",
    ),
    Kind.DUPLICATE: (
        "Duplicate",
        "Another rule admits exactly the same.",
        "Remove one of the two; nothing changes.",
    ),
    Kind.SHADOWED: (
        "Shadowed",
        "Other rules admit all that it can admit.",
        "Remove it; nothing changes as long as the others stay.",
    ),
    Kind.REDUNDANT: (
        "Redundant in practice",
        "It was used, and never alone: other rules admitted every request that it admitted.",
        "It can go while the others stay, as far as this window shows. Ask its owner first.",
    ),
    Kind.TOO_WIDE: (
        "Too wide",
        "All that was seen of it fits into less: fewer ports, a smaller block, or one group.",
        "Put the narrower rules in first, remove the wide one then.",
    ),
}


@dataclass(frozen=True)
class Finding:
    """What is to be said of one rule, with the proposal and what it rests on."""

    kind: Kind
    rule: RuleUsage
    reason: str
    covered_by: tuple[str, ...] = ()
    """Rules that admit it all, or all that was seen of it."""
    observed: tuple[str, ...] = ()
    """What was seen of the rule, in lines for people."""
    replacements: tuple[str, ...] = ()
    """What would take its place, as `ingress tcp 443 from 10.0.0.0/8`."""
    permissiveness: int | None = None
    """0 to 100, of the rule as it is."""
    permissiveness_after: int | None = None
    """Of the widest replacement."""


def from_document(document: Mapping[str, Any], rules: Iterable[RuleUsage]) -> tuple[Finding, ...]:
    """The findings of a findings.json on these rules; those on other rules are left out."""
    known = {rule.sg_rule_id: rule for rule in rules}
    return tuple(
        _finding(found, known[entry["rule"]["rule_id"]], entry["permissiveness"])
        for entry in document["rules"]
        if entry["rule"]["rule_id"] in known
        for found in entry["findings"]
    )


def _finding(found: Mapping[str, Any], rule: RuleUsage, permissiveness: int) -> Finding:
    return Finding(
        kind=Kind(found["kind"]),
        rule=rule,
        reason=found["reason"],
        covered_by=tuple(found["covered_by"]),
        observed=tuple(found["observed"]),
        replacements=tuple(_text(rule) for rule in found["replacements"]),
        permissiveness=permissiveness,
        permissiveness_after=found["permissiveness_after"],
    )


def _text(rule: Mapping[str, Any]) -> str:
    return ExactRule(**{**rule, "peer": Peer(**rule["peer"])}).text


def by_kind(findings: Iterable[Finding]) -> Sequence[tuple[Kind, Sequence[Finding]]]:
    """Each kind with its findings, the most permissive rules first; only kinds that have any."""
    ordered = sorted(findings, key=lambda finding: -(finding.permissiveness or 0))
    lists = ((kind, [finding for finding in ordered if finding.kind is kind]) for kind in Kind)
    return [(kind, listed) for kind, listed in lists if listed]
