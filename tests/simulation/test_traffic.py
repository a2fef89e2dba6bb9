"""What flow logs show of a connection, as literal lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from simulation.connections import (
    Connection,
    Exchange,
    bare_conversation,
    ping,
    refused_connection,
    tcp_connection,
    udp_conversation,
    udp_subscription,
)
from simulation.flow_logs import Logging
from simulation.formats import FlowLogFormat, line
from simulation.history import still
from simulation.intervals import window_of
from simulation.logs import observe
from simulation.network import Denial, Network
from simulation.records import Record, midnight
from tests.simulation.small_network import DAY, GATEWAY, NETWORK, NOON, SERVER, logged

SHORT = FlowLogFormat(
    "interface-id flow-direction srcaddr dstaddr srcport dstport protocol tcp-flags action"
)
ADDRESSES = FlowLogFormat("interface-id flow-direction srcaddr dstaddr pkt-srcaddr pkt-dstaddr")
QUIET = logged(600)


def lines(
    *connections: Connection,
    network: Network = NETWORK,
    logging: Logging = QUIET,
    fields: FlowLogFormat = SHORT,
) -> list[str]:
    """The log's lines, without those that tell of quiet intervals."""
    logs = observe(still(network), connections, [DAY], logging)
    told = [record for record in logs.records if record.log_status != "NODATA"]
    return [line(record, network, fields) for record in told]


def flags(connection: Connection, *, interval: int) -> dict[str, list[str]]:
    """Direction at the server -> tcp-flags of its records in order."""
    logging = logged(interval)
    fields = FlowLogFormat("interface-id flow-direction tcp-flags")
    shown: dict[str, list[str]] = {"ingress": [], "egress": []}
    for text in lines(connection, logging=logging, fields=fields):
        interface, direction, value = text.split()
        if interface == "eni-05":
            shown[direction].append(value)
    return shown


def test_both_ends_log_a_short_connection_with_ored_flags() -> None:
    connection = tcp_connection(("10.0.0.10", 50000), ("10.0.1.20", 443), NOON)
    assert sorted(lines(connection)) == [
        "eni-05 egress 10.0.1.20 10.0.0.10 443 50000 6 19 ACCEPT",
        "eni-05 ingress 10.0.0.10 10.0.1.20 50000 443 6 3 ACCEPT",
        "eni-0c egress 10.0.0.10 10.0.1.20 50000 443 6 3 ACCEPT",
        "eni-0c ingress 10.0.1.20 10.0.0.10 443 50000 6 19 ACCEPT",
    ]


def test_flags_of_a_connection_over_three_intervals() -> None:
    """First SYN and SYN-ACK, then nothing (ACK alone is not shown), at last FIN."""
    talk = [Exchange(0), Exchange(600)]
    connection = tcp_connection(
        ("10.0.0.10", 50000), ("10.0.1.20", 443), NOON, exchanges=talk, closed_after=1200
    )
    assert flags(connection, interval=60) == {
        "ingress": ["2", "0", "1"],
        "egress": ["18", "0", "1"],
    }


def test_reset_by_the_server() -> None:
    connection = tcp_connection(("10.0.0.10", 50000), ("10.0.1.20", 443), NOON, reset=True)
    assert flags(connection, interval=600) == {"ingress": ["2"], "egress": ["22"]}


def test_no_listener_answers_with_reset_alone() -> None:
    connection = refused_connection(("10.0.0.10", 50000), ("10.0.1.20", 443), NOON)
    assert flags(connection, interval=600) == {"ingress": ["2"], "egress": ["4"]}


def test_rejected_by_the_server_s_group_but_accepted_by_the_client_s() -> None:
    connection = tcp_connection(("10.0.0.10", 50000), ("10.0.1.20", 8443), NOON)
    assert sorted(lines(connection)) == [
        "eni-05 ingress 10.0.0.10 10.0.1.20 50000 8443 6 2 REJECT",
        "eni-0c egress 10.0.0.10 10.0.1.20 50000 8443 6 2 ACCEPT",
    ]


def test_rejected_by_the_client_s_own_groups_goes_nowhere() -> None:
    connection = udp_conversation(("10.0.1.20", 50000), ("10.0.0.10", 53), NOON)
    assert lines(connection) == ["eni-05 egress 10.0.1.20 10.0.0.10 50000 53 17 0 REJECT"]


def test_an_acl_may_reject_the_reply_to_an_accepted_request() -> None:
    denial = Denial("subnet-0b", "egress", "198.51.100.0/24", 6, 1024, 65535)
    network = replace(NETWORK, denials=(denial,))
    connection = tcp_connection(("198.51.100.3", 40000), ("10.0.1.20", 22), NOON)
    assert sorted(lines(connection, network=network)) == [
        "eni-05 egress 10.0.1.20 198.51.100.3 22 40000 6 18 REJECT",
        "eni-05 ingress 198.51.100.3 10.0.1.20 40000 22 6 2 ACCEPT",
    ]


def test_secondary_address_shows_in_the_packet_fields_only_on_the_own_side() -> None:
    connection = tcp_connection(("10.0.0.10", 50000), ("10.0.1.21", 443), NOON)
    assert sorted(lines(connection, fields=ADDRESSES)) == [
        "eni-05 egress 10.0.1.20 10.0.0.10 10.0.1.21 10.0.0.10",
        "eni-05 ingress 10.0.0.10 10.0.1.20 10.0.0.10 10.0.1.21",
        "eni-0c egress 10.0.0.10 10.0.1.21 10.0.0.10 10.0.1.21",
        "eni-0c ingress 10.0.1.21 10.0.0.10 10.0.1.21 10.0.0.10",
    ]


def test_a_nat_gateway_logs_four_flows() -> None:
    connection = tcp_connection(
        ("10.0.0.10", 50000), ("203.0.113.90", 443), NOON, nat=(GATEWAY.interface_id, 1031)
    )
    fields = FlowLogFormat("interface-id srcaddr dstaddr srcport pkt-srcaddr pkt-dstaddr")
    assert sorted(lines(connection, fields=fields)) == [
        "eni-09 10.0.0.10 10.0.1.5 50000 10.0.0.10 203.0.113.90",
        "eni-09 10.0.1.5 10.0.0.10 443 203.0.113.90 10.0.0.10",
        "eni-09 10.0.1.5 203.0.113.90 1031 10.0.1.5 203.0.113.90",
        "eni-09 203.0.113.90 10.0.1.5 443 203.0.113.90 10.0.1.5",
        "eni-0c 10.0.0.10 203.0.113.90 50000 10.0.0.10 203.0.113.90",
        "eni-0c 203.0.113.90 10.0.0.10 443 203.0.113.90 10.0.0.10",
    ]


def test_ping_and_esp_show_port_zero() -> None:
    seen = lines(
        ping("10.0.0.10", "10.0.1.20", NOON, answered=False),
        bare_conversation(50, "198.51.100.9", "10.0.1.20", NOON, answered=False),
    )
    assert sorted(seen) == [
        "eni-05 ingress 10.0.0.10 10.0.1.20 0 0 1 0 ACCEPT",
        "eni-05 ingress 198.51.100.9 10.0.1.20 0 0 50 0 ACCEPT",
        "eni-0c egress 10.0.0.10 10.0.1.20 0 0 1 0 ACCEPT",
    ]


def test_ping_over_ipv6_is_icmpv6() -> None:
    connection = ping("2001:db8:f::1", "2001:db8:0:2::20", NOON)
    assert lines(connection) == ["eni-05 ingress 2001:db8:f::1 2001:db8:0:2::20 0 0 58 0 REJECT"]


def test_a_subscription_begun_yesterday_shows_replies_alone() -> None:
    connection = udp_subscription(
        ("198.51.100.7", 40000), ("10.0.1.20", 53), NOON - 86_400, pushes=[86_400]
    )
    assert lines(connection) == ["eni-05 egress 10.0.1.20 198.51.100.7 53 40000 17 0 ACCEPT"]


def test_a_record_belongs_to_the_day_of_its_end() -> None:
    late = midnight(DAY) - 2
    connection = tcp_connection(
        ("198.51.100.3", 40000), ("10.0.1.20", 22), late, exchanges=[], closed_after=4
    )
    interval = logged(600)
    fields = FlowLogFormat("flow-direction tcp-flags start end")
    before = observe(still(NETWORK), [connection], [DAY], interval)
    starts = {record.start for record in before.records if record.flow}
    assert all(midnight(DAY) <= record.end for record in before.records)
    assert starts == {late}, [line(record, NETWORK, fields) for record in before.records]


def without_times(texts: Sequence[str]) -> list[str]:
    return sorted(" ".join(text.split()[:1] + text.split()[3:]) for text in texts)


STATUS = FlowLogFormat("interface-id start end srcaddr dstport action log-status")


def test_a_lost_interval_leaves_skipdata() -> None:
    connection = tcp_connection(("10.0.0.10", 50000), ("10.0.1.20", 443), NOON)
    logging = logged(600, skipped={("eni-05", NOON)})
    assert without_times(lines(connection, logging=logging, fields=STATUS)) == [
        "eni-05 - - - SKIPDATA",
        "eni-0c 10.0.0.10 443 ACCEPT OK",
        "eni-0c 10.0.1.20 50000 ACCEPT OK",
    ]
    assert len(observe(still(NETWORK), [connection], [DAY], logging).lost) == 2


def test_an_interface_without_flow_log_has_no_records_at_all() -> None:
    connection = tcp_connection(("198.51.100.3", 50000), ("10.0.1.20", 22), NOON)
    logging = logged(600, unlogged={"eni-05"})
    records = observe(still(NETWORK), [connection], [DAY], logging).records
    assert {record.interface.interface_id for record in records} == {"eni-09", "eni-0c"}


def half_hours(records: Iterable[Record], interface_id: str) -> list[int]:
    """The half hours of the day (0 to 47) in which a record lies from start to end."""
    seconds = [
        (record.start - midnight(DAY), record.end - midnight(DAY))
        for record in records
        if record.interface.interface_id == interface_id
    ]
    return [start // 1800 for start, end in seconds if start // 1800 == end // 1800]


@pytest.mark.parametrize("interval", [60, 600])
def test_a_quiet_interface_has_one_record_each_half_hour(interval: int) -> None:
    logs = observe(still(NETWORK), [], [DAY], logged(interval))
    for interface in NETWORK.interfaces:
        assert half_hours(logs.records, interface.interface_id) == list(range(48))
    assert {record.day for record in logs.records} == {DAY}
    assert {record.end - record.start + 1 for record in logs.records} == {interval}


@pytest.mark.parametrize("interval", [60, 600])
def test_a_busy_interface_has_a_record_in_every_half_hour(interval: int) -> None:
    talk = [Exchange(after) for after in range(0, 80_000, 7_100)]
    connection = tcp_connection(
        ("10.0.0.10", 50000), ("10.0.1.20", 443), midnight(DAY), exchanges=talk, closed_after=None
    )
    logging = logged(interval, skipped={("eni-05", NOON)})
    records = observe(still(NETWORK), [connection], [DAY], logging).records
    for interface in NETWORK.interfaces:
        assert set(half_hours(records, interface.interface_id)) == set(range(48))
    told = [(each.interface.interface_id, each.start) for each in records if each.flow is None]
    assert len(told) == len(set(told))


def test_records_of_an_interval_share_its_bounds() -> None:
    talk = [Exchange(after) for after in range(0, 3600, 7)]
    connection = tcp_connection(
        ("10.0.0.10", 50000), ("10.0.1.20", 443), NOON, exchanges=talk, closed_after=None
    )
    for record in observe(still(NETWORK), [connection], [DAY], logged(60)).records:
        eni = record.interface.interface_id
        assert window_of(eni, record.start, 60) == window_of(eni, record.end, 60)


def test_the_server_is_public_so_the_internet_gateway_is_its_path() -> None:
    connection = tcp_connection(("198.51.100.3", 50000), (SERVER.primary, 22), NOON)
    fields = FlowLogFormat("flow-direction traffic-path")
    assert sorted(lines(connection, fields=fields)) == ["egress 8", "ingress -"]
