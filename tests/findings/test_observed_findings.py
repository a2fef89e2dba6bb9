"""Redundant in practice, and too wide: from what was observed of small networks."""

from dataclasses import dataclass, field

import pytest

from aws_network.findings import Analysis, Finding, Kind, TradeOff
from aws_network.findings.observed import Admitted, Observed, Seen, needs
from aws_network.network.inventory import Inventory, union
from aws_network.usage.judging import RuleUsage
from aws_network.usage.statuses import ReasonCode
from tests.attribution.networks import network
from tests.findings.usages import usage_of

USED = usage_of(used_times=9)
HALF_SEEN = usage_of(used_times=9, is_fully_observed=False)
TOGETHER = ["eni-1 sg-web,sg-base 10.0.0.4", "eni-2 sg-web,sg-base 10.0.0.5"]


def admitted(certain: str, possible: str = "", *, is_known: bool = True) -> Admitted:
    return Admitted(frozenset(certain.split()), frozenset(possible.split()), is_known, 1)


def inventory(*rules: str, interfaces: list[str] | None = None) -> Inventory:
    made = network(list(rules), TOGETHER if interfaces is None else interfaces, None, ("sg-app",))
    return union([made])


PARTLY = (
    "a sg-web ingress tcp 1-100 10.0.0.0/8",
    "b sg-base ingress tcp 50-200 10.0.0.0/8",
    "c sg-base ingress tcp 90-300 10.0.0.0/8",
)


@dataclass(frozen=True)
class Case:
    name: str
    admitted: list[Admitted]
    expected: dict[str, str]
    usages: dict[str, RuleUsage] = field(default_factory=dict)
    interfaces: list[str] = field(default_factory=lambda: TOGETHER)


REDUNDANT = [
    Case("alone once", [admitted("a"), admitted("a b")], {"b": "never_alone a"}),
    Case("two share everything: one stays", [admitted("a b")],
         {"a": "never_alone_but_kept b", "b": "never_alone a"}),
    Case("one serves all", [admitted("a b"), admitted("b c")],
         {"a": "never_alone b", "b": "never_alone_but_kept a c", "c": "never_alone b"}),
    Case("used alone, says the usage table", [admitted("a b")], {"a": "never_alone b"},
         {"b": usage_of(used_times=9, sole_times=1)}),
    Case("not observed whole", [admitted("a b")], {"a": "never_alone b"},
         {"b": HALF_SEEN}),
    Case("exempt", [admitted("a b")], {"a": "never_alone b"},
         {"b": usage_of(ReasonCode.EXEMPT_BY_TAG, used_times=9)}),
    Case("nothing is certain: all that may have admitted it stay",
         [admitted("", "a b"), admitted("a b c")], {"c": "never_alone a"}),
    Case("an interface that nobody knows", [admitted("a b", is_known=False)], {}),
    Case("the other is not on every interface", [admitted("a b")], {"b": "never_alone a"},
         interfaces=["eni-1 sg-web,sg-base 10.0.0.4", "eni-2 sg-web 10.0.0.5"]),
    Case("groups on no interface: only one's own group can stand in", [admitted("a b")], {},
         interfaces=[]),
    Case("a rule that is gone is no help", [admitted("a gone")], {}),
    Case("a rule that was another one some days stands in for nobody", [admitted("a b")], {},
         {"b": usage_of(used_times=9, days_known=29)}),
]  # fmt: skip


@pytest.mark.parametrize("case", REDUNDANT, ids=lambda case: case.name)
def test_redundant(case: Case) -> None:
    usages = dict.fromkeys("abc", USED) | case.usages
    made = inventory(*PARTLY, interfaces=case.interfaces)
    found = Analysis(made, usages, Observed(admitted=case.admitted)).findings
    assert {
        finding.rule_id: " ".join([finding.reason_code, *finding.covered_by])
        for finding in found
        if finding.kind is Kind.REDUNDANT
    } == case.expected


def test_a_rule_for_one_icmp_type_stands_in_for_nobody_since_logs_show_no_types() -> None:
    made = inventory("a sg-web ingress icmp 8-0 10.0.0.0/8", "b sg-web ingress icmp 3-1 10.0.0.0/9")
    assert needs([admitted("a b")], made.latest_rules, dict.fromkeys("ab", USED)) == [
        frozenset("a"),
        frozenset("b"),
    ]
    other = inventory(
        "a sg-web ingress icmp any 10.0.0.0/9", "b sg-web ingress icmp 3-1 10.0.0.0/8"
    )
    assert needs([admitted("a b")], other.latest_rules, dict.fromkeys("ab", USED)) == [
        frozenset("a")
    ]


def wide(
    line: str, seen: list[Seen], usage: RuleUsage = USED, trade_off: TradeOff = TradeOff.FEWER
) -> Finding | None:
    made = inventory(f"a {line}", interfaces=[*TOGETHER, "eni-3 sg-app 10.0.7.4"])
    return Analysis(made, {"a": usage}, Observed({"a": seen}), trade_off).finding(
        "a", Kind.TOO_WIDE
    )


def https(block: str, groups: str = "", requests: int = 15) -> Seen:
    return Seen(6, (443, 443), block, frozenset(groups.split()), requests)


@pytest.mark.parametrize(
    ("line", "seen", "code", "before", "after"),
    [
        ("sg-web ingress tcp any 0.0.0.0/0", [https("10.1.2.0/24")], "ports_and_peers_never_seen",
         97, 12),
        ("sg-web ingress tcp any 10.0.0.0/24", [https("10.0.0.0/24")], "ports_never_seen", 59, 12),
        ("sg-web ingress tcp 443 0.0.0.0/0", [https("10.1.2.0/24")], "peers_never_seen", 50, 12),
        ("sg-web ingress -1 any sg-app", [https("10.0.7.4/32")], "ports_never_seen", 50, 0),
        ("sg-web ingress -1 any ::/0", [Seen(6, (443, 443), "2001:db8::/48", requests=10)],
         "ports_and_peers_never_seen", 100, 31),
    ],
)  # fmt: skip
def test_too_wide(line: str, seen: list[Seen], code: str, before: int, after: int) -> None:
    found = wide(line, seen)
    assert found
    assert found.reason_code == code
    assert (found.permissiveness, found.permissiveness_after) == (before, after)


@pytest.mark.parametrize(
    ("line", "seen", "usage"),
    [
        pytest.param("sg-web ingress tcp 443 10.1.2.0/24", [https("10.1.2.0/24")], USED, id="fits"),
        pytest.param("sg-web ingress tcp 443 0.0.0.0/0", [https("0.0.0.0/0")], USED, id="public"),
        pytest.param(
            "sg-web ingress tcp 443 10.1.2.0/23", [https("10.1.2.0/24")], USED, id="not worth it"
        ),
        pytest.param(
            "sg-web ingress tcp 443 0.0.0.0/0",
            [https("10.1.2.0/24")],
            HALF_SEEN,
            id="an interface without logs may have seen others",
        ),
        pytest.param("sg-web ingress tcp 443 0.0.0.0/0", [], USED, id="no evidence"),
        pytest.param(
            "sg-web ingress tcp 443 0.0.0.0/0", [https("10.1.2.0/24", "", 9)], USED, id="too few"
        ),
        pytest.param(
            "sg-web ingress tcp 443 0.0.0.0/0",
            [https("10.1.2.0/24")],
            usage_of(ReasonCode.USED_ON_FEW_DAYS, used_times=9),
            id="rarely used",
        ),
        pytest.param(
            "sg-web ingress tcp any 0.0.0.0/0",
            [https("10.1.2.0/24"), Seen(6, (1024, 65535), "0.0.0.0/0")],
            USED,
            id="ports and peers that the logs do not tell",
        ),
    ],
)
def test_not_too_wide(line: str, seen: list[Seen], usage: RuleUsage) -> None:
    assert wide(line, seen, usage) is None


def test_a_group_that_all_peers_are_in_is_tighter_than_a_block() -> None:
    line = "sg-web ingress tcp 443 10.0.0.0/8"
    seen = [https("10.0.7.4/32", "sg-app sg-x"), https("10.0.9.4/32", "sg-app")]
    by_group = wide(line, seen, trade_off=TradeOff.TIGHTER)
    assert by_group
    assert [terms.source.value for terms in by_group.replacements] == ["sg-app"]
    by_block = wide(line, [*seen, https("10.0.9.5/32")], trade_off=TradeOff.TIGHTER)
    assert by_block
    assert {terms.source.value for terms in by_block.replacements} == {"10.0.7.0/24", "10.0.9.0/24"}


def test_the_evidence_is_told_the_most_frequent_first() -> None:
    found = wide(
        "sg-web ingress tcp any 0.0.0.0/0", [https("10.1.2.0/24"), https("10.1.3.0/24", "", 70)]
    )
    assert found
    assert found.observed == (
        "tcp 443 from 10.1.3.0/24: 70 requests",
        "tcp 443 from 10.1.2.0/24: 15 requests",
    )
    assert found.reason == (
        "all observed use fits into ingress tcp 443 from 10.1.2.0/23: "
        "permissiveness 14 instead of 97"
    )
