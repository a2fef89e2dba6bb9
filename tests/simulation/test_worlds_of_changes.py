"""Worlds whose pictures were true at another time: each switch puts in what it says."""

from __future__ import annotations

from collections import Counter, defaultdict

from simulation.intervals import DAY
from simulation.network import Interface, Network
from simulation.records import Record
from tests.simulation.played_worlds import (
    rules,
    simulations,
)


def test_churn() -> None:
    homes = set()
    for simulation in simulations("churn"):
        network = simulation.network
        gone = [
            interface
            for interface_id, interface in simulation.history.interfaces.items()
            if interface_id not in network.interface
        ]
        assert len(gone) >= 3
        homes |= {home(network, each) for each in gone}
        used, unused = rules(simulation, "store")
        assert (used.was_used, unused.was_used) == (True, False)
    assert homes == {"secondary block", "peered", "behind a transit gateway"}


def home(network: Network, interface: Interface) -> str:
    base = network.vpcs[0].vpc_id
    if interface.vpc_id == base:
        assert interface.primary.startswith("100.64.")
        return "secondary block"
    assert network.are_connected(interface.vpc_id, base)
    is_peered = any(each.connects(interface.vpc_id, base) for each in network.peerings)
    return "peered" if is_peered else "behind a transit gateway"


def test_address_reuse() -> None:
    for simulation in simulations("address_reuse"):
        holders = defaultdict(list)
        for interface in simulation.history.interfaces.values():
            holders[interface.primary].append(interface)
        ((first, second),) = [each for each in holders.values() if len(each) > 1]
        assert first.interface_id not in simulation.network.interface
        assert not set(first.group_ids) & set(second.group_ids)
        (before,) = rules(simulation, "store", 6379)
        assert before.used_times


def test_overlapping() -> None:
    for simulation in simulations("overlapping"):
        network = simulation.network
        holders = defaultdict(set)
        for interface in simulation.history.interfaces.values():
            holders[interface.primary].add(interface.vpc_id)
        shared = [vpcs for vpcs in holders.values() if len(vpcs) > 1]
        assert len(shared) == 2
        assert not any(network.are_connected(*vpcs) for vpcs in shared)
        assert [each.was_used for each in rules(simulation, "store")] == [True, False]


def test_changes() -> None:
    facts = Counter[str]()
    for simulation in simulations("changes"):
        used, unused = rules(simulation, "old")
        assert (used.was_used, unused.was_used) == (True, False)
        carried = {group for each in simulation.network.interfaces for group in each.group_ids}
        (old,) = [each for each in simulation.network.groups if each.name.startswith("old-")]
        assert old.group_id not in carried
        assert rules(simulation, "reports", 9300)[0].was_used
        moved_port, moved_source = rules(simulation, "search")
        assert moved_port.former_times > 0 < moved_source.former_times
        assert not moved_port.was_used
        facts["used as it is now"] += moved_source.was_used
        facts["outlives the change"] += any(outlives(each) for each in simulation.logs.records)
    assert min(facts["used as it is now"], facts["outlives the change"]) >= 1


def outlives(record: Record) -> bool:
    """Does it lie a day or more after its conversation was opened, at a port that changed?"""
    conversation = record.conversation
    old = conversation is not None and conversation.opened < record.start - DAY
    return old and conversation is not None and 9200 <= conversation.request.port <= 9600
