"""Every world, played once for all tests, and what they ask of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from simulation.intervals import span_of
from simulation.random_network import random_network
from simulation.records import Record
from simulation.simulation import Simulation
from simulation.truth import RuleTruth, total
from simulation.worlds import WORLDS

SEEDS = range(6)


@cache
def simulations(name: str) -> list[Simulation]:
    return [random_network(seed, WORLDS[name]) for seed in SEEDS]


@cache
def truth(name: str, seed: int) -> dict[str, RuleTruth]:
    return total(simulations(name)[seed].truth())


def rules(simulation: Simulation, group: str, *ports: int) -> list[RuleTruth]:
    """The truth of the rules of groups with a name, that begin at one of the ports."""
    network = simulation.network
    found = truth(simulation.world.name, simulation.seed)
    return [
        found[rule.rule_id]
        for rule in network.rules
        if network.group[rule.group_id].name.rpartition("-")[0] == group
        and (not ports or rule.first in ports)
    ]


def records(simulation: Simulation) -> Iterable[Record]:
    """Of all the traffic, logged or not."""
    logs = simulation.logs
    return [each for each in (*logs.records, *logs.lost, *logs.unlogged) if each.flow]


def at_end(simulation: Simulation) -> int:
    return span_of(simulation.days).after


def accepted(record: Record) -> bool:
    return record.flow is not None and record.flow.action == "ACCEPT"


def unseen(each: RuleTruth) -> bool:
    return each.was_used and not each.used_times
