"""Each switch of a world puts into it what it says, and the truth about it is exact."""

from __future__ import annotations

import ipaddress
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache

import pytest

from simulation.formats import FORMATS
from simulation.intervals import DAY, span_of
from simulation.network import Interface, Network, Rule
from simulation.random_network import random_network
from simulation.records import Conversation, Record, midnight
from simulation.security import Request, admitting_rules
from simulation.simulation import Simulation
from simulation.truth import RuleTruth, total
from simulation.worlds import EVERYTHING, PLAIN, STEADY, SWITCHES, WORLDS

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


# Every world


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


def accepted(record: Record) -> bool:
    return record.flow is not None and record.flow.action == "ACCEPT"


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


# Flow logs and what is missing from them


def test_lossy() -> None:
    kinds = {
        kind
        for simulation in simulations("lossy")
        for kind in ("lost", "unlogged")
        if getattr(simulation.logs, kind)
    }
    assert kinds == {"lost", "unlogged"}


def test_reject_only() -> None:
    resources = set()
    for simulation in simulations("reject_only"):
        rejecting = {each for each in simulation.flow_logs if each.traffic_type == "REJECT"}
        assert rejecting
        for each in rejecting:
            found = simulation.logs.by_flow_log[each.flow_log_id]
            assert {record.flow.action for record in found if record.flow} <= {"REJECT"}
            assert any(record.log_status == "NODATA" for record in found)
            resources.add(each.resource_id.partition("-")[0])
        alone = [each for each in truth("reject_only", simulation.seed).values() if unseen(each)]
        assert any(each.unlogged_times for each in alone)
    assert resources == {"vpc", "subnet"}


def unseen(each: RuleTruth) -> bool:
    return each.was_used and not each.used_times


def test_partial() -> None:
    facts = Counter[str]()
    for simulation in simulations("partial"):
        window = span_of(simulation.days)
        made = [each.created_at in window for each in simulation.flow_logs]
        facts["made later"] += any(made)
        facts["whole elsewhere"] += not all(made)
        disruptions = simulation.logging.disruptions
        assert all(each.delivered_at is None for each in disruptions)
        facts["hours"] += any(not each.is_reported for each in disruptions)
        facts["refused"] += any(each.is_reported for each in disruptions)
        unseen_rules = [each for each in truth("partial", simulation.seed).values() if unseen(each)]
        facts["used only then"] += bool(unseen_rules)
    assert min(facts[name] for name in ("made later", "hours", "refused", "used only then")) >= 1
    assert facts["whole elsewhere"] == len(SEEDS)


def test_a_refused_delivery_shows_while_it_lasts() -> None:
    for simulation in simulations("partial"):
        for each in simulation.logging.disruptions:
            if each.is_reported:
                during, later = (
                    {
                        log["FlowLogId"]: log["DeliverLogsStatus"]
                        for log in described(simulation, at)
                    }
                    for at in (each.span.first, each.span.after)
                )
                assert (during[each.flow_log_id], later[each.flow_log_id]) == ("FAILED", "SUCCESS")


def described(simulation: Simulation, at: int) -> list[dict[str, str]]:
    (documents,) = simulation.exports(at).values()
    return list(documents["flow-logs.json"]["FlowLogs"])


def test_late() -> None:
    for simulation in simulations("late"):
        end = at_end(simulation)
        night = end + 2 * 3600
        assert simulation.logs.lost == ()
        assert simulation.logs_by(night).lost
        assert any(each.delivered_at > end + 8 * 3600 for each in simulation.deliveries)
        assert max(each.delivered_at for each in simulation.deliveries) < end + 8 * DAY
        early, late = total(simulation.truth(by=night)), truth("late", simulation.seed)
        assert any(early[each].lost_times and not early[each].used_times for each in early)
        assert all(early[each].was_used == late[each].was_used for each in early)


def test_what_a_run_sees_is_what_had_been_delivered() -> None:
    for simulation in simulations("late"):
        at = midnight(simulation.days[-2]) + 2 * 3600
        seen = [each for each in simulation.deliveries if each.delivered_at <= at]
        delivered = Counter(
            (record.end, record.flow) for each in seen for record in each.records if record.flow
        )
        told = Counter(
            (record.end, record.flow) for record in simulation.logs_by(at).records if record.flow
        )
        assert delivered == told


def test_midnight() -> None:
    crossing = skipped = 0
    for simulation in simulations("midnight"):
        assert simulation.logging.by_interval
        for each in simulation.deliveries:
            (day,) = {record.interval_end // DAY for record in each.records}
            crossing += sum(record.end // DAY < day for record in each.records if record.flow)
            skipped += sum(
                record.log_status == "SKIPDATA" and record.start // DAY < day
                for record in each.records
            )
        last = simulation.deliveries[-1].key.name
        assert "_20261121T" in last, "the folder of the day after has begun"
    assert min(crossing, skipped) > 0


def test_doubled() -> None:
    for simulation in simulations("doubled"):
        covering = [simulation.logging.covering(each) for each in simulation.network.interfaces]
        formats = [{log.log_format for log in logs} for logs in covering]
        assert max(len(each) for each in formats) == 2
        held = Counter(
            id(record)
            for found in simulation.logs.by_flow_log.values()
            for record in found
            if record.flow
        )
        assert set(held.values()) >= {2}
        assert len(held) == sum(each.flow is not None for each in simulation.logs.records)
        again = [each for each in simulation.deliveries if "05Z_" in each.key.name]
        assert again
        for second in again:
            assert any(
                second.records == each.records and second.key != each.key
                for each in simulation.deliveries
            )


def test_strangers() -> None:
    for simulation in simulations("strangers"):
        kinds = {each.resource_id.partition("-")[0] for each in simulation.flow_logs}
        assert kinds == {"vpc", "tgw", "nat"}
        for each in simulation.deliveries:
            kind = each.flow_log.resource_id.partition("-")[0]
            assert str(each.key).startswith("AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/")
            assert ("action" in each.flow_log.log_format.names) == (kind != "tgw")
            named = {record.interface.interface_id for record in each.records}
            assert (named == {"-"}) == (kind != "vpc")
        assert all(each.interface.interface_id != "-" for each in simulation.logs.records)


# What AWS never records


def test_mirrored() -> None:
    for simulation in simulations("mirrored"):
        (target,) = simulation.network.mirror_targets
        copies = [each for each in simulation.logs.unlogged if each.flow]
        assert {
            (each.interface.interface_id, each.flow.target_port) for each in copies if each.flow
        } == {(target.interface_id, 4789)}
        assert [unseen(each) for each in rules(simulation, "capture", 4789, 4000)] == [True]
        assert [each.was_used for each in rules(simulation, "capture", 22)] == [False]
        assert [each.was_used for each in rules(simulation, "overlay")] == [False]


def test_private_link() -> None:
    for simulation in simulations("private_link"):
        assert len(simulation.network.endpoint_services) == 1
        served = rules(simulation, "service", 5432)
        assert [(each.used_times > 0, each.unlogged_times > 0) for each in served] == [
            (False, True),
            (True, False),
        ], "what comes in is not recorded, what goes on to the target is"
        assert [each.was_used for each in rules(simulation, "service", 5433)] == [False]
        kinds = {each.kind for each in simulation.network.interfaces}
        assert kinds >= {"network_load_balancer", "vpc_endpoint"}


# Load balancers


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


# Interfaces and groups that are not where one looks


def test_detached() -> None:
    for simulation in simulations("detached"):
        network = simulation.network
        first, second = [each for each in network.groups if each.name.startswith("batch")]
        carriers = {
            group.group_id: [
                each.status for each in network.interfaces if group.group_id in each.group_ids
            ]
            for group in (first, second)
        }
        assert carriers == {first.group_id: [], second.group_id: ["available"]}
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


# Pictures that were true at another time


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


# Misleading ports and flags


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


# Exports of several moments


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
