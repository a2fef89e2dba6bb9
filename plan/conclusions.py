"""Concluding: from the status of every rule and the evidence to findings and the plan."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aws_network.findings import Analysis, Finding, TradeOff
from aws_network.findings.observed import Observed
from aws_network.flow_logs.window import Window
from aws_network.network.inventory import Inventory
from aws_network.usage.judging import RuleUsage
from plan.build import make_plan
from plan.findings_file import findings_file
from plan.model import Plan, Totals


@dataclass(frozen=True)
class Conclusions:
    """What follows from one window."""

    findings: Sequence[Finding]
    managers: Mapping[str, str]
    """Rule id to what manages the rule, in words."""
    plan: Plan
    file: str
    """The text of findings.json."""


def conclude(
    inventory: Inventory,
    usages: Iterable[RuleUsage],
    observed: Observed | None,
    coverage: Totals,
    window: Window,
    trade_off: TradeOff,
) -> Conclusions:
    """From the latest inventory, the usage of each rule, and what was observed.

    `observed` is None where the evidence of some day is missing; then nothing rests on traffic.
    """
    current = {usage.rule.rule_id: usage for usage in usages if not usage.rule.gone_since}
    analysis = Analysis(inventory, current, observed, trade_off)
    return Conclusions(
        findings=analysis.findings,
        managers=analysis.managers,
        plan=make_plan(analysis, window, coverage),
        file=findings_file(analysis, window, coverage),
    )
