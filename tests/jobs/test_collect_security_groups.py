"""The collect job: its arguments, and what it writes of rules that stay, go and return."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from aws_network.flow_logs.days import InvalidDayError
from aws_network.network.configured_resources import ConfiguredResources
from aws_network.network.rules import rule_from_api
from aws_network.network.snapshot import Snapshot
from aws_network.network.vpcs import GroupVpc, Vpc
from aws_network.stores.rules_table import put_rules, read_rules
from aws_network.usage.tracked_rules import track
from jobs import collect_security_groups as job
from tests.attribution.networks import network
from tests.aws_network.ec2_items import rule_item
from tests.jobs.names import LAKE, RULES_TABLE

SETTINGS = job.Settings(
    rules_table=RULES_TABLE,
    lake_bucket=LAKE,
    regions=("us-east-1",),
    snapshot_time=datetime(2026, 11, 5, 2, tzinfo=UTC),
    retention_days=400,
    check_configured_resources=False,
)
DAY, NEXT = date(2026, 11, 5), date(2026, 11, 6)


TWO = network(
    ["sgr-1 sg-1 ingress tcp 443 0.0.0.0/0", "sgr-2 sg-1 egress -1 any pl-1"],
    ["eni-1 sg-1 10.0.0.4"],
)
ONE = replace(TWO, rules=TWO.rules[:1])


def items(table: Any) -> dict[str, dict[str, Any]]:
    return {item["sg_rule_id"]: item for item in table.scan()["Items"]}


def store_rules(
    table: Any, snapshot: Snapshot, day: date, regions: tuple[str, ...] = ("us-east-1",)
) -> int:
    """As the job does it; how many are newly gone."""
    rules = track(snapshot, read_rules(table), day, regions, 400)
    put_rules(table, [*rules.current, *rules.newly_gone])
    return len(rules.newly_gone)


def test_a_rule_in_the_table(rules_table: Any) -> None:
    described = replace(TWO.rules[0], description="the world", tags={"owner": "web"})
    assert store_rules(rules_table, replace(TWO, rules=(described,)), DAY) == 0
    assert items(rules_table) == {
        "sgr-1": {
            "sg_rule_id": "sgr-1",
            "security_group_id": "sg-1",
            "security_group_name": "sg-1",
            "security_group_region": "us-east-1",
            "rule_version": described.version,
            "sg_rule_direction": "ingress",
            "sg_rule_protocol": "tcp",
            "sg_rule_ports": "443",
            "security_group_src": "0.0.0.0/0",
            "account_id": "123456789012",
            "vpc_id": "vpc-1",
            "description": "the world",
            "tags": {"owner": "web"},
            "first_seen": "2026-11-05",
            "last_seen": "2026-11-05",
            "version_since": "2026-11-05",
        }
    }


HUGE = "\N{FIRE}" * 1_000_000


def test_a_huge_description_is_cut_and_stored(rules_table: Any) -> None:
    described = rule_from_api(
        {**rule_item("sgr-1"), "Description": HUGE, "FieldOfTheFuture": {}}, "r"
    )
    tagged = replace(described, tags={f"{n}" * 60: HUGE[:256] for n in range(50)})
    store_rules(rules_table, replace(ONE, rules=(tagged,)), DAY)
    item = items(rules_table)["sgr-1"]
    assert item["description"] == HUGE[:4096]
    assert item["tags"] == tagged.tags


def test_what_a_rule_lacks_is_absent(rules_table: Any) -> None:
    store_rules(rules_table, replace(ONE, groups=()), DAY)
    item = items(rules_table)["sgr-1"]
    assert {"vpc_id", "description", "gone_since", "expires_at"}.isdisjoint(item)
    assert item["security_group_name"] == "sg-1"


def test_first_seen_is_kept_and_last_seen_moves(rules_table: Any) -> None:
    for day in (NEXT, DAY, date(2026, 11, 9), DAY):
        store_rules(rules_table, ONE, day)
    item = items(rules_table)["sgr-1"]
    assert (item["first_seen"], item["last_seen"]) == ("2026-11-05", "2026-11-09")


def changed(**terms: Any) -> Snapshot:
    """ONE, its rule changed, as ModifySecurityGroupRules does."""
    return replace(ONE, rules=(replace(ONE.rules[0], **terms),))


SINCE = [
    ("unchanged", ONE, "2026-11-05"),
    ("another description", changed(description="x"), "2026-11-05"),
    ("another port", changed(from_port=80), "2026-11-06"),
]


@pytest.mark.parametrize(("snapshot", "since"), [s[1:] for s in SINCE], ids=[s[0] for s in SINCE])
def test_since_when_a_rule_is_as_it_is(rules_table: Any, snapshot: Snapshot, since: str) -> None:
    store_rules(rules_table, ONE, DAY)
    store_rules(rules_table, snapshot, NEXT)
    store_rules(rules_table, snapshot, date(2026, 11, 7))
    item = items(rules_table)["sgr-1"]
    assert (item["rule_version"], item["version_since"]) == (snapshot.rules[0].version, since)
    assert item["first_seen"] == "2026-11-05"


def test_a_rule_stored_before_there_were_versions_is_taken_to_be_unchanged(
    rules_table: Any,
) -> None:
    store_rules(rules_table, ONE, DAY)
    old = items(rules_table)["sgr-1"]
    rules_table.put_item(Item={k: v for k, v in old.items() if "version" not in k})
    store_rules(rules_table, ONE, NEXT)
    assert items(rules_table)["sgr-1"] == old | {"last_seen": "2026-11-06"}


def test_a_rule_that_is_gone_is_marked_once_and_expires(rules_table: Any) -> None:
    store_rules(rules_table, TWO, DAY)
    before = items(rules_table)["sgr-2"]
    assert store_rules(rules_table, ONE, NEXT) == 1
    gone = items(rules_table)["sgr-2"]
    expiry = int(datetime(2027, 12, 11, tzinfo=UTC).timestamp())
    assert gone == before | {"gone_since": "2026-11-06", "expires_at": expiry}
    assert store_rules(rules_table, ONE, date(2026, 11, 7)) == 0
    assert items(rules_table)["sgr-2"] == gone


def test_a_rule_that_is_back_is_no_longer_marked(rules_table: Any) -> None:
    for snapshot, day in ((TWO, DAY), (ONE, NEXT), (TWO, date(2026, 11, 7))):
        store_rules(rules_table, snapshot, day)
    back = items(rules_table)["sgr-2"]
    assert {"gone_since", "expires_at"}.isdisjoint(back)
    assert (back["first_seen"], back["last_seen"]) == ("2026-11-05", "2026-11-07")


def test_a_rule_of_a_region_that_was_not_asked_is_not_gone(rules_table: Any) -> None:
    store_rules(rules_table, TWO, DAY)
    assert store_rules(rules_table, replace(TWO, rules=()), NEXT, ("eu-west-1",)) == 0
    assert "gone_since" not in items(rules_table)["sgr-1"]


def arguments(**changes: str) -> list[str]:
    given = {
        "rules_table": RULES_TABLE,
        "lake_bucket": LAKE,
        "regions": "us-east-1,eu-west-1",
        "snapshot_time": "2026-11-05T02:00:00Z",
        "from_day": "2026-11-01",
        "to_day": "2026-11-04",
        "retention_days": "400",
        "check_configured_resources": "false",
    } | changes
    return ["job.py", *(word for name, value in given.items() for word in (f"--{name}", value))]


def test_settings() -> None:
    both = replace(SETTINGS, regions=("us-east-1", "eu-west-1"))
    assert job.read_settings(arguments()) == both


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"to_day": "2026-11-05"}, "to_day 2026-11-05 has not ended yet"),
        ({"from_day": "1 November"}, "from_day: '1 November' is not a day"),
        ({"snapshot_time": "2026-11-05T02:00:00"}, "has no time zone"),
    ],
)
def test_days_that_no_job_could_analyse_stop_the_first(
    changes: dict[str, str], reason: str
) -> None:
    with pytest.raises(InvalidDayError, match=reason):
        job.read_settings(arguments(**changes))


NO_OPTIONAL_PART = replace(
    TWO,
    flow_logs=None,
    vpcs=None,
    peerings=None,
    attachments=None,
    group_vpcs=None,
    mirror_targets=None,
    endpoint_services=None,
)
ALL_PARTS = replace(
    TWO,
    configured=ConfiguredResources((), ("Lambda function",)),
    flow_logs=(),
    vpcs=(Vpc("vpc-1", "123456789012", "us-east-1", ("10.0.0.0/16",)),),
    peerings=(),
    attachments=(),
    group_vpcs=(GroupVpc("sg-1", "vpc-2"), GroupVpc("sg-1", "vpc-3")),
    mirror_targets=("eni-1",),
    endpoint_services=(),
)
EVERY_OPTIONAL_PART = [
    "flow log",
    "VPC",
    "VPC peering connection",
    "Transit Gateway VPC attachment",
    "security group VPC association",
    "traffic mirror target",
    "VPC endpoint service",
]


@pytest.mark.parametrize(
    ("snapshot", "counts", "not_checked"),
    [
        (NO_OPTIONAL_PART, [None, None, None, None, None, None, None, None], EVERY_OPTIONAL_PART),
        (ALL_PARTS, [0, 1, 0, 0, 2, 1, 0, 0], ["Lambda function"]),
    ],
    ids=["no optional part", "all parts"],
)
def test_what_the_marker_says(
    snapshot: Snapshot, counts: list[int | None], not_checked: list[str]
) -> None:
    optional = (
        "flow_logs",
        "vpcs",
        "peerings",
        "attachments",
        "group_vpcs",
        "mirror_targets",
        "endpoint_services",
        "configured_resources",
    )
    assert job.facts(snapshot, SETTINGS) == {
        "regions": ["us-east-1"],
        "rules": 2,
        "groups": 1,
        "interfaces": 1,
        "prefix_lists": 0,
        **dict(zip(optional, counts, strict=True)),
        "not_checked": not_checked,
    }
