"""What a careful reader of the demo's flow logs says about each rule, and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from simulation.network import Network, Rule
from simulation.traffic import Logging
from simulation.truth import RuleTruth, Truth


@dataclass(frozen=True)
class Expectation:
    """A rule's truth over the month, and the status that a report should give it."""

    rule: Rule
    counts: RuleTruth
    used_days: tuple[date, ...]
    status: str
    why: str

    def as_json(self) -> dict[str, Any]:
        last_used = str(self.used_days[-1]) if self.used_days else None
        return {
            "sg_id": self.rule.group_id,
            "flow_direction": self.rule.direction,
            "description": self.rule.description,
            **vars(self.counts),
            "used_days": [str(day) for day in self.used_days],
            "last_used": last_used,
            "status": self.status,
            "why": self.why,
        }


def expectations(network: Network, logging: Logging, truth: Truth) -> dict[str, Expectation]:
    """Rule id -> what to expect of it."""
    return {rule.rule_id: _expectation(network, logging, truth, rule) for rule in network.rules}


def _expectation(network: Network, logging: Logging, truth: Truth, rule: Rule) -> Expectation:
    counts = RuleTruth()
    used_days = []
    for day, rules in sorted(truth.items()):
        counts.add(rules[rule.rule_id])
        if rules[rule.rule_id].used_times:
            used_days.append(day)
    status, why = _status(network, logging, counts, rule)
    return Expectation(rule, counts, tuple(used_days), status, why)


def _status(network: Network, logging: Logging, counts: RuleTruth, rule: Rule) -> tuple[str, str]:
    if counts.proven_times:
        return "used", "requests that it admitted are in the logs"
    if counts.hidden_times or counts.phantom_times:
        return "ambiguous", "the logs leave open whether it admitted what they show"
    carriers = {
        interface.interface_id
        for interface in network.interfaces
        if rule.group_id in interface.group_ids
    }
    if not carriers:
        return "unattached", "no interface carries its group"
    if carriers & logging.unlogged:
        return "not_observed", "an interface of its group has no flow log"
    if carriers & _interfaces(logging.skipped):
        return "not_observed", "records of its group's interface were lost (SKIPDATA)"
    return "unused", "its group was logged all the time and nothing needed it"


def _interfaces(skipped: Collection[tuple[str, int]]) -> set[str]:
    return {interface_id for interface_id, _ in skipped}
