"""What follows from a night's usage table: findings, the plan, and the file for other tools."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_network.findings import Finding, findings_of
from aws_network.findings.narrowing import TradeOff
from aws_network.findings.observed import Observed
from aws_network.findings.rule_use import rule_uses
from aws_network.findings.too_wide import scores_of
from aws_network.flow_logs.window import Window
from aws_network.network.inventory import Inventory
from aws_network.usage.judging import RuleUsage
from plan.build import Given, make_plan, totals
from plan.findings_file import Account, findings_file
from plan.model import Plan


@dataclass(frozen=True)
class Conclusions:
    """All of one night."""

    findings: Sequence[Finding]
    plan: Plan
    file: str
    """The text of findings.json."""


def conclude(
    inventory: Inventory,
    usages: Iterable[RuleUsage],
    observed: Observed | None,
    outcomes: Iterable[Mapping[str, Any]],
    window: Window,
    trade_off: TradeOff,
) -> Conclusions:
    """From the usage of each rule, the evidence, and the coverage of the window.

    `observed` is None where the evidence of some day is missing; `outcomes` are rows of the daily
    coverage.
    """
    uses, coverage = rule_uses(usages), totals(outcomes)
    found = findings_of(inventory, uses, observed, trade_off)
    plan = make_plan(Given(inventory, uses, found, window, coverage, observed, trade_off))
    account = Account(inventory, uses, window, coverage, scores_of(inventory))
    return Conclusions(found, plan, findings_file(account, found))
