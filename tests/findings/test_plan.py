"""Which rules a plan touches, in which order, and that its items hold together."""

from dataclasses import replace

from aws_network.findings import findings_of
from aws_network.findings.narrowing import TradeOff
from aws_network.findings.observed import Admitted, Observed, Seen
from aws_network.findings.rule_use import RuleUse
from aws_network.flow_logs.window import Window
from aws_network.network.inventory import Inventory, union
from plan.build import Given, make_plan, totals
from plan.model import Item, Totals
from tests.attribution.networks import network

WINDOW = Window("2026-11-01", "2026-11-30")
USED = RuleUse("used", used_times=9, sole_times=9, is_fully_observed=True, is_steady=True)
SHARED = replace(USED, sole_times=0)
UNUSED = RuleUse("unused", reason_code="never_used", is_fully_observed=True)
INTERFACES = ["eni-1 sg-web,sg-base 10.0.0.4"]


def items(
    rules: list[str],
    uses: dict[str, RuleUse] | None = None,
    observed: Observed | None = None,
    trade_off: TradeOff = "fewer",
    lists: dict[str, list[str]] | None = None,
) -> list[Item]:
    inventory: Inventory = union([network(rules, INTERFACES, lists)])
    every = {rule.rule_id: USED for rule in inventory.latest_rules} | (uses or {})
    found = findings_of(inventory, every, observed, trade_off)
    given = Given(inventory, every, found, WINDOW, observed=observed, trade_off=trade_off)
    return list(make_plan(given).items)


def lines(found: list[Item]) -> list[str]:
    """`1 remove a by b`."""
    return [
        " ".join([f"{each.step} {each.action} {each.rule.rule_id} by", *each.evidence.covered_by])
        for each in found
    ]


def admitted(text: str) -> Admitted:
    return Admitted(frozenset(text.split()), frozenset(), True, 1)


WIDE = "w sg-web ingress tcp any 0.0.0.0/0"
HTTPS = "n sg-web ingress tcp 443 10.0.0.0/8"
SEEN = Observed(
    {"w": [Seen(6, (443, 443), "10.1.2.0/24", requests=30)]}, [admitted("w"), admitted("w n")]
)


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
    uses = {
        "a": replace(UNUSED, last_used="2026-09-01"),
        "b": replace(UNUSED, last_used="2026-08-01"),
        "c": UNUSED,
    }
    assert lines(items(rules, uses)) == ["2 remove c by", "3 remove b by", "3 remove a by"]


def test_exempt_rules_are_left_alone() -> None:
    exempt = RuleUse("exempt")
    assert items([HTTPS, WIDE], {"n": exempt}) == []
    assert lines(items([HTTPS, WIDE], {"w": exempt})) == ["1 remove n by w"]


def test_groups_beside_it_cover_only_where_there_is_evidence() -> None:
    rules = ["a sg-web ingress tcp 443 10.0.0.0/8", "b sg-base ingress tcp 443 10.0.0.0/8"]
    assert items(rules) == []
    assert lines(items(rules, {}, Observed(admitted=[admitted("a b")]))) == ["5 remove a by b"]
    unknown = Observed(admitted=[replace(admitted("a b"), is_known=False)])
    assert items(rules, {}, unknown) == []


def test_what_covers_a_rule_that_goes_is_not_narrowed_and_the_other_way_round() -> None:
    assert lines(items([HTTPS, WIDE], {"n": SHARED}, SEEN)) == ["1 remove n by w"]
    assert lines(items([HTTPS, WIDE], {"n": SHARED}, SEEN, "tighter")) == [
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
    [item] = [each for each in items(rules, {}, observed, "tighter") if each.action == "narrow"]
    assert [each.text for each in item.replacements] == ["ingress tcp 80 from 10.1.2.0/24"]
    assert (item.permissiveness, item.permissiveness_after) == (97, 12)


def test_redundant_rules_go_together_only_as_far_as_each_request_keeps_one() -> None:
    rules = [
        "a sg-web ingress tcp 1-100 10.0.0.0/8",
        "b sg-base ingress tcp 50-200 10.0.0.0/8",
        "c sg-web ingress tcp 110-300 10.0.0.0/8",
    ]
    uses = dict.fromkeys("abc", SHARED)
    observed = Observed(admitted=[admitted("a b"), admitted("b c"), admitted("a c")])
    gone = [each.rule.rule_id for each in items(rules, uses, observed) if each.step == 6]
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
    rows = [{"outcome": outcome, "records": records} for outcome, records in outcomes.items()]
    assert totals(rows) == Totals(27, 9, 3, 3, 2)
