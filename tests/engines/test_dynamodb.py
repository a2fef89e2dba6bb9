"""What the jobs write into DynamoDB and read from it, on an engine that is not the emulator."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws_network.stores.dynamodb import all_items, put_items
from aws_network.stores.rules_table import ATTRIBUTES, put_rules, read_rules, to_item
from aws_network.usage.tracked_rules import TrackedRule, track
from tests.accuracy.played import snapshot_of
from tests.engines.dynalite import Dynalite
from tests.infra.stacks import Template, plain, resources, template
from tests.large_account.network import large_account
from tests.reliability.faults import Faults, KilledError, Point

pytestmark = pytest.mark.engines

DAY = date(2026, 11, 5)
REGIONS = ("us-east-1",)
SNAPSHOT = snapshot_of(large_account(150))


@pytest.fixture(scope="module")
def stack() -> Template:
    return template()


@pytest.fixture
def engine(dynamodb: Dynalite, stack: Template) -> Iterator[Dynalite]:
    """The stack's tables, empty."""
    dynamodb.create_tables(stack)
    yield dynamodb
    dynamodb.delete_tables()


@pytest.fixture(scope="module")
def names(stack: Template) -> tuple[str, str]:
    """Of the rules table and the usage table."""
    found = [plain(each)["TableName"] for each in resources(stack, "AWS::DynamoDB::Table").values()]
    rules, usage = sorted(found)
    return rules, usage


def tracked() -> list[TrackedRule]:
    """The rules of an account on its first night; one of them is gone."""
    rules = track(SNAPSHOT, [], DAY, REGIONS, 365).current
    fewer = replace(SNAPSHOT, rules=SNAPSHOT.rules[1:])
    later = track(fewer, rules, DAY + timedelta(days=1), REGIONS, 365)
    return [*later.current, *later.newly_gone]


def test_rules_are_read_as_they_were_put(engine: Dynalite, names: tuple[str, str]) -> None:
    rules = tracked()
    put_rules(engine.table(names[0]), rules)
    found = read_rules(engine.table(names[0]))
    assert sorted(found, key=lambda rule: rule.rule_id) == sorted(
        rules, key=lambda rule: rule.rule_id
    )
    assert len(found) > 100


def test_what_is_put_again_is_there_once(engine: Dynalite, names: tuple[str, str]) -> None:
    rules = tracked()
    put_rules(engine.table(names[0]), rules)
    put_rules(engine.table(names[0]), rules[::-1])
    assert len(read_rules(engine.table(names[0]))) == len(rules)


def test_more_than_a_page_is_read(engine: Dynalite, names: tuple[str, str]) -> None:
    items = [{"sg_rule_id": f"sgr-{n}", "description": "x" * 255 + "y" * 50_000} for n in range(60)]
    put_items(engine.table(names[0]), [with_keys(item) for item in items])
    pages = engine.client().get_paginator("scan").paginate(TableName=names[0])
    assert len(list(pages)) > 2
    assert len(list(all_items(engine.table(names[0])))) == 60


def with_keys(item: dict[str, Any]) -> dict[str, Any]:
    """An item that is in all indexes."""
    keys = ("security_group_id", "security_group_name", "sg_id", "protocol")
    return {**dict.fromkeys(keys, "sg-1"), **item}


def test_the_largest_rule_that_ec2_allows_fits_into_an_item(
    engine: Dynalite, names: tuple[str, str]
) -> None:
    largest = replace(
        tracked()[0],
        description="é" * 255,
        tags={f"{n:02}" + "é" * 126: "é" * 256 for n in range(50)},
    )
    put_rules(engine.table(names[0]), [largest])
    assert read_rules(engine.table(names[0])) == [largest]


def test_an_item_that_is_too_large_is_refused(engine: Dynalite, names: tuple[str, str]) -> None:
    with pytest.raises(ClientError, match="Item size has exceeded"):
        put_items(engine.table(names[0]), [with_keys({"sg_rule_id": "s", "x": "x" * 410_000})])


def test_the_indexes_find_rules_by_their_group(engine: Dynalite, names: tuple[str, str]) -> None:
    rules = tracked()
    put_rules(engine.table(names[0]), rules)
    wanted = rules[5]
    found = engine.client().query(
        TableName=names[0],
        IndexName="sgrule",
        KeyConditionExpression="security_group_id = :id AND security_group_name = :name",
        ExpressionAttributeValues={
            ":id": {"S": wanted.group_id},
            ":name": {"S": wanted.group_name},
        },
    )["Items"]
    assert {item["sg_rule_id"]["S"] for item in found} == {
        rule.rule_id for rule in rules if rule.group_id == wanted.group_id
    }


def test_what_expires_says_so_as_a_number_of_the_attribute_that_the_table_names(
    engine: Dynalite, names: tuple[str, str], stack: Template
) -> None:
    put_rules(engine.table(names[0]), tracked())
    items = engine.client().scan(TableName=names[0])["Items"]
    for table in map(plain, resources(stack, "AWS::DynamoDB::Table").values()):
        specification = table["TimeToLiveSpecification"]
        assert specification == {"AttributeName": ATTRIBUTES["expires_at"], "Enabled": True}
    expiring = [item for item in items if "gone_since" in item]
    assert [list(item["expires_at"]) for item in expiring] == [["N"]]


def test_a_batch_that_names_an_item_twice_is_refused(
    engine: Dynalite, names: tuple[str, str]
) -> None:
    """What put_items asks of its caller is what DynamoDB asks."""
    item = to_item(tracked()[0])
    with pytest.raises(ClientError, match="duplicates"):
        put_items(engine.table(names[0]), [item, item])


WRITE = "dynamodb.BatchWriteItem"


def killed_at(engine: Dynalite, name: str, rules: list[TrackedRule], point: Point) -> None:
    """Puts rules until the point."""
    session = engine.session()
    Faults((point,)).attach(session._session)
    with pytest.raises(KilledError):
        put_rules(engine.table(name, session), rules)


@pytest.mark.parametrize("number", [1, 2, 5])
@pytest.mark.parametrize("side", ["before", "after"])
def test_killed_at_a_write_and_run_again_it_leaves_the_same(
    engine: Dynalite, names: tuple[str, str], number: int, side: Any
) -> None:
    first = list(track(SNAPSHOT, [], DAY, REGIONS, 365).current)
    put_rules(engine.table(names[0]), first)
    second = tracked()
    killed_at(engine, names[0], second, Point(WRITE, number, side))
    half = read_rules(engine.table(names[0]))
    assert {rule.rule_id for rule in half} == {rule.rule_id for rule in first}
    fewer = replace(SNAPSHOT, rules=SNAPSHOT.rules[1:])
    again = track(fewer, half, DAY + timedelta(days=1), REGIONS, 365)
    put_rules(engine.table(names[0]), [*again.current, *again.newly_gone])
    found = {rule.rule_id: rule for rule in read_rules(engine.table(names[0]))}
    assert found == {rule.rule_id: rule for rule in second}
