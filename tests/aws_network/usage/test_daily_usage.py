"""A day's row for every rule."""

from dataclasses import replace
from typing import Any

from aws_network.network.inventory import Inventory, union
from aws_network.stores.day_results import usage_row
from aws_network.stores.lake_tables import RULE_USAGE_DAILY
from aws_network.usage import daily_usage as engine
from aws_network.usage.daily_usage import Observed, Uses
from tests.attribution.networks import network

NETWORK = network(
    ["sgr-2 sg-web ingress tcp 8000-8010 pl-1", "sgr-1 sg-web egress -1 any 0.0.0.0/0"],
    ["eni-1 sg-web 10.0.0.4", "eni-2 sg-app,sg-web 10.0.0.5", "eni-3 sg-app 10.0.0.6"],
)


def daily_usage(
    inventory: Inventory, uses: dict[str, Uses], observed: dict[str, Observed]
) -> list[dict[str, Any]]:
    return [usage_row(day) for day in engine.daily_usage(inventory, uses, observed)]


ZEROS = {"used_times": 0, "sole_times": 0, "ambiguous_times": 0}
COUNTS = (
    *ZEROS,
    "interfaces",
    "interfaces_logged",
    "interfaces_complete",
    "interfaces_skipped",
    "interfaces_rejects_only",
    "interfaces_active",
)


def test_a_row_per_rule_sorted_with_what_is_known_of_it() -> None:
    rows = daily_usage(
        union([NETWORK]),
        {NETWORK.rules[0].key: Uses(5, 3, 1)},
        {"sg-web": Observed(2, logged=2, complete=1, lost=1, rejects_only=0, active=2)},
    )
    assert [row["sg_rule_id"] for row in rows] == ["sgr-1", "sgr-2"]
    assert rows[1] == {
        "sg_rule_id": "sgr-2",
        "rule_version": NETWORK.rules[0].version,
        "sg_id": "sg-web",
        "sg_name": "sg-web",
        "account_id": "123456789012",
        "region": "us-east-1",
        "vpc_id": "vpc-1",
        "flow_direction": "ingress",
        "protocol": "tcp",
        "ports": "8000 - 8010",
        "source": "pl-1",
        "description": None,
        "used_times": 5,
        "sole_times": 3,
        "ambiguous_times": 1,
        "interfaces": 2,
        "interfaces_logged": 2,
        "interfaces_complete": 1,
        "interfaces_skipped": 1,
        "interfaces_rejects_only": 0,
        "interfaces_active": 2,
        "never_logged": None,
    }


def test_the_unused_have_zeros() -> None:
    [first, _] = daily_usage(union([NETWORK]), {}, {})
    assert {name: first[name] for name in COUNTS} == ZEROS | {
        "interfaces": 0,
        "interfaces_logged": 0,
        "interfaces_complete": 0,
        "interfaces_skipped": 0,
        "interfaces_rejects_only": 0,
        "interfaces_active": 0,
    }


def test_rows_are_as_the_table_is_declared() -> None:
    for row in daily_usage(union([NETWORK]), {}, {}):
        assert list(row) == [column.name for column in RULE_USAGE_DAILY.columns]


def test_a_rule_of_a_group_that_vanished_is_still_there() -> None:
    [row, _] = daily_usage(union([replace(NETWORK, groups=())]), {}, {})
    assert (row["sg_id"], row["sg_name"], row["vpc_id"]) == ("sg-web", None, None)


def test_a_rule_in_two_versions_has_a_row_for_each() -> None:
    later = network(["sgr-2 sg-web ingress tcp 9000 pl-1"], [])
    rows = daily_usage(union([NETWORK, later]), {later.rules[0].key: Uses(used_times=1)}, {})
    assert {(row["sg_rule_id"], row["ports"], row["used_times"]) for row in rows} == {
        ("sgr-1", "any", 0),
        ("sgr-2", "8000 - 8010", 0),
        ("sgr-2", "9000", 1),
    }
    assert len({row["rule_version"] for row in rows}) == 3


def test_use_of_a_rule_that_nobody_knows_makes_no_row() -> None:
    rows = daily_usage(union([NETWORK]), {"sgr-unknown": Uses(used_times=1)}, {})
    assert [row["sg_rule_id"] for row in rows] == ["sgr-1", "sgr-2"]
