"""The truth of small networks, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from simulation.connections import (
    Connection,
    Exchange,
    ping,
    refused_connection,
    tcp_connection,
    udp_conversation,
    udp_subscription,
)
from simulation.flow_logs import Logging
from simulation.formats import FORMATS
from simulation.history import still
from simulation.logs import observe
from simulation.network import Cidr, GroupMembers, Network, Rule
from simulation.truth import RuleTruth, truth_by_day
from tests.simulation.small_network import CLIENT, DAY, NETWORK, NOON, logged, network_with, rule

ONE_MINUTE = logged(60)


def counts(
    *connections: Connection,
    network: Network = NETWORK,
    log_format: str = "custom",
    logging: Logging = ONE_MINUTE,
) -> dict[str, dict[str, int]]:
    """Rule id -> its counts that are not zero, of rules that have any."""
    logs = observe(still(network), connections, [DAY], logging)
    truth = truth_by_day(still(network), logs, [DAY], FORMATS[log_format])[DAY]
    shown = {rule_id: _nonzero(rule_truth) for rule_id, rule_truth in truth.items()}
    return {rule_id: values for rule_id, values in shown.items() if values}


def _nonzero(rule_truth: RuleTruth) -> dict[str, int]:
    return {name.removesuffix("_times"): n for name, n in vars(rule_truth).items() if n}


def https(**options: Any) -> Connection:
    return tcp_connection(("10.0.0.10", 50000), ("10.0.1.20", 443), NOON, **options)


def test_every_admitting_rule_is_credited_and_replies_are_not() -> None:
    assert counts(https()) == {
        "sgr-01": {"used": 1, "sole": 1},
        "sgr-02": {"used": 1},
        "sgr-03": {"used": 1},
    }


def test_each_interval_is_a_use() -> None:
    talk = [Exchange(after) for after in (0, 300, 600)]
    assert counts(https(exchanges=talk, closed_after=600))["sgr-02"] == {"used": 3}


def test_a_rejected_request_uses_only_the_sender_s_rule() -> None:
    connection = refused_connection(("10.0.0.10", 50000), ("10.0.1.20", 8443), NOON)
    assert counts(connection) == {"sgr-01": {"used": 1, "sole": 1}}


def test_replies_alone_are_one_use_however_many() -> None:
    streams = [
        udp_subscription(("198.51.100.7", port), ("10.0.1.20", 53), NOON - 86_400, [86_400, 87_000])
        for port in (40_000, 40_001)
    ]
    assert counts(*streams) == {"sgr-05": {"used": 1, "sole": 1}}


def test_replies_beside_requests_of_the_same_peer_and_service_count_nothing() -> None:
    stream = udp_subscription(("198.51.100.7", 40_000), ("10.0.1.20", 53), NOON - 86_400, [86_400])
    question = udp_conversation(("198.51.100.7", 40_001), ("10.0.1.20", 53), NOON)
    assert counts(stream, question) == {"sgr-05": {"used": 1, "sole": 1}}


def test_replies_alone_that_prove_nothing_are_one_hidden_use() -> None:
    backwards = rule("sgr-x", "sg-0server", "egress", "udp", (1024, 65535), Cidr("0.0.0.0/0"))
    high_port = rule("sgr-y", "sg-0server", "ingress", "udp", (9999, 9999), Cidr("0.0.0.0/0"))
    stream = udp_subscription(
        ("198.51.100.7", 40_000), ("10.0.1.20", 9999), NOON - 86_400, [86_400, 87_000]
    )
    network = network_with(backwards, high_port)
    assert counts(stream, network=network) == {
        "sgr-x": {"phantom": 1, "doubtful_sole": 1},
        "sgr-y": {"used": 1, "sole": 1, "hidden": 1, "doubtful_sole": 1},
    }


def test_a_lost_interval_is_no_logged_use() -> None:
    logging = replace(ONE_MINUTE, skipped=frozenset({("eni-05", NOON)}))
    assert counts(https(), logging=logging) == {
        "sgr-01": {"used": 1, "sole": 1},
        "sgr-02": {"lost": 1},
        "sgr-03": {"lost": 1},
    }


BACKWARDS = rule("sgr-back", "sg-0server", "egress", "tcp", (1024, 65535), Cidr("0.0.0.0/0"))
OPEN_DATABASE = rule(
    "sgr-db", "sg-0server", "ingress", "tcp", (5432, 5432), Cidr("198.51.100.0/24")
)
BOTH_WAYS = network_with(BACKWARDS, OPEN_DATABASE)


def database(opened: int, **options: Any) -> Connection:
    return tcp_connection(("198.51.100.3", 50000), ("10.0.1.20", 5432), opened, **options)


@pytest.mark.parametrize("log_format", ["custom", "parquet"])
def test_flags_show_who_opened(log_format: str) -> None:
    used = counts(database(NOON), network=BOTH_WAYS, log_format=log_format)
    assert used == {"sgr-db": {"used": 1, "sole": 1}}


OPEN_QUESTION = {
    "sgr-db": {"used": 1, "sole": 1, "hidden": 1, "doubtful_sole": 1},
    "sgr-back": {"phantom": 1, "doubtful_sole": 1},
}


def test_without_flags_two_high_ports_leave_it_open() -> None:
    assert counts(database(NOON), network=BOTH_WAYS, log_format="default") == OPEN_QUESTION


def test_a_connection_begun_the_day_before_has_no_flags_to_show() -> None:
    old = database(NOON - 86_400, exchanges=[Exchange(86_400)], closed_after=None)
    assert counts(old, network=BOTH_WAYS) == OPEN_QUESTION


def test_rules_settle_it_where_only_one_reading_is_admitted() -> None:
    network = network_with(OPEN_DATABASE)
    used = counts(database(NOON), network=network, log_format="default")
    assert used == {"sgr-db": {"used": 1, "sole": 1}}


def test_the_other_end_settles_it_where_its_rules_exclude_one_reading() -> None:
    """The server may send to high ports, but the client admits nobody."""
    connection = tcp_connection(("10.0.0.10", 50000), ("10.0.1.20", 5432), NOON)
    used = counts(connection, network=BOTH_WAYS, log_format="default")
    assert used == {"sgr-01": {"used": 1, "sole": 1}, "sgr-06": {"used": 1, "sole": 1}}


def test_a_silent_other_end_settles_nothing() -> None:
    """Had the server opened it, the client would have rejected it: the server's log is the same."""
    answering = rule("sgr-y", "sg-0server", "ingress", "udp", (9999, 9999), Cidr("10.0.0.0/16"))
    out = rule("sgr-x", "sg-0server", "egress", "udp", (1024, 65535), Cidr("10.0.0.0/16"))
    stream = udp_subscription(
        ("10.0.0.10", 50000), ("10.0.1.20", 9999), NOON - 86_400, pushes=[86_400]
    )
    assert counts(stream, network=network_with(answering, out)) == {
        "sgr-01": {"used": 1, "sole": 1},
        "sgr-y": {"used": 1, "sole": 1, "hidden": 1, "doubtful_sole": 1},
        "sgr-x": {"phantom": 1, "doubtful_sole": 1},
    }


def test_icmp_types_are_not_in_the_logs() -> None:
    unreachable = Rule("sgr-x", "sg-0server", "ingress", "icmp", 3, 4, Cidr("10.0.0.0/16"))
    pinged = counts(ping("10.0.0.10", "10.0.1.20", NOON), network=network_with(unreachable))
    assert pinged["sgr-x"] == {"phantom": 1, "doubtful_sole": 1}
    assert pinged["sgr-07"] == {"used": 1, "sole": 1, "doubtful_sole": 1}


def test_an_interface_of_no_snapshot_hides_what_it_used() -> None:
    vanished = replace(CLIENT, in_snapshot=False)
    others = [each for each in NETWORK.interfaces if each is not CLIENT]
    network = replace(NETWORK, interfaces=(vanished, *others))
    used = counts(https(), network=network)
    assert used["sgr-01"] == {"used": 1, "sole": 1, "hidden": 1, "doubtful_sole": 1}
    assert used["sgr-02"] == {"used": 1, "hidden": 1, "doubtful_sole": 1}
    assert used["sgr-03"] == {"used": 1, "doubtful_sole": 1}


def test_an_internet_address_is_in_nobody_s_group() -> None:
    anybody = rule("sgr-x", "sg-0common", "ingress", "tcp", (22, 22), GroupMembers("sg-0client"))
    connection = tcp_connection(("192.0.2.7", 50000), ("10.0.1.20", 22), NOON)
    assert counts(connection, network=network_with(anybody)) == {"sgr-04": {"used": 1, "sole": 1}}


def test_a_peered_group_s_members_are_unknown() -> None:
    peered = GroupMembers("sg-0foreign", "pcx-0f")
    network = network_with(rule("sgr-x", "sg-0common", "ingress", "tcp", (22, 22), peered))
    connection = tcp_connection(("10.9.0.4", 50000), ("10.0.1.20", 22), NOON)
    expected = {"used": 1, "sole": 1, "hidden": 1, "doubtful_sole": 1}
    assert counts(connection, network=network) == {"sgr-x": expected}
