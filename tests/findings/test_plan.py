"""Which rules a plan touches, in which order, and that its items hold together."""

from dataclasses import replace

import pytest

from aws_network.findings import Analysis, TradeOff
from aws_network.findings.observed import Admitted, Observed, Seen
from aws_network.network.inventory import Inventory, union
from aws_network.usage.judging import RuleUsage
from aws_network.usage.statuses import ReasonCode
from plan.build import make_plan
from plan.comments import remarks
from plan.model import Action, Item, Totals, totals
from tests.attribution.networks import network
from tests.findings.usages import WINDOW, usage_of

USED = usage_of(used_times=9, sole_times=9)
SHARED = usage_of(used_times=9)
UNUSED = usage_of(ReasonCode.NEVER_USED)
EXEMPT = usage_of(ReasonCode.EXEMPT_BY_TAG)
INTERFACES = ["eni-1 sg-web,sg-base 10.0.0.4"]


def items(
    rules: list[str],
    usages: dict[str, RuleUsage] | None = None,
    observed: Observed | None = None,
    trade_off: TradeOff = TradeOff.FEWER,
    lists: dict[str, list[str]] | None = None,
) -> list[Item]:
    inventory: Inventory = union([network(rules, INTERFACES, lists)])
    every = {rule.rule_id: USED for rule in inventory.latest_rules} | (usages or {})
    return list(make_plan(Analysis(inventory, every, observed, trade_off), WINDOW, Totals()).items)


def lines(found: list[Item]) -> list[str]:
    """`1 remove a by b`."""
    return [
        " ".join([f"{item.step} {item.action} {item.rule.rule_id} by", *item.evidence.covered_by])
        for item in found
    ]


def admitted(text: str) -> Admitted:
    return Admitted(frozenset(text.split()), frozenset(), True, 1)


WIDE = "w sg-web ingress tcp any 0.0.0.0/0"
HTTPS = "n sg-web ingress tcp 443 10.0.0.0/8"
SEEN = Observed(
    {"w": [Seen(6, (443, 443), "10.1.2.0/24", requests=30)]}, [admitted("w"), admitted("w n")]
)


def test_an_item_names_the_owner_of_its_rule() -> None:
    unused = replace(usage_of(ReasonCode.NEVER_USED, "a"), owner="web team")
    [item] = items(["a sg-web ingress tcp 443 10.0.0.0/8"], {"a": unused})
    assert item.owner == "web team"
    assert "owner: web team" in list(remarks(item))


def test_of_two_alike_one_stays() -> None:
    rules = ["a sg-web ingress tcp 443 pl-1", "b sg-web ingress tcp 443 10.0.0.0/8"]
    assert lines(items(rules, lists={"pl-1": ["10.0.0.0/8"]})) == ["4 remove a by b"]


def test_a_chain_of_shadows_ends_at_what_stays() -> None:
    rules = [
        "a sg-web ingress tcp 443 10.0.0.0/16",
        "b sg-web ingress tcp 443 10.0.0.0/12",
        "c sg-web ingress tcp 443 10.0.0.0/8",
    ]
    assert lines(items(rules)) == ["1 remove a by c", "1 remove b by c"]


def test_an_unused_rule_covers_nobody() -> None:
    rules = [HTTPS, WIDE]
    assert lines(items(rules, {"w": UNUSED})) == ["2 remove w by"]
    assert lines(items(rules, {"w": UNUSED, "n": UNUSED})) == ["2 remove n by", "2 remove w by"]


def test_used_before_comes_after_never_used_and_the_longest_ago_first() -> None:
    rules = [f"{name} sg-web ingress tcp {port} 10.0.0.0/8" for port, name in enumerate("abc", 1)]
    usages = {
        "a": usage_of(ReasonCode.NO_LONGER_USED, last_used="2026-09-01"),
        "b": usage_of(ReasonCode.NO_LONGER_USED, last_used="2026-08-01"),
        "c": UNUSED,
    }
    assert lines(items(rules, usages)) == ["2 remove c by", "3 remove b by", "3 remove a by"]


def test_exempt_rules_are_left_alone() -> None:
    assert items([HTTPS, WIDE], {"n": EXEMPT}) == []
    assert lines(items([HTTPS, WIDE], {"w": EXEMPT})) == ["1 remove n by w"]


def test_groups_beside_it_cover_only_where_there_is_evidence() -> None:
    rules = ["a sg-web ingress tcp 443 10.0.0.0/8", "b sg-base ingress tcp 443 10.0.0.0/8"]
    assert items(rules) == []
    assert lines(items(rules, {}, Observed(admitted=[admitted("a b")]))) == ["5 remove a by b"]
    unknown = Observed(admitted=[replace(admitted("a b"), is_known=False)])
    assert items(rules, {}, unknown) == []


def test_what_covers_a_rule_that_goes_is_not_narrowed_and_the_other_way_round() -> None:
    assert lines(items([HTTPS, WIDE], {"n": SHARED}, SEEN)) == ["1 remove n by w"]
    assert lines(items([HTTPS, WIDE], {"n": SHARED}, SEEN, TradeOff.TIGHTER)) == [
        "6 remove n by w",
        "7 narrow w by",
    ]


def test_a_replacement_that_is_there_already_is_not_made_again() -> None:
    rules = [WIDE, "n sg-web ingress tcp 443 10.1.2.0/24"]
    seen = [
        Seen(6, (443, 443), "10.1.2.0/24", requests=8),
        Seen(6, (80, 80), "10.1.2.0/24", requests=8),
    ]
    observed = Observed({"w": seen}, [admitted("w"), admitted("w n")])
    found = items(rules, {}, observed, TradeOff.TIGHTER)
    [item] = [item for item in found if item.action is Action.NARROW]
    assert [made.text for made in item.replacements] == ["ingress tcp 80 from 10.1.2.0/24"]
    assert (item.permissiveness, item.permissiveness_after) == (97, 12)


def test_redundant_rules_go_together_only_as_far_as_each_request_keeps_one() -> None:
    rules = [
        "a sg-web ingress tcp 1-100 10.0.0.0/8",
        "b sg-base ingress tcp 50-200 10.0.0.0/8",
        "c sg-web ingress tcp 110-300 10.0.0.0/8",
    ]
    usages = dict.fromkeys("abc", SHARED)
    observed = Observed(admitted=[admitted("a b"), admitted("b c"), admitted("a c")])
    gone = [item.rule.rule_id for item in items(rules, usages, observed) if item.step == 6]
    assert len(gone) == 1


def test_a_broken_rule_is_for_review_only() -> None:
    found = items(["a sg-web ingress tcp 443 pl-1"], lists={"pl-1": []})
    assert lines(found) == ["8 review a by"]
    assert found[0].finding == "dangling"


def test_totals_add_up_what_became_of_the_records() -> None:
    outcomes = {
        "attributed": 5, "reply": 4, "ambiguous": 3, "unknown_interface": 2,
        "no_admitting_rule": 1, "skipdata": 1, "malformed": 1, "rejected": 9, "nodata": 1,
    }  # fmt: skip
    assert totals(outcomes) == Totals(27, 9, 3, 3, 2)


STACK = {"aws:cloudformation:stack-name": "shop"}
COVERED = ["a sg-web ingress tcp 443 10.0.0.0/16", "b sg-web ingress tcp 443 10.0.0.0/8"]


def managed_items(
    rules: list[str], managed: str, usages: dict[str, RuleUsage], observed: Observed | None = None
) -> list[Item]:
    """The items where the rules named in `managed` carry the tag of a stack."""
    given = network(rules, INTERFACES, {"pl-gone": []})
    tagged = (replace(r, tags=STACK) if r.rule_id in managed.split() else r for r in given.rules)
    inventory = union([replace(given, rules=tuple(tagged))])
    every = {rule.rule_id: USED for rule in inventory.latest_rules} | usages
    return list(make_plan(Analysis(inventory, every, observed), WINDOW, Totals()).items)


@pytest.mark.parametrize(
    ("rules", "managed", "usages", "observed", "expected"),
    [
        ([HTTPS], "n", {"n": UNUSED}, None, ["9 review n by"]),
        ([HTTPS], "n", {"n": EXEMPT}, None, []),
        ([HTTPS], "n", {}, None, []),
        (COVERED, "a", {}, None, ["9 review a by b"]),
        (COVERED, "b", {}, None, ["1 remove a by b"]),
        ([WIDE], "w", {}, SEEN, ["9 review w by"]),
        ([WIDE, HTTPS], "n", {"n": SHARED}, SEEN, ["7 narrow w by", "9 review n by w"]),
        (["d sg-web ingress tcp 443 pl-gone"], "d", {}, None, ["8 review d by"]),
    ],
    ids=[
        "unused",
        "exempt",
        "used",
        "covered",
        "covers another",
        "too wide",
        "redundant",
        "broken",
    ],
)
def test_what_something_else_manages_is_only_reviewed(
    rules: list[str], managed: str, usages: dict[str, RuleUsage], observed: Observed | None,
    expected: list[str],
) -> None:  # fmt: skip
    found = managed_items(rules, managed, usages, observed)
    assert lines(found) == expected
    told = [item for item in found if item.managed_by]
    assert {str(item.rule.rule_id) for item in told} <= set(managed.split())
    assert all(item.managed_by == "the CloudFormation stack shop" for item in told)
    assert all(str(item.managed_by) in item.advice for item in told if item.step == 9)
