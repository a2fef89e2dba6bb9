"""The collect job: what it reads of EC2, and what it writes of rules that stay, go and return."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from aws_network.flow_logs.days import InvalidDayError
from aws_network.network.rules import MalformedItemError, rule_from_api
from aws_network.network.snapshot import Snapshot
from aws_network.stores.ec2_inventory import read_snapshot
from aws_network.stores.rules_table import put_rules, read_rules
from aws_network.usage.tracked_rules import track
from jobs import collect_security_groups as job
from tests.attribution.networks import network
from tests.emulated_aws import SESSION
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


def rule_item(rule_id: str, protocol: str = "tcp") -> dict[str, Any]:
    return {
        "SecurityGroupRuleId": rule_id, "GroupId": "sg-1", "GroupOwnerId": "123456789012",
        "IsEgress": False, "IpProtocol": protocol, "FromPort": 443, "ToPort": 443,
        "CidrIpv4": "0.0.0.0/0",
    }  # fmt: skip


def group_item(group_id: str) -> dict[str, Any]:
    return {"GroupId": group_id, "GroupName": group_id, "OwnerId": "123456789012"}


def interface_item(interface_id: str) -> dict[str, Any]:
    return {"NetworkInterfaceId": interface_id, "OwnerId": "123456789012", "Groups": []}


def list_item(list_id: str) -> dict[str, Any]:
    return {"PrefixListId": list_id, "PrefixListName": list_id}


MANAGED = {"IncludeManagedResources": True, "MaxResults": 1000}
ALL = {"MaxResults": 1000}
FEWER = {"MaxResults": 100}
OPERATIONS: list[tuple[str, str, Callable[[str], dict[str, Any]], dict[str, Any]]] = [
    ("describe_security_group_rules", "SecurityGroupRules", rule_item, ALL),
    ("describe_security_groups", "SecurityGroups", group_item, ALL),
    ("describe_network_interfaces", "NetworkInterfaces", interface_item, MANAGED),
    ("describe_managed_prefix_lists", "PrefixLists", list_item, FEWER),
]


@pytest.fixture
def ec2(monkeypatch: pytest.MonkeyPatch) -> dict[str, Stubber]:
    """Region to the stub of its EC2."""
    clients = {name: SESSION.client("ec2", region_name=name) for name in ("us-east-1", "eu-west-1")}
    stubs = {name: Stubber(client) for name, client in clients.items()}
    monkeypatch.setattr(boto3, "client", lambda service, region_name, config: clients[region_name])
    for stub in stubs.values():
        stub.activate()
    return stubs


def answer(stub: Stubber, *names: str) -> None:
    """Each operation answers with one item of each id, a page for each; a list has one entry."""
    for operation, key, item, parameters in OPERATIONS:
        for page, name in enumerate(names):
            more = {"NextToken": f"page {page + 1}"} if page + 1 < len(names) else {}
            token = {"NextToken": f"page {page}"} if page else {}
            stub.add_response(operation, {key: [item(name)], **more}, {**parameters, **token})
            if key == "PrefixLists":
                entries(stub, name, "192.0.2.0/24")


def entries(stub: Stubber, list_id: str, *cidrs: str) -> None:
    stub.add_response(
        "get_managed_prefix_list_entries",
        {"Entries": [{"Cidr": cidr} for cidr in cidrs]},
        {"PrefixListId": list_id, **FEWER},
    )


def answer_nothing(stub: Stubber, operations: int = len(OPERATIONS)) -> None:
    """The first operations answer with no item."""
    for operation, key, _, parameters in OPERATIONS[:operations]:
        stub.add_response(operation, {key: []}, parameters)


def answer_lists(stub: Stubber, list_id: str) -> None:
    """There is nothing but one prefix list; its entries are still to be answered."""
    answer_nothing(stub, operations=3)
    stub.add_response("describe_managed_prefix_lists", {"PrefixLists": [list_item(list_id)]}, FEWER)


def test_every_item_of_every_page_is_there(ec2: dict[str, Stubber]) -> None:
    stub = ec2["us-east-1"]
    answer(stub, "a", "b", "c")
    snapshot = read_snapshot(["us-east-1"])
    assert [each.rule_id for each in snapshot.rules] == ["a", "b", "c"]
    assert [each.group_id for each in snapshot.groups] == ["a", "b", "c"]
    assert [each.interface_id for each in snapshot.interfaces] == ["a", "b", "c"]
    assert [each.prefix_list_id for each in snapshot.prefix_lists] == ["a", "b", "c"]
    stub.assert_no_pending_responses()


def test_an_item_on_two_pages_is_there_once(ec2: dict[str, Stubber]) -> None:
    answer(ec2["us-east-1"], "a", "b", "b", "a", "c")
    snapshot = read_snapshot(["us-east-1"])
    assert [each.rule_id for each in snapshot.rules] == ["a", "b", "c"]
    assert [each.group_id for each in snapshot.groups] == ["a", "b", "c"]
    assert [each.interface_id for each in snapshot.interfaces] == ["a", "b", "c"]
    assert [each.prefix_list_id for each in snapshot.prefix_lists] == ["a", "b", "c"]


def test_a_thousand_entries_in_ten_pages(ec2: dict[str, Stubber]) -> None:
    stub = ec2["us-east-1"]
    answer_lists(stub, "pl-1")
    for page in range(10):
        cidrs = [{"Cidr": f"10.{page}.{number}.0/24"} for number in range(100)]
        more = {"NextToken": f"page {page + 1}"} if page < 9 else {}
        token = {"NextToken": f"page {page}"} if page else {}
        stub.add_response(
            "get_managed_prefix_list_entries",
            {"Entries": cidrs, **more},
            {"PrefixListId": "pl-1", **FEWER, **token},
        )
    [found] = read_snapshot(["us-east-1"]).prefix_lists
    assert len(found.cidrs) == len(set(found.cidrs)) == 1000


def test_all_pages_of_entries(ec2: dict[str, Stubber]) -> None:
    stub = ec2["us-east-1"]
    answer_lists(stub, "pl-1")
    operation, asked = "get_managed_prefix_list_entries", {"PrefixListId": "pl-1", **FEWER}
    first = {"Entries": [{"Cidr": "192.0.2.0/24"}], "NextToken": "n"}
    stub.add_response(operation, first, asked)
    last = {"Entries": [{"Cidr": "203.0.113.0/24"}]}
    stub.add_response(operation, last, {**asked, "NextToken": "n"})
    [found] = read_snapshot(["us-east-1"]).prefix_lists
    assert found.cidrs == ("192.0.2.0/24", "203.0.113.0/24")


def test_every_region_is_asked(ec2: dict[str, Stubber]) -> None:
    for region, name in (("us-east-1", "a"), ("eu-west-1", "b")):
        answer(ec2[region], name)
    snapshot = read_snapshot(["us-east-1", "eu-west-1"])
    assert [(each.rule_id, each.region) for each in snapshot.rules] == [
        ("a", "us-east-1"),
        ("b", "eu-west-1"),
    ]
    assert [each.region for each in snapshot.prefix_lists] == ["us-east-1", "eu-west-1"]


def test_an_empty_region(ec2: dict[str, Stubber]) -> None:
    answer_nothing(ec2["us-east-1"])
    assert read_snapshot(["us-east-1"]) == Snapshot((), (), (), ())


def test_a_prefix_list_that_vanishes_while_it_is_read_is_left_out(
    ec2: dict[str, Stubber],
) -> None:
    stub = ec2["us-east-1"]
    answer_lists(stub, "pl-1")
    stub.add_client_error("get_managed_prefix_list_entries", "InvalidPrefixListID.NotFound")
    assert read_snapshot(["us-east-1"]).prefix_lists == ()


def refuse(stub: Stubber, operation: str) -> None:
    stub.add_client_error(operation, "UnauthorizedOperation", "You are not authorized", 403)
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        read_snapshot(["us-east-1"])


@pytest.mark.parametrize("number", range(4), ids=[each[0] for each in OPERATIONS])
def test_no_access_is_never_an_empty_list(ec2: dict[str, Stubber], number: int) -> None:
    answer_nothing(ec2["us-east-1"], operations=number)
    refuse(ec2["us-east-1"], OPERATIONS[number][0])


def test_no_access_to_its_entries_is_never_an_empty_prefix_list(ec2: dict[str, Stubber]) -> None:
    answer_lists(ec2["us-east-1"], "pl-1")
    refuse(ec2["us-east-1"], "get_managed_prefix_list_entries")


def test_an_unknown_protocol_stops_the_job(ec2: dict[str, Stubber]) -> None:
    items = {"SecurityGroupRules": [rule_item("sgr-1", protocol="tpc")]}
    ec2["us-east-1"].add_response("describe_security_group_rules", items)
    with pytest.raises(MalformedItemError, match="rule sgr-1: protocol 'tpc'"):
        read_snapshot(["us-east-1"])


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


def test_what_the_marker_says() -> None:
    assert job.facts(TWO, SETTINGS) == {
        "regions": ["us-east-1"],
        "rules": 2,
        "groups": 1,
        "interfaces": 1,
        "prefix_lists": 0,
        "configured_resources": 0,
        "not_checked": [],
    }
