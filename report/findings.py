"""Findings, from findings.json: duplicate, shadowed, redundant, too wide and broken rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from aws_network.findings import Kind
from plan.exact_rule import ExactRule, Peer
from report.names import names_of, with_names
from report.rule_usage import RuleUsage


class KindText(NamedTuple):
    """A kind of findings in words."""

    label: str
    short: str
    """The label after a count, as in "2 with a broken source"."""
    meaning: str
    advice: str


KIND_TEXTS: Mapping[Kind, KindText] = {
    Kind.DANGLING: KindText(
        "Broken source",
        "with a broken source",
        "The rule refers to a deleted group, an empty prefix list or a deleted peering connection.",
        "Repair the source or remove the rule. As it is, the rule admits nothing.",
    ),
    Kind.DUPLICATE: KindText(
        "Duplicate",
        "duplicate",
        "Another rule admits exactly the same.",
        "Remove one of the two. Nothing else changes.",
    ),
    Kind.SHADOWED: KindText(
        "Shadowed",
        "shadowed",
        "Other rules admit everything that this rule can admit.",
        "Remove the rule. Nothing else changes while the other rules stay.",
    ),
    Kind.REDUNDANT: KindText(
        "Redundant in practice",
        "redundant in practice",
        "The rule was used, but other rules admitted every request that it admitted.",
        "Ask the owner, then remove the rule. The other rules must stay.",
    ),
    Kind.TOO_WIDE: KindText(
        "Too wide",
        "too wide",
        "All observed traffic fits into less: fewer ports, a smaller CIDR block, or one group.",
        "Add the narrower rules first, then remove the wide one.",
    ),
}


@dataclass(frozen=True)
class Finding:
    """A finding on one rule, with its evidence and the proposal."""

    kind: Kind
    rule: RuleUsage
    reason: str
    covered_by: tuple[str, ...] = ()
    """Ids of the rules that admit the same, or all that was observed."""
    observed: tuple[str, ...] = ()
    """The traffic that the rule admitted, in lines for people."""
    replacements: tuple[str, ...] = ()
    """What would take its place, as `ingress tcp 443 from 10.0.0.0/8`."""
    permissiveness: int | None = None
    """0 to 100, of the rule as it is."""
    permissiveness_after: int | None = None
    """Of the widest replacement."""


def from_document(document: Mapping[str, Any], rules: Iterable[RuleUsage]) -> tuple[Finding, ...]:
    """The findings of a findings.json on these rules; those on other rules are left out."""
    known = {rule.sg_rule_id: rule for rule in rules}
    names = names_of(known.values())
    return tuple(
        _finding(found, known[entry["rule"]["rule_id"]], entry["permissiveness"], names)
        for entry in document["rules"]
        if entry["rule"]["rule_id"] in known
        for found in entry["findings"]
    )


def _finding(
    found: Mapping[str, Any], rule: RuleUsage, permissiveness: int, names: Mapping[str, str]
) -> Finding:
    return Finding(
        kind=Kind(found["kind"]),
        rule=rule,
        reason=with_names(found["reason"], names),
        covered_by=tuple(found["covered_by"]),
        observed=tuple(with_names(line, names) for line in found["observed"]),
        replacements=tuple(with_names(_text(rule), names) for rule in found["replacements"]),
        permissiveness=permissiveness,
        permissiveness_after=found["permissiveness_after"],
    )


def _text(rule: Mapping[str, Any]) -> str:
    return ExactRule(**{**rule, "peer": Peer(**rule["peer"])}).text


class FindingList(NamedTuple):
    """All findings of a kind, those on the most permissive rules first."""

    kind: Kind
    text: KindText
    findings: Sequence[Finding]


def by_kind(findings: Iterable[Finding]) -> Sequence[FindingList]:
    """The lists of all kinds that have a finding."""
    ordered = sorted(findings, key=lambda finding: -(finding.permissiveness or 0))
    lists = [
        FindingList(kind, text, [finding for finding in ordered if finding.kind is kind])
        for kind, text in KIND_TEXTS.items()
    ]
    return [listed for listed in lists if listed.findings]
