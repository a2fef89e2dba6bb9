"""Rules with a broken source."""

from dataclasses import replace

import pytest

from aws_network.findings import Analysis
from aws_network.network.inventory import Inventory, union
from aws_network.network.rules import Source
from tests.attribution.networks import ACCOUNT, network

RULE = "sgr-1 sg-web ingress tcp 443 "


def with_source(source: Source, lists: dict[str, list[str]] | None = None) -> Inventory:
    """A network whose one rule has this source."""
    made = network([RULE + "10.0.0.0/8"], [], lists, ("sg-app",))
    return union([replace(made, rules=(replace(made.rules[0], source=source),))])


GROUP = Source("group", "sg-app", account_id=ACCOUNT)
GONE = Source("group", "sg-gone", account_id=ACCOUNT)
FOREIGN = Source("group", "sg-there", account_id="111122223333", vpc_id="vpc-9", peering_id="pcx-1")


@pytest.mark.parametrize(
    ("source", "code"),
    [
        pytest.param(GROUP, None, id="a group of the account"),
        pytest.param(GONE, "deleted_group", id="a group of the account that is not there"),
        pytest.param(replace(GONE, account_id=None), None, id="an old snapshot: owner unknown"),
        pytest.param(FOREIGN, None, id="another account's group, peering's status not told"),
        pytest.param(replace(FOREIGN, peering_status="active"), None, id="an active peering"),
        pytest.param(
            replace(FOREIGN, peering_status="deleted"), "peering_gone", id="a deleted peering"
        ),
        pytest.param(
            replace(FOREIGN, peering_status="pending-acceptance"), None, id="a peering to come"
        ),
        pytest.param(Source("prefix_list", "pl-empty"), "empty_prefix_list", id="an empty list"),
        pytest.param(Source("prefix_list", "pl-full"), None, id="a list with entries"),
        pytest.param(Source("prefix_list", "pl-theirs"), None, id="a list we cannot see"),
        pytest.param(Source("cidr", "10.0.0.0/8"), None, id="a block"),
    ],
)
def test_dangling(source: Source, code: str | None) -> None:
    found = Analysis(with_source(source, {"pl-empty": [], "pl-full": ["10.0.0.0/8"]})).findings
    assert [(finding.kind, finding.reason_code) for finding in found] == (
        [("dangling", code)] if code else []
    )


def test_a_broken_rule_is_not_called_shadowed_as_well() -> None:
    made = network([RULE + "sg-gone", "sgr-2 sg-web ingress -1 any 0.0.0.0/0"], [])
    broken = replace(made.rules[0], source=GONE)
    found = Analysis(union([replace(made, rules=(broken, made.rules[1]))])).findings
    assert [finding.kind for finding in found] == ["dangling"]
