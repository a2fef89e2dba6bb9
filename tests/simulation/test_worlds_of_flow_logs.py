"""Worlds of flow logs: each switch puts in what it says, and the truth about it is exact."""

from __future__ import annotations

from collections import Counter

from simulation.intervals import DAY, bounds, span_of, window_of
from simulation.records import midnight
from simulation.simulation import Simulation
from simulation.truth import total
from tests.simulation.played_worlds import (
    SEEDS,
    at_end,
    rules,
    simulations,
    truth,
    unseen,
)


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
    facts = Counter[str]()
    for simulation in simulations("midnight"):
        assert simulation.logging.by_interval
        for delivery in simulation.deliveries:
            (day,) = {record.interval_end // DAY for record in delivery.records}
            for record in delivery.records:
                facts[f"{record.log_status} across"] += record.start // DAY < day
        for record in simulation.logs.lost:
            lost_from, _ = bounds(
                record.interface.interface_id,
                window_of(record.interface.interface_id, record.start, simulation.logging.interval),
                simulation.logging.interval,
            )
            facts["lost before"] += record.start // DAY < record.interval_end // DAY
            facts["lost after"] += lost_from // DAY < record.start // DAY
            facts["lost after the first midnight"] += lost_from < span_of(simulation.days).first
        last = simulation.deliveries[-1].key.name
        assert "_20261121T" in last, "the folder of the day after has begun"
        assert any(map(unseen, truth("midnight", simulation.seed).values()))
    assert facts["OK across"] > 0 < facts["SKIPDATA across"]
    assert min(facts[name] for name in facts if name.startswith("lost")) >= 1


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
