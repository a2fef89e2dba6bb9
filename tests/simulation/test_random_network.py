"""Random networks: the same for a seed, and together they hold every kind of thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.connections import Connection
from simulation.formats import FORMATS, line
from simulation.network import Cidr, GroupMembers, ListedPrefixes
from simulation.random_network import random_network
from simulation.security import admitting_rules
from simulation.simulation import Simulation
from simulation.truth import total

SEEDS = range(30)


@pytest.fixture(scope="module")
def simulations() -> list[Simulation]:
    return [random_network(seed) for seed in SEEDS]


def files(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_a_seed_always_gives_the_same_files(tmp_path: Path) -> None:
    first = random_network(7).write(tmp_path / "first")
    again = random_network(7).write(tmp_path / "again")
    other = random_network(8).write(tmp_path / "other")
    assert files(first) == files(again)
    assert files(first) != files(other)


def test_every_accepted_request_has_a_rule_and_every_reject_a_reason(
    simulations: list[Simulation],
) -> None:
    for simulation in simulations:
        for record in simulation.logs.records:
            if record.flow is None or record.conversation is None or not record.is_request:
                continue
            request = record.conversation.request
            rules = admitting_rules(simulation.network, record.interface, request)
            if record.flow.action == "ACCEPT":
                assert rules
            else:
                assert not rules or simulation.network.denials


def test_truth_adds_up(simulations: list[Simulation]) -> None:
    for simulation in simulations:
        for log_format in (FORMATS["custom"], FORMATS["default"]):
            for counts in total(simulation.truth(log_format)).values():
                assert 0 <= counts.sole_times <= counts.used_times
                assert 0 <= counts.hidden_times <= counts.used_times


def test_flags_hide_no_more_than_their_absence(simulations: list[Simulation]) -> None:
    def hidden(simulation: Simulation, name: str) -> int:
        return sum(each.hidden_times for each in total(simulation.truth(FORMATS[name])).values())

    with_flags = sum(hidden(simulation, "custom") for simulation in simulations)
    without = sum(hidden(simulation, "default") for simulation in simulations)
    assert 0 < with_flags < without


def test_no_two_connections_have_the_same_ends(simulations: list[Simulation]) -> None:
    def ends(connection: Connection) -> tuple[int, frozenset[tuple[str, int]]]:
        client = (connection.client, connection.client_port)
        return connection.protocol, frozenset({client, (connection.server, connection.server_port)})

    for simulation in simulations:
        assert len({ends(each) for each in simulation.connections}) == len(simulation.connections)


def test_together_they_hold_every_kind_of_record(simulations: list[Simulation]) -> None:
    fields = FORMATS["custom"]
    records = [each for simulation in simulations for each in simulation.logs.records]
    shown = {
        (record.log_status, record.flow and record.flow.action, record.is_request)
        for record in records
    }
    assert shown == {
        ("OK", "ACCEPT", True),
        ("OK", "ACCEPT", False),
        ("OK", "REJECT", True),
        ("OK", "REJECT", False),
        ("NODATA", None, False),
        ("SKIPDATA", None, False),
    }
    assert {each.flow.protocol for each in records if each.flow} == {1, 6, 17, 47, 50, 58}
    flags = {each.flags for each in records if each.flow and each.flow.protocol == 6}
    assert flags >= {0, 1, 2, 3, 4, 18, 19, 22}
    widths = {len(line(each, simulations[0].network, fields).split()) for each in records}
    assert widths == {len(fields.names)}


def test_together_they_hold_every_kind_of_rule_and_interface(
    simulations: list[Simulation],
) -> None:
    networks = [simulation.network for simulation in simulations]
    rules = [rule for network in networks for rule in network.rules]
    assert {type(rule.peer) for rule in rules} == {Cidr, ListedPrefixes, GroupMembers}
    assert any(rule.peer == GroupMembers(rule.group_id) for rule in rules)
    assert any(isinstance(rule.peer, GroupMembers) and rule.peer.peering_id for rule in rules)
    interfaces = [each for network in networks for each in network.interfaces]
    assert any(not each.in_snapshot for each in interfaces)
    assert any(each.prefixes for each in interfaces)
    assert any(not each.group_ids for each in interfaces)
    assert any(simulation.logs.unlogged for simulation in simulations)


def test_together_their_rules_have_every_fate(simulations: list[Simulation]) -> None:
    counts = [
        each
        for simulation in simulations
        for each in total(simulation.truth(FORMATS["custom"])).values()
    ]
    assert any(each.used_times > each.sole_times > 0 for each in counts)
    assert any(each.lost_times for each in counts)
    assert any(each.used_times == 0 and each.unlogged_times for each in counts)
    assert any(each.hidden_times for each in counts)
    assert any(not each.was_used and each.phantom_times for each in counts)
    assert sum(not each.was_used for each in counts) > len(counts) / 5
