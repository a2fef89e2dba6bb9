"""findings.json: every current rule with its verdict and its findings, for other tools.

docs/findings.schema.json describes it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from aws_network.findings.finding import Finding
from aws_network.findings.rule_use import RuleUse
from aws_network.flow_logs.window import Window
from aws_network.network.inventory import Inventory
from aws_network.network.rules import SecurityGroupRule
from plan.exact_rule import exact_rule, new_rule
from plan.model import Totals

VERSION = 1


@dataclass(frozen=True)
class Account:
    """What the file speaks of. `scores`: rule id to its permissiveness."""

    inventory: Inventory
    uses: Mapping[str, RuleUse]
    window: Window
    coverage: Totals
    scores: Mapping[str, int]


def findings_file(account: Account, findings: Iterable[Finding]) -> str:
    """The file's text; rules by group and id, without those that the usage table lacks."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.rule_id, []).append(finding)
    rules = [rule for rule in account.inventory.latest_rules if rule.rule_id in account.uses]
    document = {
        "version": VERSION,
        "window": asdict(account.window),
        "coverage": asdict(account.coverage),
        "rules": [
            _rule(account, rule, found.get(rule.rule_id, []))
            for rule in sorted(rules, key=lambda each: (each.group_id, each.rule_id))
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _rule(account: Account, rule: SecurityGroupRule, findings: Iterable[Finding]) -> dict[str, Any]:
    use = account.uses[rule.rule_id]
    return {
        "rule": asdict(exact_rule(rule, account.inventory.groups)),
        "status": use.status,
        "reason_code": use.reason_code,
        "reason": use.status_reason,
        "used_times": use.used_times,
        "sole_times": use.sole_times,
        "ambiguous_times": use.ambiguous_times,
        "days_used": use.days_used,
        "days_attached": use.days_attached,
        "days_observed": use.days_observed,
        "last_used": use.last_used,
        "permissiveness": account.scores[rule.rule_id],
        "findings": [_finding(account, rule, each) for each in findings],
    }


def _finding(account: Account, rule: SecurityGroupRule, finding: Finding) -> dict[str, Any]:
    made = [terms.in_place_of(rule) for terms in finding.replacements]
    groups = account.inventory.groups
    return {
        "kind": finding.kind,
        "reason_code": finding.reason_code,
        "reason": finding.reason,
        "basis": finding.basis,
        "scope": finding.scope,
        "covered_by": list(finding.covered_by),
        "observed": list(finding.observed),
        "replacements": [asdict(new_rule(exact_rule(each, groups))) for each in made],
        "permissiveness_after": finding.permissiveness_after,
    }
