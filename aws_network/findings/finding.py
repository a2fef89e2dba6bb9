"""One finding: a rule, what is to be said of it, why, and on what that rests."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from aws_network.findings.vocabulary import Basis, Kind, Scope
from aws_network.network.rules import SecurityGroupRule, Source


@dataclass(frozen=True)
class Terms:
    """What a rule to be made would admit, in the words of SecurityGroupRule."""

    protocol: int
    from_port: int | None
    to_port: int | None
    source: Source

    def in_place_of(self, rule: SecurityGroupRule) -> SecurityGroupRule:
        """The rule with these terms instead of its own; its id and all else stay."""
        return replace(rule, **vars(self))


def terms_of(rule: SecurityGroupRule) -> Terms:
    """What a rule admits."""
    return Terms(rule.protocol, rule.from_port, rule.to_port, rule.source)


@dataclass(frozen=True)
class Finding:
    """What is to be said of one rule. No rule has two findings of one kind."""

    kind: Kind
    rule_id: str
    group_id: str
    reason_code: str
    """For machines, snake_case."""
    reason: str
    """A sentence for people."""
    basis: Basis = Basis.ALWAYS
    scope: Scope = Scope.GROUP
    covered_by: tuple[str, ...] = ()
    """Ids of the rules that admit it all; for a redundant rule, all that was observed."""
    observed: tuple[str, ...] = ()
    """What was seen of the rule, in lines for people."""
    replacements: tuple[Terms, ...] = ()
    """What would take the place of a rule that is too wide."""
    permissiveness: int | None = None
    """0 to 100, of a rule that is too wide; then of the widest of its replacements."""
    permissiveness_after: int | None = None


def kinds_by_rule(findings: Iterable[Finding]) -> dict[str, list[Kind]]:
    """Rule id to the kinds of its findings, in the order of Kind."""
    kinds: dict[str, set[Kind]] = defaultdict(set)
    for finding in findings:
        kinds[finding.rule_id].add(finding.kind)
    return {rule_id: [kind for kind in Kind if kind in found] for rule_id, found in kinds.items()}
