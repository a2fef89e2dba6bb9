"""Runs random networks through the product and holds every rule against the truth."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pyspark.sql import SparkSession

from aws_network.flow_logs.formats import parse_format
from aws_network.network.groups import group_from_api
from aws_network.network.interfaces import interface_from_api
from aws_network.network.prefix_lists import prefix_list_from_api
from aws_network.network.rules import rule_from_api
from aws_network.network.snapshot import Snapshot
from simulation.exports import (
    managed_prefix_list_entries,
    managed_prefix_lists,
    security_group_rules,
    security_groups,
)
from simulation.formats import FORMATS, values
from simulation.interface_exports import network_interfaces
from simulation.network import Network
from simulation.random_network import random_network
from simulation.simulation import Simulation
from simulation.truth import RuleTruth
from tests.attribution.harness import Case, Result, run_cases

NETWORKS_AT_ONCE = 50


@dataclass
class Score:
    """Rules of a format, each on each day of its network, held against the truth."""

    log_format: str
    networks: int = 0
    records: int = 0
    tcp: int = 0
    """TCP rules whose use the logs can tell exactly"""
    tcp_exact: int = 0
    udp: int = 0
    udp_exact: int = 0
    all_tcp: int = 0
    """TCP rules, also those whose use the logs leave open"""
    all_tcp_exact: int = 0
    unused: int = 0
    """rules that nothing used, on interfaces that were logged"""
    found: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    """what the product said of those"""
    false_unused: list[str] = field(default_factory=list)
    inexact: list[str] = field(default_factory=list)

    def add(
        self, label: str, truth: RuleTruth, result: Result, rule_id: str, protocol: str
    ) -> None:
        """Judges one rule on one day."""
        status = result.verdicts[rule_id].status
        if truth.was_used and status in ("unused", "unattached"):
            self.false_unused.append(f"{label} {rule_id}: {truth} but {result.counts[rule_id]}")
        if not truth.was_used and status != "not_observed":
            self.unused += 1
            self.found += status in ("unused", "unattached")
            self.statuses[status] += 1
        self._count(label, truth, result, rule_id, protocol)

    def _count(
        self, label: str, truth: RuleTruth, result: Result, rule_id: str, protocol: str
    ) -> None:
        counts = result.counts[rule_id]
        exact = counts.used_times == truth.used_times and (
            bool(truth.doubtful_sole_times) or counts.sole_times == truth.sole_times
        )
        if protocol == "tcp":
            self.all_tcp += 1
            self.all_tcp_exact += exact
        if protocol in ("tcp", "udp") and truth.is_certain:
            setattr(self, protocol, getattr(self, protocol) + 1)
            setattr(self, f"{protocol}_exact", getattr(self, f"{protocol}_exact") + exact)
            if not exact:
                self.inexact.append(f"{label} {rule_id}: {truth} but {counts}")


def judge(spark: SparkSession, log_format: str, seeds: Sequence[int], folder: Path) -> Score:
    """The score of a format (a name in simulation.formats.FORMATS) over the networks of seeds."""
    score = Score(log_format, networks=len(seeds))
    for start in range(0, len(seeds), NETWORKS_AT_ONCE):
        batch = seeds[start : start + NETWORKS_AT_ONCE]
        played = [play for seed in batch for play in plays(random_network(seed), log_format)]
        results = run_cases(spark, [play.case for play in played], folder)
        for play, result in zip(played, results, strict=True):
            score.records += len(play.case.records)
            protocols = {r.rule_id: r.protocol_text for r in play.case.snapshot.rules}
            for rule_id, protocol in protocols.items():
                score.add(play.label, play.truth[rule_id], result, rule_id, protocol)
    return score


@dataclass(frozen=True)
class Play:
    """A day of a simulated network, with its truth."""

    label: str
    case: Case
    truth: dict[str, RuleTruth]


def plays(simulation: Simulation, log_format: str) -> Iterator[Play]:
    """Each day of a simulation as a case."""
    form = FORMATS[log_format]
    fields = parse_format(form.log_format)
    network, truth = simulation.network, simulation.truth(form)
    snapshot = snapshot_of(network)
    by_day: dict[date, list[list[object]]] = {day: [] for day in simulation.days}
    for record in simulation.logs.records:
        if record.day in by_day:
            by_day[record.day].append(list(values(record, network, form)))
    for day, records in by_day.items():
        if form.file_format == "text":
            records = [["-" if v is None else str(v) for v in record] for record in records]
        case = Case(snapshot, fields, records, form.file_format, network.account_id, network.region)
        yield Play(f"{log_format} seed {simulation.seed} {day}", case, truth[day])


def snapshot_of(network: Network) -> Snapshot:
    """The network as the collector sees it: through the AWS CLI's answers."""
    region = network.region
    entries = {
        each.prefix_list_id: managed_prefix_list_entries(each)["Entries"]
        for each in network.prefix_lists
    }
    return Snapshot(
        rules=tuple(
            rule_from_api(item, region)
            for item in security_group_rules(network)["SecurityGroupRules"]
        ),
        groups=tuple(
            group_from_api(item, region) for item in security_groups(network)["SecurityGroups"]
        ),
        interfaces=tuple(
            interface_from_api(item, region)
            for item in network_interfaces(network)["NetworkInterfaces"]
        ),
        prefix_lists=tuple(
            prefix_list_from_api(item, entries[item["PrefixListId"]], region)
            for item in managed_prefix_lists(network)["PrefixLists"]
        ),
    )
