"""An item of a plan: a proposal with the verdict, the evidence and the complete rule."""

from dataclasses import dataclass

from aws_network.findings.analysis import Analysis
from aws_network.findings.finding import Finding
from aws_network.usage.judging import RuleUsage
from plan.exact_rule import exact_rule
from plan.model import Action, Coverage, Evidence, Item, Step


@dataclass(frozen=True)
class Proposal:
    """What to do about a rule of known usage; it follows from the finding, or from the status."""

    rule_id: str
    action: Action
    step: Step
    finding: Finding | None = None
    advice: str = ""


def item_of(analysis: Analysis, proposal: Proposal) -> Item:
    """The item, without replacements."""
    rule, finding = analysis.rules[proposal.rule_id], proposal.finding
    usage = analysis.usages[proposal.rule_id]
    return Item(
        item_id=f"{proposal.action}-{proposal.rule_id}",
        action=proposal.action,
        step=proposal.step,
        finding=finding.kind if finding else None,
        status=usage.status,
        status_reason=usage.reason,
        reason_code=finding.reason_code if finding else usage.reason_code,
        reason=finding.reason if finding else usage.reason,
        advice=proposal.advice,
        managed_by=analysis.managers.get(proposal.rule_id),
        permissiveness=finding.permissiveness if finding else None,
        permissiveness_after=finding.permissiveness_after if finding else None,
        evidence=_evidence(usage, finding),
        coverage=Coverage(usage.counts.days_attached, usage.counts.days_observed),
        rule=exact_rule(rule, analysis.inventory.groups),
        owner=usage.owner,
    )


def _evidence(usage: RuleUsage, finding: Finding | None) -> Evidence:
    counts = usage.counts
    return Evidence(
        used_times=counts.used_times,
        sole_times=counts.sole_times,
        ambiguous_times=counts.ambiguous_times,
        days_used=counts.days_used,
        last_used=counts.last_used,
        first_seen=usage.rule.first_seen,
        covered_by=finding.covered_by if finding else (),
        scope=finding.scope if finding and finding.covered_by else None,
        basis=finding.basis if finding and finding.covered_by else None,
        observed=finding.observed if finding else (),
    )
