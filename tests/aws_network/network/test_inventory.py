"""The network of a day, from the snapshots around it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from aws_network.network.flow_log import FlowLog, TrafficType
from aws_network.network.inventory import on_days, snapshots_around, union
from tests.attribution.networks import network, rule


def november(*days: int) -> list[date]:
    return [date(2026, 11, day) for day in days]


AROUND: list[tuple[str, int, list[int], list[int]]] = [
    ("no snapshot at all", 5, [], []),
    ("only before", 5, [1, 3], [3]),
    ("only after", 5, [8, 7], [7]),
    ("on both sides, the nearest", 5, [1, 3, 7, 9], [3, 7]),
    ("taken on the day itself counts as before", 5, [3, 5, 6], [5, 6]),
    ("taken on the day itself alone", 5, [5], [5]),
    ("in any order", 5, [9, 1, 7, 3], [3, 7]),
]


@pytest.mark.parametrize(
    ("day", "taken", "around"), [a[1:] for a in AROUND], ids=[a[0] for a in AROUND]
)
def test_snapshots_around(day: int, taken: list[int], around: list[int]) -> None:
    assert snapshots_around(date(2026, 11, day), november(*taken)) == tuple(november(*around))


def test_a_snapshot_with_itself_is_itself() -> None:
    one = network(["sgr-1 sg-1 ingress tcp 22 10.0.0.0/8"], ["eni-1 sg-1 10.0.0.4 10.0.1.16/28"])
    assert union([one, one]) == union([one])
    assert union([one]).rules == union([one]).latest_rules == one.rules


BEFORE = rule("sgr-1 sg-1 ingress tcp 22 10.0.0.0/8")
CHANGES = [
    ("other ports", "sgr-1 sg-1 ingress tcp 23 10.0.0.0/8"),
    ("other protocol", "sgr-1 sg-1 ingress udp 22 10.0.0.0/8"),
    ("other source", "sgr-1 sg-1 ingress tcp 22 10.0.0.0/9"),
    ("group instead of CIDR", "sgr-1 sg-1 ingress tcp 22 sg-2"),
]


@pytest.mark.parametrize("after", [c[1] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_a_rule_that_changed_is_there_in_both_versions_and_its_latest_once(after: str) -> None:
    old, new = network([], []), network([after], [])
    inventory = union([replace(old, rules=(BEFORE,)), new])
    assert inventory.rules == (BEFORE, rule(after))
    assert inventory.latest_rules == (rule(after),)


def test_a_new_description_makes_no_new_version() -> None:
    described = replace(BEFORE, description="jump host", tags={"owner": "ops"})
    inventory = union([replace(network([], []), rules=(each,)) for each in (BEFORE, described)])
    assert inventory.rules == inventory.latest_rules == (described,)


def test_rules_that_came_and_went_are_both_there() -> None:
    old = network(["sgr-1 sg-1 ingress tcp 22 10.0.0.0/8"], [])
    new = network(["sgr-2 sg-1 ingress tcp 22 10.0.0.0/8"], [])
    assert [each.rule_id for each in union([old, new]).latest_rules] == ["sgr-1", "sgr-2"]


def test_an_interface_that_changed_has_the_groups_and_addresses_of_both() -> None:
    old = network([], ["eni-1 sg-1,sg-2 10.0.0.4,10.0.0.5 10.0.1.0/28", "eni-2 sg-1 10.0.0.7"])
    new = network([], ["eni-1 sg-3,sg-1 10.0.0.4,10.0.0.6 10.0.1.16/28", "eni-3 sg-1 10.0.0.8"])
    first, gone, came = union([old, new]).interfaces
    assert first.group_ids == ("sg-3", "sg-1", "sg-2")
    assert first.addresses == ("10.0.0.4", "10.0.0.6", "10.0.0.5")
    assert first.prefixes == ("10.0.1.16/28", "10.0.1.0/28")
    assert (gone.interface_id, came.interface_id) == ("eni-2", "eni-3")


@pytest.mark.parametrize(
    ("before", "after", "either"),
    [(True, False, True), (False, True, True), (False, False, False), (True, True, True)],
)
def test_in_use_once_is_in_use(before: bool, after: bool, either: bool) -> None:
    one = network([], ["eni-1 sg-1 10.0.0.4"])
    [interface] = one.interfaces
    states = [replace(one, interfaces=(replace(interface, in_use=u),)) for u in (before, after)]
    assert union(states).interfaces[0].in_use is either


def test_prefix_lists_have_the_entries_of_both() -> None:
    old = network([], [], {"pl-1": ["192.0.2.0/24", "198.51.100.0/24"], "pl-old": []})
    new = network([], [], {"pl-1": ["198.51.100.0/24", "203.0.113.0/24"]})
    assert union([old, new]).prefix_lists == {
        "pl-1": ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),
        "pl-old": (),
    }


def test_a_group_is_as_it_was_last() -> None:
    old, new = network([], [], other_groups=("sg-1", "sg-2")), network([], [], None, ("sg-1",))
    renamed = replace(new, groups=(replace(new.groups[0], name="renamed"),))
    groups = union([old, renamed]).groups
    assert {key: group.name for key, group in groups.items()} == {"sg-1": "renamed", "sg-2": "sg-2"}


BEFORE_THE_DAY, AFTER_THE_DAY = "2026-11-01T00:00:00+00:00", "2026-11-09T00:00:00+00:00"
COVERING = FlowLog("fl-1", "vpc-1", TrafficType.ALL, "${version}", "us-east-1", BEFORE_THE_DAY)
NOWHERE: list[tuple[str, bool, dict[str, Any] | None, bool]] = [
    ("the flow log of its VPC has nothing of it", False, {}, True),
    ("no flow log is known", False, None, False),
    ("AWS cannot deliver the flow log", False, {"delivers": False}, False),
    ("the flow log is of rejected traffic", False, {"traffic_type": TrafficType.REJECT}, False),
    ("the flow log is younger", False, {"created_at": AFTER_THE_DAY}, False),
    ("the flow log is of another VPC", False, {"resource_id": "vpc-2"}, False),
    ("the first interface of an instance", True, None, True),
]


@pytest.mark.parametrize(
    ("is_primary", "log", "nowhere"), [n[1:] for n in NOWHERE], ids=[n[0] for n in NOWHERE]
)
def test_an_interface_that_was_attached_after_the_day(
    is_primary: bool, log: dict[str, Any] | None, nowhere: bool
) -> None:
    """It was surely attached to nothing on the day, or it counts as in use."""
    one = network([], ["eni-1 sg-1 10.0.0.4"])
    later = replace(
        one.interfaces[0], vpc_id="vpc-1", attached_at=AFTER_THE_DAY, is_primary=is_primary
    )
    logs = None if log is None else (replace(COVERING, **log),)
    day = date(2026, 11, 5)
    inventory = on_days({day: union([replace(one, interfaces=(later,), flow_logs=logs)])})[day]
    assert inventory.interfaces[0].in_use is not nowhere
