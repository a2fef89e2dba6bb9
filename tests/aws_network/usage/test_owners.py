"""Who owns a rule: the tags that are there, and whom they name."""

from collections.abc import Mapping

import pytest

from aws_network.network.groups import group_from_api
from aws_network.network.interfaces import interface_from_api
from aws_network.network.rules import rule_from_api
from aws_network.network.snapshot import Snapshot
from aws_network.network.vpcs import vpc_from_api
from aws_network.usage.owners import DEFAULT_TAGS, owners_in
from aws_network.usage.tracked_rules import TrackedRule
from tests.aws_network.ec2_items import Item, group_item, interface_item, rule_item, vpc_item

REGION = "us-east-1"
Tags = Mapping[str, str]
BARE: Tags = {}


def tagged(item: Item, tags: Tags, name: str = "Tags", **more: object) -> Item:
    return {**item, name: [{"Key": k, "Value": v} for k, v in tags.items()], **more}


def snapshot(
    rule: Tags = BARE, group: Tags = BARE, interfaces: tuple[Tags, ...] = (), vpc: Tags = BARE
) -> Snapshot:
    """A rule of group sg-1 in vpc-1, as EC2 describes them with these tags."""
    carried = {"Groups": [{"GroupId": "sg-1"}, {"GroupId": "sg-2"}]}
    return Snapshot(
        rules=(rule_from_api(tagged(rule_item("sgr-1"), rule), REGION),),
        groups=(group_from_api(tagged(group_item("sg-1"), group, VpcId="vpc-1"), REGION),),
        interfaces=tuple(
            interface_from_api(
                tagged(interface_item(f"eni-{n}"), tags, "TagSet", **carried), REGION
            )
            for n, tags in enumerate(interfaces)
        ),
        prefix_lists=(),
        vpcs=(vpc_from_api(tagged(vpc_item("vpc-1"), vpc), REGION),),
    )


def tracked(tags: Tags = BARE, group_id: str = "sg-1", vpc_id: str | None = "vpc-1") -> TrackedRule:
    return TrackedRule(
        "sgr-1", group_id, "web", REGION, "ingress", "tcp", "443", "pl-1", vpc_id=vpc_id, tags=tags
    )


RULE, GROUP, VPC = {"owner": "of rule"}, {"owner": "of group"}, {"owner": "of vpc"}
ONE, OTHER = {"owner": "one"}, {"owner": "other"}


@pytest.mark.parametrize(
    ("rule", "group", "interfaces", "vpc", "owner"),
    [
        (RULE, GROUP, (ONE,), VPC, "of rule"),
        (BARE, GROUP, (ONE,), VPC, "of group"),
        (BARE, BARE, (ONE,), VPC, "one"),
        (BARE, BARE, (ONE, BARE, ONE), VPC, "one"),
        (BARE, BARE, (ONE, OTHER), VPC, "of vpc"),
        (BARE, BARE, (ONE, OTHER), BARE, None),
        (BARE, BARE, (), VPC, "of vpc"),
        (BARE, BARE, (BARE,), BARE, None),
        ({"owner": " "}, GROUP, (), VPC, "of group"),
        ({"owner": ""}, {"owner": " padded "}, (), VPC, "padded"),
        ({"Name": "web"}, GROUP, (), BARE, "of group"),
    ],
)
def test_the_most_particular_owner_counts(
    rule: Tags, group: Tags, interfaces: tuple[Tags, ...], vpc: Tags, owner: str | None
) -> None:
    found = owners_in(snapshot(rule, group, interfaces, vpc), ["owner"])
    assert found.of(tracked(rule)) == owner


@pytest.mark.parametrize(
    ("keys", "tags", "owner"),
    [
        (["team", "owner"], {"owner": "a", "team": "b"}, "b"),
        (["team", "owner"], {"owner": "a", "team": " "}, "a"),
        (["owner"], {"Owner": "a"}, None),
        (DEFAULT_TAGS, {"Team": "a"}, "a"),
        ([], {"owner": "a"}, None),
    ],
)
def test_the_first_key_that_has_a_value_counts(
    keys: list[str], tags: Tags, owner: str | None
) -> None:
    assert owners_in(snapshot(group=tags), keys).of(tracked()) == owner


def test_an_interface_speaks_for_each_of_its_groups_and_for_no_other() -> None:
    owners = owners_in(snapshot(interfaces=(ONE,)), ["owner"])
    assert owners.of(tracked(group_id="sg-2", vpc_id=None)) == "one"
    assert owners.of(tracked(group_id="sg-3", vpc_id=None)) is None


def test_a_rule_whose_group_is_gone_has_its_own_tags() -> None:
    owners = owners_in(Snapshot((), (), (), ()), ["owner"])
    assert (owners.of(tracked(RULE)), owners.of(tracked())) == ("of rule", None)


def test_two_snapshots_of_a_network_whose_tags_changed_are_alike() -> None:
    """Tags decide nothing about what a rule admits, so that they raise no doubt."""
    one, other = (snapshot(interfaces=(tags,), vpc=tags) for tags in (ONE, OTHER))
    assert (one.interfaces, one.vpcs) == (other.interfaces, other.vpcs)
    assert len({*(one.vpcs or ()), *(other.vpcs or ())}) == 1
