"""What is read of EC2: every page of every call, and what happens when one is refused."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from aws_network.network.flow_log import FlowLog, TrafficType
from aws_network.network.rules import MalformedItemError
from aws_network.network.snapshot import OPTIONAL_PARTS, Snapshot
from aws_network.network.vpcs import GroupVpc, Peering, TransitGatewayAttachment, Vpc
from aws_network.stores.ec2_inventory import read_snapshot
from aws_network.stores.optional_ec2_calls import OPTIONAL_CALLS, OptionalCall, not_looked_at
from tests.aws_network.ec2_items import (
    ACCOUNT,
    OPTIONAL_ITEMS,
    group_item,
    interface_item,
    list_item,
    rule_item,
)
from tests.emulated_aws import SESSION

MANAGED = {"IncludeManagedResources": True, "MaxResults": 1000}
ALL = {"MaxResults": 1000}
FEWER = {"MaxResults": 100}
Operation = tuple[str, str, Callable[[str], dict[str, Any]], dict[str, Any]]
REQUIRED: list[Operation] = [
    ("describe_security_group_rules", "SecurityGroupRules", rule_item, ALL),
    ("describe_security_groups", "SecurityGroups", group_item, ALL),
    ("describe_network_interfaces", "NetworkInterfaces", interface_item, MANAGED),
    ("describe_managed_prefix_lists", "PrefixLists", list_item, FEWER),
]
OPTIONAL: list[Operation] = [
    (xform_name(call.operation), call.items, OPTIONAL_ITEMS[call.part], ALL)
    for call in OPTIONAL_CALLS
]
OPTIONAL_IDS = [call.part for call in OPTIONAL_CALLS]


@pytest.fixture
def ec2(monkeypatch: pytest.MonkeyPatch) -> dict[str, Stubber]:
    """Region to the stub of its EC2."""
    clients = {name: SESSION.client("ec2", region_name=name) for name in ("us-east-1", "eu-west-1")}
    stubs = {name: Stubber(client) for name, client in clients.items()}
    monkeypatch.setattr(boto3, "client", lambda service, region_name, config: clients[region_name])
    for stub in stubs.values():
        stub.activate()
    return stubs


def answer(stub: Stubber, operations: list[Operation], *names: str) -> None:
    """Each operation answers with one item of each id, a page for each; a list has one entry."""
    for operation, key, item, parameters in operations:
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


def answer_nothing(stub: Stubber, operations: list[Operation]) -> None:
    """The operations answer with no item."""
    for operation, key, _, parameters in operations:
        stub.add_response(operation, {key: []}, parameters)


def answer_lists(stub: Stubber, list_id: str) -> None:
    """There is nothing but one prefix list; its entries are still to be answered."""
    answer_nothing(stub, REQUIRED[:3])
    stub.add_response("describe_managed_prefix_lists", {"PrefixLists": [list_item(list_id)]}, FEWER)


@pytest.mark.parametrize(
    "names", [("a", "b", "c"), ("a", "b", "b", "a", "c")], ids=["pages", "an item on two pages"]
)
def test_every_item_of_every_page_is_there_once(
    ec2: dict[str, Stubber], names: tuple[str, ...]
) -> None:
    stub = ec2["us-east-1"]
    answer(stub, [*REQUIRED, *OPTIONAL], *names)
    snapshot = read_snapshot(["us-east-1"])
    assert [rule.rule_id for rule in snapshot.rules] == ["a", "b", "c"]
    assert [group.group_id for group in snapshot.groups] == ["a", "b", "c"]
    assert [interface.interface_id for interface in snapshot.interfaces] == ["a", "b", "c"]
    assert [listed.prefix_list_id for listed in snapshot.prefix_lists] == ["a", "b", "c"]
    assert [len(getattr(snapshot, part)) for part in OPTIONAL_PARTS] == [3] * 7
    stub.assert_no_pending_responses()


def test_what_the_optional_parts_hold(ec2: dict[str, Stubber]) -> None:
    stub = ec2["us-east-1"]
    answer_nothing(stub, REQUIRED)
    answer(stub, OPTIONAL, "a")
    snapshot = read_snapshot(["us-east-1"])
    vpcs = [Vpc(name, "", "us-east-1", ()) for name in ("vpc-0", "vpc-1")]
    created = "2026-01-05T09:00:00+00:00"
    assert {part: getattr(snapshot, part) for part in OPTIONAL_PARTS} == {
        "flow_logs": (FlowLog("a", "vpc-1", TrafficType.ALL, "${version}", "us-east-1", created),),
        "vpcs": (Vpc("a", ACCOUNT, "us-east-1", ("10.0.0.0/16",)),),
        "peerings": (Peering("a", (vpcs[0], vpcs[1]), is_active=True),),
        "attachments": (TransitGatewayAttachment("a", "tgw-1", "vpc-1", is_active=True),),
        "group_vpcs": (GroupVpc("a", "vpc-2"),),
        "mirror_targets": ("eni-a",),
        "endpoint_services": ("arn:a",),
    }


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
    answer_nothing(stub, OPTIONAL)
    [found] = read_snapshot(["us-east-1"]).prefix_lists
    assert len(found.cidrs) == len(set(found.cidrs)) == 1000


def test_every_region_is_asked(ec2: dict[str, Stubber]) -> None:
    for region, name in (("us-east-1", "a"), ("eu-west-1", "b")):
        answer(ec2[region], [*REQUIRED, *OPTIONAL], name)
    snapshot = read_snapshot(["us-east-1", "eu-west-1"])
    found = [("a", "us-east-1"), ("b", "eu-west-1")]
    assert [(rule.rule_id, rule.region) for rule in snapshot.rules] == found
    assert [(listed.prefix_list_id, listed.region) for listed in snapshot.prefix_lists] == found
    assert [(log.flow_log_id, log.region) for log in snapshot.flow_logs or ()] == found
    assert snapshot.mirror_targets == ("eni-a", "eni-b")


def test_an_empty_region_is_not_one_that_was_not_looked_at(ec2: dict[str, Stubber]) -> None:
    answer_nothing(ec2["us-east-1"], [*REQUIRED, *OPTIONAL])
    snapshot = read_snapshot(["us-east-1"])
    assert snapshot == Snapshot((), (), (), (), None, **dict.fromkeys(OPTIONAL_PARTS, ()))
    assert not_looked_at(snapshot) == []


def test_a_prefix_list_that_vanishes_while_it_is_read_is_left_out(
    ec2: dict[str, Stubber],
) -> None:
    stub = ec2["us-east-1"]
    answer_lists(stub, "pl-1")
    stub.add_client_error("get_managed_prefix_list_entries", "InvalidPrefixListID.NotFound")
    answer_nothing(stub, OPTIONAL)
    assert read_snapshot(["us-east-1"]).prefix_lists == ()


def refuse(stub: Stubber, operation: str) -> None:
    stub.add_client_error(operation, "UnauthorizedOperation", "You are not authorized", 403)


@pytest.mark.parametrize("number", range(4), ids=[operation[0] for operation in REQUIRED])
def test_no_access_is_never_an_empty_list(ec2: dict[str, Stubber], number: int) -> None:
    answer_nothing(ec2["us-east-1"], REQUIRED[:number])
    refuse(ec2["us-east-1"], REQUIRED[number][0])
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        read_snapshot(["us-east-1"])


def test_no_access_to_its_entries_is_never_an_empty_prefix_list(ec2: dict[str, Stubber]) -> None:
    answer_lists(ec2["us-east-1"], "pl-1")
    refuse(ec2["us-east-1"], "get_managed_prefix_list_entries")
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        read_snapshot(["us-east-1"])


def test_an_unknown_protocol_stops_the_job(ec2: dict[str, Stubber]) -> None:
    items = {"SecurityGroupRules": [rule_item("sgr-1", protocol="tpc")]}
    ec2["us-east-1"].add_response("describe_security_group_rules", items)
    with pytest.raises(MalformedItemError, match="rule sgr-1: protocol 'tpc'"):
        read_snapshot(["us-east-1"])


REFUSALS = ["UnauthorizedOperation", "InvalidAction", "UnsupportedOperation", "InternalError"]


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize("call", OPTIONAL_CALLS, ids=OPTIONAL_IDS)
def test_an_optional_call_that_is_refused_leaves_its_part_out(
    ec2: dict[str, Stubber], caplog: pytest.LogCaptureFixture, call: OptionalCall, code: str
) -> None:
    stub, number = ec2["us-east-1"], OPTIONAL_CALLS.index(call)
    answer(stub, [*REQUIRED, *OPTIONAL[:number]], "a")
    stub.add_client_error(OPTIONAL[number][0], code)
    answer(stub, OPTIONAL[number + 1 :], "a")
    snapshot = read_snapshot(["us-east-1"])
    found = {part: getattr(snapshot, part) for part in OPTIONAL_PARTS}
    assert [part for part, items in found.items() if items is None] == [call.part]
    assert not_looked_at(snapshot) == [call.noun]
    assert f"{call.noun}s of us-east-1 not looked at" in caplog.text
    assert code in caplog.text


@pytest.mark.parametrize("call", OPTIONAL_CALLS, ids=OPTIONAL_IDS)
def test_an_optional_part_that_breaks_off_is_left_out_whole(
    ec2: dict[str, Stubber], call: OptionalCall
) -> None:
    stub, number = ec2["us-east-1"], OPTIONAL_CALLS.index(call)
    operation, key, item, parameters = OPTIONAL[number]
    answer_nothing(stub, [*REQUIRED, *OPTIONAL[:number]])
    stub.add_response(operation, {key: [item("a")], "NextToken": "n"}, parameters)
    refuse(stub, operation)
    answer_nothing(stub, OPTIONAL[number + 1 :])
    assert getattr(read_snapshot(["us-east-1"]), call.part) is None


def test_a_call_that_one_region_refuses_leaves_its_part_out_for_all(
    ec2: dict[str, Stubber],
) -> None:
    answer(ec2["us-east-1"], [*REQUIRED, *OPTIONAL], "a")
    answer(ec2["eu-west-1"], REQUIRED, "b")
    refuse(ec2["eu-west-1"], OPTIONAL[0][0])
    answer(ec2["eu-west-1"], OPTIONAL[1:], "b")
    snapshot = read_snapshot(["us-east-1", "eu-west-1"])
    assert snapshot.flow_logs is None
    assert [vpc.vpc_id for vpc in snapshot.vpcs or ()] == ["a", "b"]


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("flow_logs", {"TrafficType": "SOME"}),
        ("flow_logs", {"LogFormat": None}),
        ("vpcs", {"CidrBlock": "10.0.0.0/99"}),
        ("peerings", {"AccepterVpcInfo": None}),
        ("attachments", {"VpcId": None}),
    ],
    ids=str,
)
def test_an_item_that_nobody_understands_leaves_its_part_out(
    ec2: dict[str, Stubber], part: str, changes: dict[str, str | None]
) -> None:
    stub, number = ec2["us-east-1"], OPTIONAL_IDS.index(part)
    answer_nothing(stub, [*REQUIRED, *OPTIONAL[:number]])
    operation, key, item, parameters = OPTIONAL[number]
    changed = {name: text for name, text in (item("a") | changes).items() if text is not None}
    stub.add_response(operation, {key: [item("b"), changed]}, parameters)
    answer_nothing(stub, OPTIONAL[number + 1 :])
    assert not_looked_at(read_snapshot(["us-east-1"])) == [OPTIONAL_CALLS[number].noun]


def test_a_snapshot_has_a_place_for_every_optional_call() -> None:
    assert list(OPTIONAL_PARTS) == OPTIONAL_IDS
    assert set(OPTIONAL_IDS) < {field.name for field in fields(Snapshot)}
