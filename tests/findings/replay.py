"""Apply a plan to the simulated network, and let the observed traffic ask again.

What was accepted then must be accepted now: each request of an ACCEPT record, logged or lost, that
some rule of its interface admitted before must have a rule that admits it after.

One thing no reader of the logs can know: records lost in an interval that ends after midnight of
the last day. The marker of the loss is in the logs of the day after; those are left out here.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from aws_network.findings import Finding, findings_of
from aws_network.findings.narrowing import TradeOff
from aws_network.findings.observed import Observed, admitted_sets, seen_by_rule
from aws_network.findings.rule_use import RuleUse
from aws_network.flow_logs.window import Window
from aws_network.network.inventory import union
from aws_network.usage.verdicts import Limits, RuleCounts, verdict
from plan import model
from plan.build import Given, make_plan
from plan.exact_rule import ExactRule
from plan.exact_rule import Peer as ExactPeer
from simulation.intervals import window_of
from simulation.network import Cidr, GroupMembers, ListedPrefixes, Network, Peer, Rule
from simulation.random_network import random_network
from simulation.records import Record, midnight
from simulation.security import Request, admits, rules_of_interface
from simulation.simulation import Simulation
from tests.accuracy.judged import plays, snapshot_of
from tests.attribution.harness import Result, run_cases

FORMATS = ("custom", "default", "parquet", "default-parquet")
TRADE_OFFS: tuple[TradeOff, ...] = ("fewer", "tighter")
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
    for trade_off in TRADE_OFFS:
        found, plan = conclude(simulation, results, trade_off)
        tally.findings.update(f"{each.kind} {each.reason_code}" for each in found)
        tally.items.update(f"{item.action} {item.finding or item.status}" for item in plan.items)
        for line in refused(simulation.network, requests, plan):
            tally.refused.append(f"seed {simulation.seed}, {trade_off}: {line}")


def conclude(
    simulation: Simulation, results: Sequence[Result], trade_off: TradeOff
) -> tuple[list[Finding], model.Plan]:
    """What the product says of the simulation's logs."""
    inventory = union([snapshot_of(simulation.network)])
    window = Window(str(simulation.days[0]), str(simulation.days[-1]))
    uses = {
        rule.rule_id: _use([each.counts[rule.rule_id] for each in results], window)
        for rule in inventory.latest_rules
    }
    observed = Observed(
        seen_by_rule(row for each in results for row in each.evidence),
        admitted_sets(row for each in results for row in each.admitting_sets),
    )
    found = findings_of(inventory, uses, observed, trade_off)
    given = Given(inventory, uses, found, window, observed=observed, trade_off=trade_off)
    return found, make_plan(given)


def _use(days: Sequence[RuleCounts], window: Window) -> RuleUse:
    """As the compute job folds days into an item of the usage table."""
    counts, limits = _added(days), Limits(minimum_days=1)
    judged = verdict(counts, window, limits=limits)
    silent = replace(counts, used_times=0, sole_times=0, ambiguous_times=0)
    return RuleUse(
        judged.status,
        judged.reason,
        judged.reason_code,
        counts.used_times,
        counts.sole_times,
        counts.ambiguous_times,
        counts.days_used,
        counts.days_attached,
        counts.days_observed,
        is_steady=True,
        last_used=counts.last_used,
        is_fully_observed=verdict(silent, window, limits=limits).status == "unused",
    )


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
            admitted = frozenset(each.rule_id for each in rules if admits(network, each, request))
            if admitted:
                yield (interface.interface_id, request), admitted


def is_told(record: Record, simulation: Simulation) -> bool:
    """Is the marker of a lost record in the logs of the simulation's days?"""
    interface_id, interval = record.interface.interface_id, simulation.logging.interval
    window = window_of(interface_id, record.end, interval)
    midnight_after = midnight(simulation.days[-1] + timedelta(days=1))
    return window_of(interface_id, midnight_after, interval) != window


def refused(
    network: Network, requests: Mapping[tuple[str, Request], frozenset[str]], plan: model.Plan
) -> Iterator[str]:
    """The requests that nothing would admit any more."""
    items = [item for item in plan.items if item.action != "review"]
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
            lost = [f"{gone[each].item_id} ({gone[each].reason})" for each in sorted(admitted)]
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
