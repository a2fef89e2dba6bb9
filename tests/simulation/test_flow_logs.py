"""Which flow log writes what of whom, what is delivered of it, and what is missing then."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from simulation.connections import Connection, Exchange, refused_connection, tcp_connection
from simulation.deliveries import deliveries
from simulation.flow_logs import Disruption, FlowLog, Logging, Repetition
from simulation.formats import FORMATS
from simulation.history import history, still, with_detached, with_interface
from simulation.intervals import Span
from simulation.logs import Logs, observe
from simulation.network import Network
from simulation.records import Record, midnight
from simulation.truth import truth_by_day
from tests.simulation.small_network import CLIENT, DAY, NETWORK, NOON, SERVER, VPC

ACCOUNT = NETWORK.account_id
HTTPS = tcp_connection(("10.0.0.10", 50000), ("10.0.1.20", 443), NOON)
KNOCK = refused_connection(("198.51.100.77", 50000), ("10.0.1.20", 8443), NOON)
WHOLE = FlowLog("fl-01", VPC, ACCOUNT)


def logs(*flow_logs: FlowLog, connection: Connection = HTTPS, **options: object) -> Logs:
    logging = replace(Logging(flow_logs), **options)  # type: ignore[arg-type]
    return observe(still(NETWORK), [connection], [DAY], logging)


def told(records: tuple[Record, ...]) -> Counter[str]:
    """How many records of traffic there are, by interface."""
    return Counter(each.interface.interface_id for each in records if each.flow)


BOTH = {"eni-0c": 2, "eni-05": 2}


@pytest.mark.parametrize(
    ("fact", "flow_log", "written"),
    [
        ("of the VPC", WHOLE, BOTH),
        ("of another VPC", replace(WHOLE, resource_id="vpc-0b"), {}),
        ("of the client's subnet", replace(WHOLE, resource_id="subnet-0a"), {"eni-0c": 2}),
        ("of the server", replace(WHOLE, resource_id="eni-05"), {"eni-05": 2}),
        ("of accepted traffic", replace(WHOLE, traffic_type="ACCEPT"), BOTH),
        ("of rejected traffic", replace(WHOLE, traffic_type="REJECT"), {}),
        ("made before", replace(WHOLE, created_at=NOON - 1200), BOTH),
        ("made afterwards", replace(WHOLE, created_at=NOON + 1200), {}),
    ],
)
def test_what_a_flow_log_writes(fact: str, flow_log: FlowLog, written: dict[str, int]) -> None:
    found = logs(flow_log)
    assert told(found.records) == told(found.by_flow_log["fl-01"]) == written, fact
    assert told(found.unlogged) == Counter(BOTH) - Counter(written), fact
    assert found.lost == (), fact


def test_a_flow_log_of_rejects_tells_of_rejects_and_of_silence() -> None:
    found = logs(replace(WHOLE, traffic_type="REJECT"), connection=KNOCK).records
    assert {each.flow.action for each in found if each.flow} == {"REJECT"}
    silent = Counter(each.interface.interface_id for each in found if each.log_status == "NODATA")
    assert silent == {"eni-0c": 48, "eni-05": 47, "eni-09": 48}


def test_a_flow_log_made_at_noon_is_silent_before() -> None:
    found = logs(replace(WHOLE, created_at=NOON), connection=KNOCK).records
    assert min(each.start for each in found) >= NOON
    assert Counter(each.interface.interface_id for each in found)["eni-09"] == 24


def test_two_flow_logs_hold_the_same_records_which_count_once() -> None:
    second = FlowLog("fl-02", "subnet-0b", ACCOUNT, FORMATS["parquet"])
    found = logs(WHOLE, second)
    assert told(found.by_flow_log["fl-01"]) == BOTH
    assert told(found.by_flow_log["fl-02"]) == {"eni-05": 2}
    assert told(found.records) == BOTH
    truth = truth_by_day(still(NETWORK), found, [DAY], FORMATS["custom"])
    assert truth[DAY]["sgr-02"].used_times == 1


def test_what_one_flow_log_loses_the_other_may_hold() -> None:
    never = Disruption("fl-01", Span(NOON - 600, NOON + 3600))
    alone = logs(WHOLE, disruptions=(never,))
    assert (told(alone.records), told(alone.lost)) == ({}, BOTH)
    beside = logs(WHOLE, FlowLog("fl-02", "subnet-0b", ACCOUNT), disruptions=(never,))
    assert (told(beside.records), told(beside.lost)) == ({"eni-05": 2}, {"eni-0c": 2})


def test_records_of_a_lost_hour_leave_nothing_not_even_nodata() -> None:
    hour = Span(NOON - 7200, NOON - 3600)
    found = logs(WHOLE, disruptions=(Disruption("fl-01", hour),)).records
    assert not [each for each in found if each.end in hour]
    assert Counter(each.interface.interface_id for each in found)["eni-09"] == 46


def test_lost_and_unlogged_uses_are_in_the_truth() -> None:
    for options, expected in (
        ({"disruptions": (Disruption("fl-01", Span(NOON, NOON + 60)),)}, (0, 1, 0)),
        ({"skipped": frozenset({("eni-05", NOON)})}, (0, 1, 0)),
        ({"flow_logs": (replace(WHOLE, traffic_type="REJECT"),)}, (0, 0, 1)),
    ):
        truth = truth_by_day(still(NETWORK), logs(WHOLE, **options), [DAY], FORMATS["custom"])
        found = truth[DAY]["sgr-02"]
        assert (found.used_times, found.lost_times, found.unlogged_times) == expected
        assert found.was_used


def test_an_object_that_comes_late() -> None:
    noon = Span(NOON, NOON + 21_600)
    next_week = NOON + 7 * 86_400
    logging = Logging((WHOLE,), disruptions=(Disruption("fl-01", noon, next_week),))
    found = deliveries(NETWORK, observe(still(NETWORK), [HTTPS], [DAY], logging), logging)
    late = [each for each in found if each.delivered_at >= next_week]
    assert [sum(each.flow is not None for each in one.records) for one in late] == [4]
    assert {each.delivered_at - midnight(DAY) for each in found if each not in late} == {
        hour * 3600 + 420 for hour in (1, 6, 12, 24)
    }


def test_the_same_records_in_a_second_object() -> None:
    noon = Span(NOON, NOON + 3600)
    logging = Logging((WHOLE,), repetitions=(Repetition("fl-01", noon),))
    found = deliveries(NETWORK, observe(still(NETWORK), [HTTPS], [DAY], logging), logging)
    first, second = [each for each in found if "T12" in each.key.name]
    assert [each.key.name.split("_")[4] for each in (first, second)] == [
        "20261120T1200Z",
        "20261120T1205Z",
    ]
    assert told(first.records) == told(second.records) == BOTH
    assert set(second.records) < set(first.records)


def test_names_of_objects_tell_of_their_flow_log() -> None:
    hive = FlowLog("fl-02", "subnet-0b", "111122223333", FORMATS["parquet"])
    logging = Logging((WHOLE, hive))
    found = deliveries(NETWORK, observe(still(NETWORK), [HTTPS], [DAY], logging), logging)
    folders = {(each.flow_log.flow_log_id, str(each.key.parent)) for each in found}
    assert folders == {
        ("fl-01", "AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/20"),
        (
            "fl-02",
            "AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=us-east-1/"
            "year=2026/month=11/day=20",
        ),
    }
    for each in found:
        assert f"_{each.flow_log.flow_log_id}_" in each.key.name


def without(network: Network, interface_id: str) -> Network:
    others = [each for each in network.interfaces if each.interface_id != interface_id]
    return replace(network, interfaces=tuple(others))


def test_an_interface_is_logged_while_it_is_attached() -> None:
    appears, vanishes = midnight(DAY) + 3 * 3600, midnight(DAY) + 20 * 3600
    changes = [
        (appears, lambda network: with_interface(network, CLIENT)),
        (vanishes, lambda network: with_detached(network, "eni-05")),
    ]
    network = history(without(NETWORK, "eni-0c"), changes)
    talk = [Exchange(after) for after in (0, 30_000)]
    connection = replace(
        HTTPS,
        bursts=tcp_connection(
            ("10.0.0.10", 50000), ("10.0.1.20", 443), NOON, exchanges=talk, closed_after=None
        ).bursts,
    )
    found = observe(network, [connection], [DAY], Logging((WHOLE,))).records
    for interface_id, first, last in (("eni-0c", 6, 47), ("eni-05", 0, 39)):
        records = [each for each in found if each.interface.interface_id == interface_id]
        slots = {(each.start - midnight(DAY)) // 1800 for each in records}
        assert slots == set(range(first, last + 1))
    assert told(found) == {"eni-0c": 2, "eni-05": 2}, "the second exchange found no server"


def test_the_hour_after_the_last_day() -> None:
    found = observe(still(NETWORK), [], [DAY], Logging((WHOLE,), tail=3600)).records
    after = [each for each in found if each.day == DAY + timedelta(days=1)]
    assert Counter(each.interface.interface_id for each in after) == {
        each.interface_id: 2 for each in (CLIENT, SERVER, NETWORK.interfaces[2])
    }
