"""EC2 answers from the AWS CLI's output: every field, page by page."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.account.inventory import OPTIONAL_EXPORTS, Inventory
from local.emulator import ec2
from local.emulator.ec2 import inventory_of
from local.emulator.server import Emulator
from tests.local.account.samples import OPTIONAL_DOCUMENTS
from tests.local.emulator.roles import make_role

RULES = [
    {
        "SecurityGroupRuleId": f"sgr-{number:017x}",
        "GroupId": f"sg-{number % 2:017x}",
        "GroupOwnerId": "123456789012",
        "IsEgress": False,
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "ReferencedGroupInfo": {"GroupId": "sg-1", "UserId": "111122223333", "VpcId": "vpc-1"},
        "Description": "a rule",
        "Tags": [{"Key": "owner", "Value": "net"}],
        "SecurityGroupRuleArn": f"arn:aws:ec2:us-east-1:123456789012:security-group-rule/{number}",
    }
    for number in range(12)
]
INTERFACE = {
    "NetworkInterfaceId": "eni-1",
    "Attachment": {"AttachTime": "2026-10-01T08:00:00+00:00", "Status": "attached"},
    "Groups": [{"GroupId": "sg-1", "GroupName": "web"}],
    "InterfaceType": "nat_gateway",
    "Ipv6Addresses": [{"Ipv6Address": "2001:db8::1"}],
    "Ipv4Prefixes": [{"Ipv4Prefix": "192.0.2.16/28"}],
    "PrivateIpAddresses": [{"PrivateIpAddress": "192.0.2.1", "Primary": True}],
    "RequesterManaged": True,
    "Status": "in-use",
}


@pytest.fixture
def client(aws: Emulator) -> Iterator[Any]:
    lists = [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.us-east-1.s3"}]
    entries = [{"Cidr": f"198.51.100.{n}/32"} for n in range(130)]
    inventory = Inventory(RULES, [{"GroupId": "sg-1"}], [INTERFACE], lists, {"pl-1": entries})
    ec2.set_inventory("us-east-1", inventory)
    yield aws.client("ec2")
    ec2.set_inventory("us-east-1", Inventory())


def test_rule_comes_back_as_it_was_exported(client: Any) -> None:
    assert client.describe_security_group_rules()["SecurityGroupRules"] == RULES


def test_interface_comes_back_as_it_was_exported(client: Any) -> None:
    (found,) = client.describe_network_interfaces()["NetworkInterfaces"]
    time = found["Attachment"].pop("AttachTime")
    assert time.isoformat() == "2026-10-01T08:00:00+00:00"
    expected = {**INTERFACE, "Attachment": {"Status": "attached"}}
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize("size", [5, 6, 7, 12])
def test_pages_hold_max_results_and_miss_nothing(client: Any, size: int) -> None:
    pages = list(
        client.get_paginator("describe_security_group_rules").paginate(
            PaginationConfig={"PageSize": size}
        )
    )
    assert all(len(page["SecurityGroupRules"]) <= size for page in pages)
    assert [rule for page in pages for rule in page["SecurityGroupRules"]] == RULES


def test_entries_come_in_pages_of_a_hundred(client: Any) -> None:
    first = client.get_managed_prefix_list_entries(PrefixListId="pl-1")
    assert len(first["Entries"]) == 100
    more = client.get_managed_prefix_list_entries(PrefixListId="pl-1", NextToken=first["NextToken"])
    assert len(more["Entries"]) == 30
    assert "NextToken" not in more


def test_filter_keeps_what_it_names(client: Any) -> None:
    wanted = [{"Name": "group-id", "Values": ["sg-00000000000000001"]}]
    found = client.describe_security_group_rules(Filters=wanted)["SecurityGroupRules"]
    assert [rule["GroupId"] for rule in found] == ["sg-00000000000000001"] * 6


@pytest.mark.parametrize(
    ("call", "arguments", "code"),
    [
        (
            "get_managed_prefix_list_entries",
            {"PrefixListId": "pl-9"},
            "InvalidPrefixListID.NotFound",
        ),
        ("describe_security_groups", {"GroupIds": ["sg-9"]}, "InvalidGroup.NotFound"),
    ],
)
def test_unknown_id_is_an_error(
    client: Any, call: str, arguments: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError, match=code.replace(".", r"\.")):
        getattr(client, call)(**arguments)


def test_other_region_is_empty(aws: Emulator, client: Any) -> None:
    other = aws.client("ec2", "eu-west-1")
    assert other.describe_security_group_rules()["SecurityGroupRules"] == []


CALLS = {
    file: f"describe_{file.removesuffix('.json').replace('-', '_')}" for file in OPTIONAL_EXPORTS
}


def plain(answer: Any) -> Any:
    """Without its metadata, times as the AWS CLI prints them."""
    del answer["ResponseMetadata"]
    return json.loads(json.dumps(answer, default=lambda time: time.isoformat()))


@pytest.mark.parametrize("file", OPTIONAL_EXPORTS)
def test_optional_export_comes_back_as_it_was(client: Any, file: str) -> None:
    result = OPTIONAL_EXPORTS[file][0]
    inventory_of("us-east-1").optional[file] = OPTIONAL_DOCUMENTS[file][result]
    assert plain(getattr(client, CALLS[file])()) == OPTIONAL_DOCUMENTS[file]


@pytest.mark.parametrize("file", OPTIONAL_EXPORTS)
def test_optional_export_of_many_items_comes_in_pages(client: Any, file: str) -> None:
    result, *_ = OPTIONAL_EXPORTS[file]
    [item] = OPTIONAL_DOCUMENTS[file][result]
    inventory_of("us-east-1").optional[file] = [item] * 12
    found = client.get_paginator(CALLS[file]).paginate(PaginationConfig={"PageSize": 5})
    assert [len(page[result]) for page in found] == [5, 5, 2]


@pytest.mark.parametrize("file", OPTIONAL_EXPORTS)
def test_call_without_an_export_is_refused(client: Any, file: str) -> None:
    with pytest.raises(ClientError, match=f"UnauthorizedOperation.* no export {file}"):
        getattr(client, CALLS[file])()


def test_an_export_with_no_item_is_an_empty_answer(client: Any) -> None:
    inventory_of("us-east-1").optional["vpcs.json"] = []
    assert client.describe_vpcs()["Vpcs"] == []


@pytest.mark.parametrize("file", OPTIONAL_EXPORTS)
def test_a_role_needs_the_action_of_its_call(aws: Emulator, client: Any, file: str) -> None:
    inventory_of("us-east-1").optional[file] = []
    words = "".join(word.capitalize() for word in CALLS[file].split("_"))
    role = make_role(aws, [([f"ec2:{words}"], ["*"])])
    other = make_role(aws, [(["ec2:DescribeSubnets"], ["*"])])
    assert getattr(aws.client_as_role("ec2", "us-east-1", role), CALLS[file])()
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        getattr(aws.client_as_role("ec2", "us-east-1", other), CALLS[file])()
