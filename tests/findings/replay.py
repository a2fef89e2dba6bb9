"""Apply a plan to the simulated network, and let the observed traffic ask again.

What was accepted then must be accepted now: each request of an ACCEPT record, logged or lost, that
some rule of its interface admitted before must have a rule that admits it after.

One thing no reader of the logs can know: records lost in an interval that ends after midnight of
the last day. The marker of the loss is in the logs of the day after; those are left out here.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from aws_network.findings import TradeOff
from aws_network.findings.observed import Observed, admitted_sets, seen_by_rule
from aws_network.flow_logs.window import Window
from aws_network.network.inventory import union
from aws_network.usage.exemptions import Exemptions
from aws_network.usage.judging import Criteria, account_facts, judge_window
from aws_network.usage.tracked_rules import tracked
from aws_network.usage.verdicts import Limits, RuleCounts
from plan.conclusions import Conclusions, conclude
from plan.exact_rule import ExactRule
from plan.exact_rule import Peer as ExactPeer
from plan.model import Action, Plan, Totals
from simulation.intervals import window_of
from simulation.network import Cidr, GroupMembers, ListedPrefixes, Network, Peer, Rule
from simulation.random_network import random_network
from simulation.records import Record, midnight
from simulation.security import Request, admits, rules_of_interface
from simulation.simulation import Simulation
from tests.accuracy.judged import plays, snapshot_of
from tests.attribution.harness import Result, run_cases

FORMATS = ("custom", "default", "parquet", "default-parquet")
AT_ONCE = 40


@dataclass
class Tally:
    """What a replay came to."""

    networks: int = 0
    requests: int = 0
    items: Counter[str] = field(default_factory=Counter)
    """`action kind` to how many items there were in the plans"""
    findings: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)


def replay(spark: SparkSession, seeds: Sequence[int], folder: Path) -> Tally:
    """Plays the networks of the seeds, each in one format, with both trade-offs."""
    tally = Tally()
    for start in range(0, len(seeds), AT_ONCE):
        batch = seeds[start : start + AT_ONCE]
        simulations = [random_network(seed) for seed in batch]
        days = [list(plays(each, FORMATS[each.seed % len(FORMATS)])) for each in simulations]
        results = iter(run_cases(spark, [play.case for each in days for play in each], folder))
        for simulation, played in zip(simulations, days, strict=True):
            _add(tally, simulation, [next(results) for _ in played])
    return tally


def _add(tally: Tally, simulation: Simulation, results: Sequence[Result]) -> None:
    requests = dict(accepted(simulation))
    tally.networks += 1
    tally.requests += len(requests)
    for trade_off in TradeOff:
        found = concluded(simulation, results, trade_off)
        tally.findings.update(f"{one.kind} {one.reason_code}" for one in found.findings)
        tally.items.update(f"{one.action} {one.finding or one.status}" for one in found.plan.items)
        for line in refused(simulation.network, requests, found.plan):
            tally.refused.append(f"seed {simulation.seed}, {trade_off}: {line}")


def concluded(
    simulation: Simulation, results: Sequence[Result], trade_off: TradeOff
) -> Conclusions:
    """What the product says of the simulation's logs."""
    snapshot, first = snapshot_of(simulation.network), simulation.days[0]
    window = Window(str(first), str(simulation.days[-1]))
    account = account_facts(snapshot, {simulation.network.region: str(first)})
    usages = judge_window(
        [tracked(rule, None, None, first) for rule in snapshot.rules],
        {
            rule.rule_id: _added([result.counts[rule.rule_id] for result in results])
            for rule in snapshot.rules
        },
        Criteria(window, Limits(minimum_days=1), Exemptions(), account),
    )
    observed = Observed(
        seen_by_rule(row for result in results for row in result.evidence),
        admitted_sets(row for result in results for row in result.admitting_sets),
    )
    return conclude(union([snapshot]), usages, observed, Totals(), window, trade_off)


def _added(days: Sequence[RuleCounts]) -> RuleCounts:
    texts = ("never_logged", "last_used")
    sums = {
        each.name: sum(getattr(day, each.name) for day in days)
        for each in fields(RuleCounts)
        if each.name not in texts
    }
    last: dict[str, Any] = {
        name: max(getattr(day, name) or "" for day in days) or None for name in texts
    }
    return RuleCounts(**sums, **last)


def accepted(simulation: Simulation) -> Iterator[tuple[tuple[str, Request], frozenset[str]]]:
    """Each request of an ACCEPT record with the rules that admitted it; none without any."""
    network, logs = simulation.network, simulation.logs
    told = [record for record in logs.lost if is_told(record, simulation)]
    for record in (*logs.records, *logs.unlogged, *told):
        if record.conversation and record.flow and record.flow.action == "ACCEPT":
            interface, request = record.interface, record.conversation.request
            rules = rules_of_interface(network, interface, request.direction)
            admitted = frozenset(rule.rule_id for rule in rules if admits(network, rule, request))
            if admitted:
                yield (interface.interface_id, request), admitted


def is_told(record: Record, simulation: Simulation) -> bool:
    """Is the marker of a lost record in the logs of the simulation's days?"""
    interface_id, interval = record.interface.interface_id, simulation.logging.interval
    window = window_of(interface_id, record.end, interval)
    midnight_after = midnight(simulation.days[-1] + timedelta(days=1))
    return window_of(interface_id, midnight_after, interval) != window


def refused(
    network: Network, requests: Mapping[tuple[str, Request], frozenset[str]], plan: Plan
) -> Iterator[str]:
    """The requests that nothing would admit any more."""
    items = [item for item in plan.items if item.action is not Action.REVIEW]
    gone = {item.rule.rule_id: item for item in items}
    made = [
        (item.rule.group_id, _simulated(rule, f"new-{item.rule.rule_id}"))
        for item in items
        for rule in item.replacements
    ]
    for (interface_id, request), admitted in requests.items():
        if admitted - gone.keys():
            continue
        groups = network.interface[interface_id].group_ids
        if not any(group in groups and admits(network, rule, request) for group, rule in made):
            lost = [f"{gone[name].item_id} ({gone[name].reason})" for name in sorted(admitted)]
            yield f"{interface_id} {request} was admitted by {', '.join(lost)}"


def _simulated(rule: ExactRule, rule_id: str) -> Rule:
    first = -1 if rule.from_port is None else rule.from_port
    last = -1 if rule.to_port is None else rule.to_port
    return Rule(
        rule_id, rule.group_id, rule.direction, rule.ip_protocol, first, last, _peer(rule.peer)
    )


def _peer(peer: ExactPeer) -> Peer:
    if peer.prefix_list_id:
        return ListedPrefixes(peer.prefix_list_id)
    if peer.group_id:
        return GroupMembers(peer.group_id, peer.peering_id)
    return Cidr(peer.cidr_ipv4 or peer.cidr_ipv6 or "")


def table(tally: Tally) -> list[str]:
    """The tally in lines."""

    def lines(counts: Mapping[str, Any]) -> str:
        return ", ".join(f"{name}: {count}" for name, count in sorted(counts.items()))

    return [
        f"replay: {tally.networks} networks, {tally.requests} different requests, both trade-offs: "
        f"{len(tally.refused)} refused",
        f"  findings: {lines(tally.findings)}",
        f"  items: {lines(tally.items)}",
    ]
