"""Worlds of misleading ports and flags: each switch puts in what it says."""

from __future__ import annotations

from collections import Counter

from simulation.intervals import span_of
from simulation.security import Request
from simulation.simulation import Simulation
from tests.simulation.played_worlds import (
    accepted,
    rules,
    simulations,
)


def requests(simulation: Simulation, protocol: int) -> list[tuple[Request, int]]:
    """(request, client port) of each conversation of accepted records."""
    found = {
        (each.conversation.request, each.conversation.client_port)
        for each in simulation.logs.records
        if each.conversation and each.conversation.request.protocol == protocol and accepted(each)
    }
    return sorted(found, key=repr)


def test_low_client_ports() -> None:
    for simulation in simulations("low_client_ports"):
        low = [
            request
            for request, port in requests(simulation, 6)
            if port < 1024 <= request.port != 2049
        ]
        assert {each.direction for each in low} == {"ingress", "egress"}
        decoys = [each for each in rules(simulation, "transfer") if not each.was_used]
        assert len(decoys) == 6
        assert any(each.phantom_times for each in decoys)


def test_fixed_client_ports() -> None:
    roles = set()
    for simulation in simulations("fixed_client_ports"):
        for port, protocol in ((4001, 6), (5060, 17), (514, 17)):
            peers = Counter(
                request.direction
                for request, client_port in requests(simulation, protocol)
                if port == (request.port if request.direction == "ingress" else client_port)
            )
            roles |= {direction for direction, count in peers.items() if count >= 8}
        used = [each.was_used for each in rules(simulation, "peer-to-peer")]
        assert used in (
            [True, False, True, False],
            [True, False, False, True],
            [False, True, True, False],
            [False, True, False, True],
        )
    assert roles == {"ingress", "egress"}


def test_old_syns() -> None:
    for simulation in simulations("old_syns"):
        first = span_of(simulation.days).first
        opened = [
            each.conversation.opened
            for each in simulation.logs.records
            if each.conversation and each.conversation.request.port == 9092
        ]
        assert min(opened) < first
        assert all(each.used_times for each in rules(simulation, "brokers", 9092))
        decoy = rules(simulation, "brokers", 1024) + rules(simulation, "consumers", 32_768)
        assert [(each.was_used, each.phantom_times > 0) for each in decoy] == [(False, True)] * 2


def test_one_way() -> None:
    for simulation in simulations("one_way"):
        pairs = {(own, request.port) for request, own in requests(simulation, 17)}
        assert (514, 5140) in pairs
        errors = [
            each
            for each in simulation.logs.records
            if each.conversation and each.conversation.is_related
        ]
        assert {each.flow.direction for each in errors if each.flow} >= {"ingress"}
        collector = rules(simulation, "collector")
        assert [each.was_used for each in collector] == [True, False, True, False, False]
