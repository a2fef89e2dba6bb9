"""findings.json: every current rule with its status and its findings, for other tools.

docs/findings.schema.json describes it.
"""

import json
from dataclasses import asdict, dataclass
from typing import Literal

from aws_network.findings.analysis import Analysis
from aws_network.findings.finding import Finding
from aws_network.findings.vocabulary import Basis, Kind, Scope
from aws_network.flow_logs.window import Window
from aws_network.network.rules import SecurityGroupRule
from aws_network.usage.judging import RuleUsage
from aws_network.usage.statuses import Status
from plan.exact_rule import ExactRule, exact_rule, new_rule
from plan.model import Totals


@dataclass(frozen=True)
class FindingEntry:
    """One finding on the rule."""

    kind: Kind
    reason_code: str
    """For machines: see docs/findings.md."""
    reason: str
    """A sentence."""
    basis: Basis
    scope: Scope
    covered_by: tuple[str, ...]
    """Ids of the rules that admit all of it, or all that was observed of it."""
    observed: tuple[str, ...]
    """What was seen of the rule, a line per service."""
    replacements: tuple[ExactRule, ...]
    """What would take the place of a rule that is too wide."""
    permissiveness_after: int | None
    """0 to 100, of the widest replacement."""


@dataclass(frozen=True)
class RuleEntry:
    """A rule with its status and its findings. Counts are sums over the window."""

    rule: ExactRule
    status: Status
    reason_code: str
    """For machines: see docs/attribution.md."""
    reason: str
    """A sentence."""
    used_times: int
    """Request records that it admitted."""
    sole_times: int
    """Of those, the ones that no other rule admitted."""
    ambiguous_times: int
    """Records that it may have admitted."""
    days_used: int
    """Days with a use."""
    days_attached: int
    """Days with an interface in use that carried its group."""
    days_observed: int
    """Of those, days on which all these interfaces were logged, without lost records."""
    last_used: str | None
    """YYYY-MM-DD, also of before the window; null for never."""
    permissiveness: int
    """0 to 100."""
    managed_by: str | None
    """What manages the rule, in words; null where nothing is known to."""
    findings: tuple[FindingEntry, ...]


@dataclass(frozen=True)
class FindingsFile:
    """Every current security group rule with its status and its findings."""

    version: Literal[1]
    window: Window
    coverage: Totals
    rules: tuple[RuleEntry, ...]


def findings_file(analysis: Analysis, window: Window, coverage: Totals) -> str:
    """The file's text; rules by group and id, without those whose use is not known."""
    rules = [rule for rule_id, rule in analysis.rules.items() if rule_id in analysis.usages]
    ordered = sorted(rules, key=lambda rule: (rule.group_id, rule.rule_id))
    entries = tuple(_rule(analysis, rule, analysis.usages[rule.rule_id]) for rule in ordered)
    document = FindingsFile(1, window, coverage, entries)
    return json.dumps(asdict(document), indent=1, ensure_ascii=False) + "\n"


def _rule(analysis: Analysis, rule: SecurityGroupRule, usage: RuleUsage) -> RuleEntry:
    counts = usage.counts
    findings = analysis.findings_by_rule.get(rule.rule_id, ())
    return RuleEntry(
        rule=exact_rule(rule, analysis.inventory.groups),
        status=usage.status,
        reason_code=usage.reason_code,
        reason=usage.reason,
        used_times=counts.used_times,
        sole_times=counts.sole_times,
        ambiguous_times=counts.ambiguous_times,
        days_used=counts.days_used,
        days_attached=counts.days_attached,
        days_observed=counts.days_observed,
        last_used=counts.last_used,
        permissiveness=analysis.scores[rule.rule_id],
        managed_by=analysis.managers.get(rule.rule_id),
        findings=tuple(_finding(analysis, rule, finding) for finding in findings),
    )


def _finding(analysis: Analysis, rule: SecurityGroupRule, finding: Finding) -> FindingEntry:
    made = [terms.in_place_of(rule) for terms in finding.replacements]
    groups = analysis.inventory.groups
    return FindingEntry(
        kind=finding.kind,
        reason_code=finding.reason_code,
        reason=finding.reason,
        basis=finding.basis,
        scope=finding.scope,
        covered_by=finding.covered_by,
        observed=finding.observed,
        replacements=tuple(new_rule(exact_rule(rule, groups)) for rule in made),
        permissiveness_after=finding.permissiveness_after,
    )
