"""What the compute job writes of a rule."""

from dataclasses import replace
from typing import Any

import boto3
import pytest

from aws_network.findings import Kind
from aws_network.flow_logs.window import Window
from aws_network.stores.dynamodb import put_items
from aws_network.stores.rules_table import from_item
from aws_network.stores.usage_table import usage_item
from aws_network.usage.exemptions import read_exemptions
from aws_network.usage.judging import Criteria, account_facts, judge_rule
from aws_network.usage.verdicts import Limits, RuleCounts
from tests.aws_network.samples import SNAPSHOT
from tests.jobs.names import USAGE_TABLE

WINDOW = Window("2026-11-01", "2026-11-30")
RULE: dict[str, Any] = {
    "sg_rule_id": "sgr-1",
    "security_group_id": "sg-1",
    "security_group_name": "web",
    "security_group_region": "us-east-1",
    "sg_rule_direction": "ingress",
    "sg_rule_protocol": "tcp",
    "sg_rule_ports": "8080 - 8090",
    "security_group_src": "pl-1",
    "account_id": "123456789012",
    "vpc_id": "vpc-1",
    "description": "the world",
    "tags": {"owner": "web"},
    "first_seen": "2026-10-01",
    "last_seen": "2026-11-30",
}
USED = RuleCounts(
    used_times=12, sole_times=5, ambiguous_times=2, days_used=3, days_ambiguous=1, days_known=30,
    days_attached=30, days_observed=29, days_active=30, last_used="2026-11-28",
)  # fmt: skip
QUIET = RuleCounts(days_known=30, days_attached=30, days_observed=30, days_active=30)


CRITERIA = Criteria(
    WINDOW,
    Limits(),
    read_exemptions(["keep"], []),
    account_facts(SNAPSHOT, {"us-east-1": "2026-10-01"}, ["owner"]),
)


NAMES = {"pl-1": "offices", "vpc-1": "shop"}


def item_of(rule: dict[str, Any], counts: RuleCounts) -> dict[str, Any]:
    return usage_item(
        judge_rule(from_item(rule), counts, CRITERIA),
        {},
        NAMES,
        {"sgr-1": "the CloudFormation stack shop"},
    )


def test_a_used_rule_in_the_usage_table() -> None:
    item = item_of(RULE, USED)
    reason = item.pop("status_reason")
    assert reason.startswith("admitted 12 request records on 3 days")
    assert item == {
        "sg_rule_id": "sgr-1",
        "sg_id": "sg-1",
        "sg_name": "web",
        "protocol": "tcp",
        "ports": "8080 - 8090",
        "flow_direction": "ingress",
        "source": "pl-1",
        "source_name": "offices",
        "region": "us-east-1",
        "account_id": "123456789012",
        "vpc_id": "vpc-1",
        "vpc_name": "shop",
        "managed_by": "the CloudFormation stack shop",
        "description": "the world",
        "tags": {"owner": "web"},
        "owner": "web",
        "first_seen": "2026-10-01",
        "used_times": 12,
        "sole_times": 5,
        "ambiguous_times": 2,
        "days_used": 3,
        "days_ambiguous": 1,
        "days_attached": 30,
        "days_observed": 29,
        "is_steady": True,
        "is_fully_observed": False,
        "sg_rule_last_used": "2026-11-28",
        "status": "used",
        "reason_code": "used",
        "judged_status": "used",
        "window_from": "2026-11-01",
        "window_to": "2026-11-30",
    }


def test_a_rule_never_used_has_zeros_and_no_last_use() -> None:
    item = item_of(RULE, QUIET)
    assert (item["used_times"], item["sole_times"], item["ambiguous_times"]) == (0, 0, 0)
    assert item["status"] == "unused"
    assert "sg_rule_last_used" not in item


def test_findings_are_a_list_in_a_text_and_absent_where_there_are_none() -> None:
    usage = judge_rule(from_item(RULE), USED, CRITERIA)
    found = {"sgr-1": [Kind.SHADOWED, Kind.TOO_WIDE], "sgr-2": [Kind.DANGLING]}
    item = usage_item(usage, found, {}, {})
    assert item["findings"] == "shadowed,too_wide"
    assert "findings" not in usage_item(usage, {"sgr-2": [Kind.DANGLING]}, {}, {})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, False, id="a day of an interface was not seen whole"),
        pytest.param({"days_observed": 30}, True, id="all days were"),
        pytest.param({"days_observed": 30, "days_known": 29}, False, id="younger than the window"),
    ],
)
def test_use_was_observed_whole_where_silence_would_have_meant_something(
    changes: dict[str, int], expected: bool
) -> None:
    item = item_of(RULE, replace(USED, **changes))  # type: ignore[arg-type]
    assert item["is_fully_observed"] is expected


def test_a_rule_without_any_day_is_not_called_unused() -> None:
    assert item_of(RULE, RuleCounts())["status"] == "not_observed"


def test_what_the_rules_table_lacks_is_absent() -> None:
    optional = ("account_id", "vpc_id", "description", "first_seen")
    bare = {name: value for name, value in RULE.items() if name not in optional}
    assert set(optional).isdisjoint(item_of(bare, QUIET))


def test_a_rule_that_is_gone_stays_marked_and_expires() -> None:
    gone = RULE | {"gone_since": "2026-11-20", "expires_at": 1_800_000_000}
    item = item_of(gone, QUIET)
    assert (item["gone_since"], item["expires_at"]) == ("2026-11-20", 1_800_000_000)


def test_items_are_written_over_what_was_there(aws: None) -> None:
    table = boto3.resource("dynamodb").create_table(
        TableName=USAGE_TABLE,
        KeySchema=[{"AttributeName": "sg_rule_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "sg_rule_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    put_items(table, [item_of(RULE, USED)])
    put_items(table, [item_of(RULE, QUIET)])
    [item] = table.scan()["Items"]
    assert item == item_of(RULE, QUIET)
