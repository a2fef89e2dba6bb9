"""What holds in every world, and what exports of it tell."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import pytest

from simulation.formats import FORMATS
from simulation.intervals import span_of
from simulation.network import Rule
from simulation.random_network import random_network
from simulation.records import Conversation, Record
from simulation.security import admitting_rules
from simulation.simulation import Simulation
from simulation.truth import total
from simulation.worlds import EVERYTHING, PLAIN, STEADY, SWITCHES, WORLDS
from tests.simulation.played_worlds import (
    SEEDS,
    accepted,
    records,
    simulations,
    truth,
)


def test_every_switch_has_a_world_of_its_own_and_one_has_them_all() -> None:
    assert set(WORLDS) == {"plain", "steady", "everything", *SWITCHES}
    assert {name: WORLDS[name].switches for name in SWITCHES} == {name: [name] for name in SWITCHES}
    assert EVERYTHING.switches == list(SWITCHES)
    assert (STEADY.switches, PLAIN.switches) == ([], ["lossy"])


@pytest.mark.parametrize("name", WORLDS)
def test_the_truth_is_what_the_rules_say_of_every_record(name: str) -> None:
    for simulation in simulations(name):
        logged, lost, unlogged = (recounted(simulation, kind) for kind in KINDS)
        for day, of_day in simulation.truth().items():
            for rule_id, found in of_day.items():
                key = (rule_id, day)
                assert found.lost_times == at_least_one(lost, key)
                assert found.unlogged_times == at_least_one(unlogged, key)
                if logged[True][key] or not logged[False][key]:
                    assert found.used_times == logged[True][key]
                else:
                    assert found.used_times == 1, "replies alone"


KINDS = ("records", "lost", "unlogged")
Recount = dict[bool, Counter[tuple[str, date]]]


def recounted(simulation: Simulation, kind: str) -> Recount:
    """Requests, and conversations of which there are replies alone, by the rule that admitted them
    and by day; of rules that are still the same."""
    last = {rule.rule_id: rule for rule in simulation.network.rules}
    conversations: dict[tuple[Conversation, date], list[Record]] = defaultdict(list)
    for record in getattr(simulation.logs, kind):
        if record.conversation and accepted(record):
            conversations[record.conversation, record.day].append(record)
    counted: Recount = {True: Counter(), False: Counter()}
    for (conversation, day), members in conversations.items():
        requests = sum(each.is_request for each in members)
        for rule in admitting(simulation, conversation):
            if last.get(rule.rule_id, rule) == rule:
                counted[requests > 0][rule.rule_id, day] += max(requests, 1)
    return counted


def at_least_one(counted: Recount, key: tuple[str, date]) -> int:
    return counted[True][key] + counted[False][key]


def admitting(simulation: Simulation, conversation: Conversation) -> list[Rule]:
    """The rules that admitted a conversation when it was opened."""
    if conversation.is_related:
        return []
    network = simulation.history.at(conversation.opened)
    interface = network.interface[conversation.interface_id]
    return admitting_rules(network, interface, conversation.request)


@pytest.mark.parametrize("name", WORLDS)
def test_every_accepted_request_had_a_rule(name: str) -> None:
    for simulation in simulations(name):
        for record in records(simulation):
            if record.conversation and record.is_request and accepted(record):
                conversation = record.conversation
                assert admitting(simulation, conversation) or conversation.is_related


@pytest.mark.parametrize("name", WORLDS)
def test_rules_of_every_kind_are_left_over(name: str) -> None:
    found = [each for seed in SEEDS for each in truth(name, seed).values()]
    unused = sum(not each.was_used for each in found)
    assert len(found) / 5 < unused < len(found) * 4 / 5


@pytest.mark.parametrize("name", [name for name in WORLDS if name != "plain"])
def test_windows_are_long_and_records_few(name: str) -> None:
    for simulation in simulations(name):
        assert 8 <= len(simulation.days) <= 14
        assert len(simulation.logs.records) < 40_000
        assert len({each.vpc_id for each in simulation.network.interfaces}) >= 2


@pytest.mark.parametrize("name", ["steady", "launched", "churn", "shared_vpc"])
def test_every_half_hour_of_every_interface_in_use_is_told_of(name: str) -> None:
    for simulation in simulations(name)[:3]:
        told: dict[str, set[int]] = defaultdict(set)
        for record in simulation.logs.records:
            if record.start // 1800 == record.end // 1800:
                told[record.interface.interface_id].add(record.start // 1800)
        window = span_of(simulation.days)
        for interface_id, spans in simulation.history.spans_in_use.items():
            for since, until in spans:
                first = -(-max(since, window.first) // 1800)
                after = min(until, window.after) // 1800
                assert set(range(first, after)) <= told[interface_id]


def test_a_seed_always_gives_the_same() -> None:
    again, other = (random_network(seed, EVERYTHING) for seed in (3, 4))
    first = simulations("everything")[3]
    assert again.deliveries == first.deliveries
    assert again.exports() == first.exports() != other.exports()


def test_a_steady_world_is_logged_as_a_whole() -> None:
    for simulation in simulations("steady"):
        assert (simulation.logs.lost, simulation.logs.unlogged) == ((), ())
        assert len(simulation.history.pictures) == 1


@pytest.mark.parametrize("name", ["everything", "churn", "changes", "launched"])
def test_exports_tell_of_their_moment(name: str) -> None:
    for simulation in simulations(name)[:2]:
        for at, network in simulation.history.pictures:
            exported = {
                item["NetworkInterfaceId"]
                for documents in simulation.exports(at).values()
                for item in documents["network-interfaces.json"]["NetworkInterfaces"]
            }
            present = {each.interface_id for each in network.interfaces if each.in_snapshot}
            assert exported == present


@pytest.mark.parametrize("log_format", FORMATS)
def test_any_format_tells_of_the_same(log_format: str) -> None:
    made = random_network(1, WORLDS["steady"], FORMATS[log_format])
    assert {each.log_format for each in made.flow_logs} == {FORMATS[log_format]}
    assert len(made.logs.records) == len(simulations("steady")[1].logs.records)
    used = {rule_id: each.was_used for rule_id, each in total(made.truth()).items()}
    assert used == {rule_id: each.was_used for rule_id, each in truth("steady", 1).items()}
