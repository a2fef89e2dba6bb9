"""Holds what the product says of simulated accounts against the truth.

Each network is an account of its own, collected and analysed over all its days as the product does:
analyse_days, the fold of the window, judge_window with the default settings, and conclude.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow
from pyarrow import compute, parquet
from pyspark.sql import SparkSession

from aws_network.findings import TradeOff
from aws_network.findings.observed import Observed, admitted_sets, seen_by_rule
from aws_network.flow_logs.window import Window
from aws_network.network.inventory import Inventory, union
from aws_network.stores.window_results import read_flows
from aws_network.usage.analysis import DayResults, analyse_days
from aws_network.usage.exemptions import Exemptions
from aws_network.usage.judging import Criteria, RuleUsage, account_facts, judge_window
from aws_network.usage.tracked_rules import tracked
from aws_network.usage.verdicts import Limits, RuleCounts
from plan.conclusions import Conclusions, conclude
from plan.model import Action, Totals
from simulation.formats import FORMATS
from simulation.random_network import random_network
from simulation.security import Request
from simulation.simulation import Simulation
from simulation.truth import Admitted, RuleTruth, total
from simulation.worlds import WORLDS
from tests.accuracy.played import REGIMES, latest_snapshot, played_days
from tests.accuracy.replayed import refused
from tests.attribution.harness import FIRST_CASE, counts_of_accounts, on_day

NETWORKS_AT_ONCE = 20
FEW_DAYS = 7
"""A network with fewer days is for exact counts; it is judged without a minimum of days."""


@dataclass
class Score:
    """The rules of a world and format over all their days, held against the truth."""

    world: str
    log_format: str
    networks: int = 0
    records: int = 0
    rules: int = 0
    in_doubt: int = 0
    """rules that are neither called used nor unused"""
    unused: int = 0
    """rules that no traffic used"""
    found: int = 0
    """those of them that are called unused or unattached"""
    false_unused: list[str] = field(default_factory=list)
    false_used: int = 0
    tcp: int = 0
    """TCP rules, by day, whose use the logs can tell exactly"""
    tcp_exact: int = 0
    refused: list[str] = field(default_factory=list)
    """requests that were accepted and that the plan would refuse"""
    wrongly_planned: list[str] = field(default_factory=list)
    """rules in use that the plan removes as unused"""
    reasons: Counter[str] = field(default_factory=Counter)
    """reason codes of unused rules that were not found"""
    inexact: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Account:
    """A simulation and what the product says of it."""

    name: str
    simulation: Simulation
    regime: str
    results: Mapping[date, DayResults]

    @property
    def window(self) -> Window:
        return Window(str(self.simulation.days[0]), str(self.simulation.days[-1]))

    def usages(self, counts: Mapping[str, RuleCounts]) -> list[RuleUsage]:
        """The status of each current rule, with the default settings."""
        snapshot, first = latest_snapshot(self.simulation), self.simulation.days[0]
        few = len(self.simulation.days) < FEW_DAYS
        limits = Limits(minimum_days=1) if few else Limits()
        account = account_facts(snapshot, {self.simulation.network.region: str(first)})
        groups = {group.group_id: group for group in snapshot.groups}
        rules = [tracked(r, groups.get(r.group_id), None, first) for r in snapshot.rules]
        return judge_window(rules, counts, Criteria(self.window, limits, Exemptions(), account))

    def concluded(self, usages: Iterable[RuleUsage], trade_off: TradeOff) -> Conclusions:
        """The findings and the plan."""
        snapshot = latest_snapshot(self.simulation)
        versions = {rule.rule_id: rule.version for rule in snapshot.rules}
        days = self.results.values()
        observed = Observed(
            seen_by_rule(asdict(row) for day in days for row in day.evidence),
            admitted_sets((asdict(row) for day in days for row in day.admitting_sets), versions),
        )
        inventory = union([snapshot])
        return conclude(inventory, usages, observed, Totals(), self.window, trade_off)


def judge(
    spark: SparkSession, world: str, log_format: str, seeds: Sequence[int], folder: Path
) -> Score:
    """The score of a world and a format (a name in simulation.formats.FORMATS) over seeds."""
    score = Score(world, log_format, networks=len(seeds))
    for start in range(0, len(seeds), NETWORKS_AT_ONCE):
        batch = seeds[start : start + NETWORKS_AT_ONCE]
        accounts = list(analysed(spark, world, log_format, batch, folder, score))
        for account, counts in counted(spark, accounts):
            _judge(score, account, counts)
    return score


def analysed(
    spark: SparkSession,
    world: str,
    log_format: str,
    seeds: Sequence[int],
    folder: Path,
    score: Score,
) -> Iterator[Account]:
    """The accounts of the seeds, all analysed in one run; each of their days has one of its own."""
    simulations = {seed: random_network(seed, WORLDS[world], FORMATS[log_format]) for seed in seeds}
    played = {
        (seed, day): of_day
        for seed, simulation in simulations.items()
        for day, of_day in played_days(simulation, REGIMES[seed % len(REGIMES)]).items()
    }
    shift = _shifts(simulations)
    place = {(seed, day): day + shift[seed] for seed, day in played}
    tables = [_own_flow_logs(on_day(of.rows, place[key]), key[0]) for key, of in played.items()]
    path = folder / "flows.parquet"
    parquet.write_table(pyarrow.concat_tables(tables), path)
    own = {
        (key[0], id(of.inventory)): moved(of.inventory, key[0], shift[key[0]])
        for key, of in played.items()
    }
    inventories = {place[key]: own[key[0], id(of.inventory)] for key, of in played.items()}
    results = analyse_days(read_flows(spark, [str(path)]), inventories, {})
    for seed, simulation in simulations.items():
        days = {day: results[place[seed, day]] for day in simulation.days}
        regime = REGIMES[seed % len(REGIMES)]
        score.records += sum(len(delivery.records) for delivery in simulation.deliveries)
        yield Account(f"{world} {log_format} seed {seed} ({regime})", simulation, regime, days)


def _own_flow_logs(rows: pyarrow.Table, seed: int) -> pyarrow.Table:
    """The rows with ids of flow logs that no other network of the run has."""
    place = rows.schema.get_field_index("flow_log_id")
    ids = compute.binary_join_element_wise(rows["flow_log_id"], f"of{seed}", "")
    return rows.set_column(place, "flow_log_id", ids)


def _shifts(simulations: Mapping[int, Simulation]) -> dict[int, timedelta]:
    """By how much the days of each simulation move, so that no two share one."""
    shifts, free = {}, FIRST_CASE
    for seed, simulation in simulations.items():
        shifts[seed] = free - simulation.days[0]
        free += timedelta(days=len(simulation.days) + 1)
    return shifts


def moved(inventory: Inventory, seed: int, shift: timedelta) -> Inventory:
    """The inventory as it would be at another time, with ids of flow logs of its own."""
    interfaces = tuple(
        replace(i, attached_at=_later(i.attached_at, shift)) if i.attached_at else i
        for i in inventory.interfaces
    )
    if inventory.flow_logs is None:
        return replace(inventory, interfaces=interfaces)
    logs = (
        replace(
            log,
            flow_log_id=f"{log.flow_log_id}of{seed}",
            created_at=_later(log.created_at, shift),
        )
        for log in inventory.flow_logs
    )
    return replace(inventory, interfaces=interfaces, flow_logs=tuple(logs))


def _later(moment: str, shift: timedelta) -> str:
    return (datetime.fromisoformat(moment) + shift).isoformat()


def counted(
    spark: SparkSession, accounts: Sequence[Account]
) -> Iterator[tuple[Account, dict[str, RuleCounts]]]:
    """The accounts with the counts of their rules; those of one window are folded together."""
    windows = {(account.window.first, account.window.last): account.window for account in accounts}
    for window in windows.values():
        same = [account for account in accounts if account.window == window]
        counts = counts_of_accounts(spark, {a.name: a.results for a in same}, window)
        yield from ((account, counts[account.name]) for account in same)


def _judge(score: Score, account: Account, counts: Mapping[str, RuleCounts]) -> None:
    by_day = account.simulation.truth()
    truth, usages = total(by_day), account.usages(counts)
    for usage in usages:
        _judge_rule(score, account, usage, truth[usage.rule.rule_id])
    for day, results in account.results.items():
        _count_exact(score, account, day, results, by_day[day])
    requests = dict(accepted(account.simulation))
    for trade_off in TradeOff:
        plan = account.concluded(usages, trade_off).plan
        lines = refused(account.simulation.history, requests, plan)
        score.refused += [f"{account.name}, {trade_off}: {line}" for line in lines]
        score.wrongly_planned += [
            f"{account.name}: {item.item_id} {item.reason}"
            for item in plan.items
            if item.action is Action.REMOVE
            and item.status == "unused"
            and truth[str(item.rule.rule_id)].was_used
        ]


def _judge_rule(score: Score, account: Account, usage: RuleUsage, truth: RuleTruth) -> None:
    is_unused = usage.status in ("unused", "unattached")
    score.rules += 1
    score.in_doubt += not is_unused and not usage.status.is_used
    if truth.was_used:
        if is_unused:
            said = f"{usage.rule.rule_id}: {truth} but {usage.status} {usage.counts}"
            score.false_unused.append(f"{account.name} {said}")
        return
    score.unused += 1
    score.found += is_unused
    score.false_used += usage.status.is_used
    if not is_unused:
        score.reasons[str(usage.reason_code)] += 1


def _count_exact(
    score: Score,
    account: Account,
    day: date,
    results: DayResults,
    truth: Mapping[str, RuleTruth],
) -> None:
    for rule_day in results.usage:
        known = truth.get(rule_day.rule.rule_id)
        if rule_day.rule.protocol_text == "tcp" and known and known.is_certain:
            score.tcp += 1
            exact = rule_day.uses.used_times == known.used_times
            score.tcp_exact += exact
            if not exact:
                what = f"{rule_day.rule.rule_id}: {known} but {rule_day.uses}"
                score.inexact.append(f"{account.name} {day} {what}")


def accepted(simulation: Simulation) -> Iterator[tuple[tuple[str, Request], frozenset[str]]]:
    """Each request that was accepted, logged or not, with the rules that would admit it now too:
    of groups that its interface has not left."""
    admitted, logs, days = Admitted(simulation.history), simulation.logs, set(simulation.days)
    group_of = {rule.rule_id: rule.group_id for rule in simulation.network.rules}
    for record in (*logs.records, *logs.lost, *logs.unlogged):
        if record.day not in days:
            continue
        if record.conversation and record.flow and record.flow.action == "ACCEPT":
            interface_id = record.interface.interface_id
            groups = simulation.history.interfaces[interface_id].group_ids
            then = admitted.rules(record.conversation) - admitted.former(record.conversation)
            rules = frozenset(rule_id for rule_id in then if group_of.get(rule_id) in groups)
            if rules:
                yield (interface_id, record.conversation.request), rules
