"""Ids and the names that people know."""

from dataclasses import replace

from aws_network.network.names import named, names_of
from aws_network.network.vpcs import Vpc
from tests.aws_network.samples import ACCOUNT, FULL, REGION, SNAPSHOT

NAMES = {"sg-1": "web", "sg-2": "classic", "pl-1": "com.amazonaws.us-east-1.s3", "pl-2": "empty"}


def test_groups_prefix_lists_and_vpcs_by_id() -> None:
    named = replace(
        FULL, vpcs=(Vpc("vpc-1", ACCOUNT, REGION, (), {"Name": "shop"}), *(FULL.vpcs or ())[1:])
    )
    assert names_of(named) == NAMES | {"vpc-1": "shop"}


def test_an_inventory_without_vpcs() -> None:
    assert names_of(SNAPSHOT) == NAMES


def test_a_name_with_its_id() -> None:
    assert named("web", "sg-1") == "web (sg-1)"
    assert {named(name, "sg-1") for name in (None, "", "sg-1")} == {"sg-1"}
