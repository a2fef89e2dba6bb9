"""Worlds of interfaces, groups and load balancers: each switch puts in what it says."""

from __future__ import annotations

import ipaddress
from collections import Counter

from simulation.intervals import span_of
from simulation.network import Network
from tests.simulation.played_worlds import (
    rules,
    simulations,
)


def test_preserved_clients() -> None:
    seen = Counter[str]()
    for simulation in simulations("preserved_clients"):
        kinds = {each.kind: each for each in simulation.network.interfaces}
        for record in simulation.logs.records:
            if record.conversation and record.conversation.request.via and record.is_request:
                via = simulation.network.interface[record.conversation.request.via]
                assert record.flow is not None
                assert record.flow.packet_source not in via.addresses
                seen[f"{via.kind} {place(simulation.network, record.flow.packet_source)}"] += 1
        checks = rules(simulation, "nlb-targets", 8081) or rules(simulation, "nlb-targets", 0)
        assert checks == [] or checks[0].used_times
        assert [each.was_used for each in rules(simulation, "web")] == [False, True]
        assert "global_accelerator_managed" in kinds
    assert set(seen) == {
        "network_load_balancer public",
        "network_load_balancer private",
        "network_load_balancer interface",
        "global_accelerator_managed public",
    }


def place(network: Network, address: str) -> str:
    if network.interface_at(address):
        return "interface"
    private = ipaddress.ip_address(address) in ipaddress.ip_network("10.0.0.0/8")
    return "private" if private else "public"


def test_detached() -> None:
    for simulation in simulations("detached"):
        network = simulation.network
        carriers = {
            group.group_id: sorted(
                interface.status
                for interface in network.interfaces
                if group.group_id in interface.group_ids
            )
            for group in network.groups
            if group.name.startswith("batch")
        }
        assert sorted(carriers.values()) == [
            [],
            ["available"],
            ["available", "in-use"],
            ["in-use"],
        ], "of each pair of groups, a second interface keeps one in use"
        for port, used, lost in ((443, True, False), (22, False, True), (25, False, False)):
            for each in rules(simulation, "batch", port):
                assert (each.used_times > 0, each.lost_times > 0) == (used, lost)


def test_launched() -> None:
    for simulation in simulations("launched"):
        window = span_of(simulation.days)
        late = [each for each in simulation.network.interfaces if each.attached_at is not None]
        assert len(late) == 2
        for each in late:
            assert each.attached_at is not None
            assert each.attached_at in window
            times = [
                record.start
                for record in simulation.logs.records
                if record.interface.interface_id == each.interface_id
            ]
            assert each.attached_at <= min(times) < each.attached_at + 1800 + 600
        assert any(each.was_used for each in rules(simulation, "batch", 443))


def test_gone_elsewhere() -> None:
    for simulation in simulations("gone_elsewhere"):
        gone = simulation.history.interfaces.keys() - simulation.network.interface.keys()
        (interface,) = [simulation.history.interfaces[each] for each in gone]
        others = {each.vpc_id for each in simulation.network.interfaces}
        assert not any(simulation.network.are_connected(interface.vpc_id, each) for each in others)
        assert any(
            each.interface.interface_id == interface.interface_id and each.flow
            for each in simulation.logs.records
        )


def test_shared_vpc() -> None:
    loggers, sights = set(), set()
    for simulation in simulations("shared_vpc"):
        owner, participant = simulation.network.accounts
        theirs = [each for each in simulation.network.interfaces if each.owner_id == participant]
        assert {simulation.network.vpc_owner(each.vpc_id) for each in theirs} == {owner}
        loggers |= {log.account_id for each in theirs for log in simulation.logging.covering(each)}
        exports = simulation.exports()
        assert {account for account, _ in exports} == {owner, participant}
        of_owner = exports[owner, "us-east-1"]["network-interfaces.json"]["NetworkInterfaces"]
        sights.add(any(each["OwnerId"] == participant for each in of_owner))
        for group, used, unused in (("shop", 9090, 9091), ("stock", 5432, 5433)):
            assert rules(simulation, group, used)[0].used_times
            assert not any(each.was_used for each in rules(simulation, group, unused))
    assert (loggers, sights) == ({"123456789012", "444455556666"}, {True, False})


def test_associations() -> None:
    connected = set()
    for simulation in simulations("associations"):
        network = simulation.network
        (association,) = network.group_associations
        carriers = [e for e in network.interfaces if association.group_id in e.group_ids]
        home = network.group[association.group_id].vpc_id
        assert {each.vpc_id for each in carriers} == {association.vpc_id} != {home}
        connected.add(network.are_connected(home, association.vpc_id))
        assert [each.was_used for each in rules(simulation, "common")] == [True, False, False]
    assert connected == {True, False}
