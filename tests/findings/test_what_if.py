"""What a change of rules would refuse: networks, what was observed, and the answer."""

from dataclasses import replace

import pytest

from aws_network.findings.requests import Requests, current_requests
from aws_network.findings.what_if import Change, Outcome, WhatIf
from aws_network.network.rules import SecurityGroupRule
from aws_network.usage.judging import RuleUsage
from tests.attribution.networks import rule
from tests.findings.usages import usage_of

RULES = [
    rule("sgr-web sg-web ingress tcp 443 0.0.0.0/0"),
    rule("sgr-office sg-web ingress tcp 400-500 198.51.100.0/24"),
    rule("sgr-all sg-ops ingress -1 any 198.51.100.0/24"),
    rule("sgr-ping sg-web ingress icmp any 198.51.100.0/24"),
    rule("sgr-out sg-web egress tcp 5432 sg-db"),
]
LISTS = {"pl-offices": ("198.51.100.0/25", "198.51.100.128/25"), "pl-far": ("203.0.113.0/24",)}
REFUSED, MAY = Outcome.REFUSED, Outcome.MAY_BE_REFUSED


def seen(
    certain: str, possible: str = "", service: str = "6 443-443", peers: str = "198.51.100.0/26",
    peer_groups: str = "", is_proven: bool = True,
) -> Requests:  # fmt: skip
    protocol, ports = service.split()
    first, last = map(int, ports.split("-"))
    return Requests(
        tuple(certain.split()), tuple(possible.split()), is_proven, int(protocol), first, last,
        peers, tuple(peer_groups.split()), 7, "2026-11-20",
    )  # fmt: skip


def change(removed: str, *added: str, is_whole: bool = True) -> Change:
    made = (replace(rule(f"new {text}"), rule_id="") for text in added)
    return Change(frozenset(removed.split()), tuple(made), is_whole)


FACTS: list[tuple[str, Requests, Change, tuple[Outcome, str] | None]] = [
    ("the rule stays", seen("sgr-web"), change("sgr-office"), None),
    ("the only rule goes", seen("sgr-web"), change("sgr-web"), (REFUSED, "sgr-web")),
    ("another one admitted it too", seen("sgr-web sgr-office"), change("sgr-web"), None),
    ("nobody knows who asked", seen("sgr-web", is_proven=False), change("sgr-web"),
     (MAY, "sgr-web")),
    ("nobody knows who asked, but another one admits it",
     seen("sgr-web sgr-office", is_proven=False), change("sgr-web"), None),
    ("both go", seen("sgr-office sgr-web"), change("sgr-web sgr-office"),
     (REFUSED, "sgr-office sgr-web")),
    ("another one may have admitted it", seen("sgr-web", "sgr-all"), change("sgr-web"),
     (MAY, "sgr-web")),
    ("nobody knows whether the rule admitted it", seen("", "sgr-web"), change("sgr-web"),
     (MAY, "sgr-web")),
    ("nobody knows which of two did", seen("", "sgr-web sgr-all"), change("sgr-web"),
     (MAY, "sgr-web")),
    ("what may have admitted it stays", seen("", "sgr-web"), change("sgr-all"), None),
    ("a narrower rule holds it", seen("sgr-web"),
     change("sgr-web", "sg-web ingress tcp 443 198.51.100.0/24"), None),
    ("two narrower rules hold it together", seen("sgr-web", peers="198.51.100.0/24"),
     change("sgr-web", "sg-web ingress tcp 443 198.51.100.0/25",
            "sg-web ingress tcp 443 198.51.100.128/25"), None),
    ("a list holds it", seen("sgr-web", peers="198.51.100.0/24"),
     change("sgr-web", "sg-web ingress tcp 443 pl-offices"), None),
    ("a narrower rule holds a part", seen("sgr-web", peers="198.51.100.0/24"),
     change("sgr-web", "sg-web ingress tcp 443 198.51.100.0/25"), (MAY, "sgr-web")),
    ("a narrower rule holds a part of the ports", seen("sgr-web", service="6 443-445"),
     change("sgr-web", "sg-web ingress tcp 443 0.0.0.0/0"), (MAY, "sgr-web")),
    ("a rule for others", seen("sgr-web"),
     change("sgr-web", "sg-web ingress tcp 443 203.0.113.0/24"), (REFUSED, "sgr-web")),
    ("a list of others", seen("sgr-web"),
     change("sgr-web", "sg-web ingress tcp 443 pl-far"), (REFUSED, "sgr-web")),
    ("a list that nobody knows", seen("sgr-web"),
     change("sgr-web", "sg-web ingress tcp 443 pl-unknown"), (MAY, "sgr-web")),
    ("a rule for another port", seen("sgr-web"),
     change("sgr-web", "sg-web ingress tcp 80 0.0.0.0/0"), (REFUSED, "sgr-web")),
    ("a rule for another protocol", seen("sgr-web"),
     change("sgr-web", "sg-web ingress udp 443 0.0.0.0/0"), (REFUSED, "sgr-web")),
    ("a rule of the other direction", seen("sgr-web"),
     change("sgr-web", "sg-web egress tcp 443 0.0.0.0/0"), (REFUSED, "sgr-web")),
    ("a rule of a group that may be elsewhere", seen("sgr-web"),
     change("sgr-web", "sg-ops ingress tcp 443 0.0.0.0/0"), (MAY, "sgr-web")),
    ("a rule of a group that surely is there", seen("sgr-all sgr-web"),
     change("sgr-all sgr-web", "sg-ops ingress tcp 443 0.0.0.0/0"), None),
    ("a rule of the group, but only perhaps the one", seen("", "sgr-web"),
     change("sgr-web", "sg-web ingress tcp 443 198.51.100.0/24"), None),
    ("a rule of another group in place of one in doubt", seen("", "sgr-web"),
     change("sgr-web", "sg-ops ingress tcp 443 198.51.100.0/24"), (MAY, "sgr-web")),
    ("a group of which all peers were members", seen("sgr-web", peer_groups="sg-app"),
     change("sgr-web", "sg-web ingress tcp 443 sg-app"), None),
    ("a group of which some peers were no members", seen("sgr-web", peer_groups="sg-app"),
     change("sgr-web", "sg-web ingress tcp 443 sg-other"), (MAY, "sgr-web")),
    ("the same group for fewer ports", seen("", "sgr-out", service="6 5432-5432"),
     change("sgr-out", "sg-web egress tcp 5000-6000 sg-db"), None),
    ("the same group for too few ports", seen("", "sgr-out", service="6 5432-5433"),
     change("sgr-out", "sg-web egress tcp 5432 sg-db"), (MAY, "sgr-out")),
    ("one type of ICMP for all of them", seen("sgr-ping", service="1 0-65535"),
     change("sgr-ping", "sg-web ingress icmp 8 0.0.0.0/0"), (MAY, "sgr-ping")),
    ("all of ICMP", seen("sgr-ping", service="1 0-65535"),
     change("sgr-ping", "sg-web ingress icmp any 0.0.0.0/0"), None),
    ("a rule that cannot be read yet", seen("sgr-web"), change("sgr-web", is_whole=False),
     (MAY, "sgr-web")),
    ("egress", seen("sgr-out", service="6 5432-5432", peers="10.0.0.9/32"), change("sgr-out"),
     (REFUSED, "sgr-out")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("observed", "asked", "expected"), [f[1:] for f in FACTS], ids=[f[0] for f in FACTS]
)
def test_what_a_change_refuses(
    observed: Requests, asked: Change, expected: tuple[Outcome, str] | None
) -> None:
    found = WhatIf(RULES, LISTS).refusals([observed], asked)
    said = [(one.outcome, " ".join(one.lost)) for one in found]
    assert said == ([expected] if expected else [])
    assert all(one.requests is observed and one.reason for one in found)


def test_what_is_surely_refused_comes_first_then_the_most_frequent() -> None:
    observed = [
        replace(seen("", "sgr-web"), requests=99),
        replace(seen("sgr-web", peers="203.0.113.0/24"), requests=1),
        replace(seen("sgr-web"), requests=5),
    ]
    found = WhatIf(RULES, LISTS).refusals(observed, change("sgr-web"))
    assert [one.requests.requests for one in found if one.requests] == [5, 1, 99]


@pytest.mark.parametrize(
    ("asked", "is_told"),
    [
        (change("sgr-office"), True),
        (change("sgr-web"), False),
        (change("sgr-office", "sg-web ingress tcp any 198.51.100.0/24"), False),
        (change("sgr-office", "sg-ops ingress tcp any 198.51.100.0/24"), True),
        (change("sgr-gone"), False),
    ],
    ids=["removed", "stays", "another holds it all", "of another group", "unknown"],
)
def test_silence_of_a_rule_that_was_not_observed_proves_nothing(
    asked: Change, is_told: bool
) -> None:
    reasons = {"sgr-office": "no flow log", "sgr-gone": "no flow log"}
    found = WhatIf(RULES, LISTS).unobserved(reasons, asked)
    expected = [(MAY, ("sgr-office",), "no flow log", None)] if is_told else []
    assert [(one.outcome, one.lost, one.reason, one.requests) for one in found] == expected


WEB, OFFICE, _, PING, _ = RULES
CHANGED = f"{WEB.rule_id}@0123456789ab"
TYPED = rule("sgr-typed sg-web ingress icmp 8 0.0.0.0/0")


@pytest.mark.parametrize(
    ("certain", "possible", "is_known", "expected"),
    [
        (WEB.key, "", True, ("sgr-web", "")),
        (WEB.key, OFFICE.key, True, ("sgr-web", "sgr-office")),
        (WEB.key, "", False, ("", "sgr-web")),
        (CHANGED, "", True, ("", "sgr-web")),
        (f"{CHANGED},{WEB.key}", "", True, ("sgr-web", "")),
        (TYPED.key, "", True, ("", "sgr-typed")),
        ("sgr-gone@0123456789ab", "", True, None),
        (f"sgr-gone@0123456789ab,{WEB.key}", "", True, ("sgr-web", "")),
        ("", OFFICE.key, True, ("", "sgr-office")),
    ],
    ids=["surely", "and perhaps", "an unknown interface", "an earlier version",
         "both versions on the day of the change", "one type of ICMP", "a rule that is gone",
         "one that is gone and another", "perhaps only"],
)  # fmt: skip
def test_which_rules_of_today_admit_what_was_observed(
    certain: str, possible: str, is_known: bool, expected: tuple[str, str] | None
) -> None:
    row = {"certain": certain, "possible": possible, "is_known": is_known, "is_proven": True,
           "protocol": 6, "from_port": 443, "to_port": 443, "peers": "198.51.100.0/26",
           "peer_groups": "", "requests": 3, "last_day": "2026-11-19"}  # fmt: skip
    rules: list[SecurityGroupRule] = [*RULES, TYPED]
    usages: dict[str, RuleUsage] = {each.rule_id: usage_of(rule_id=each.rule_id) for each in rules}
    found = current_requests([row, {**row, "last_day": "2026-11-20"}], rules, usages)
    said = [(" ".join(one.certain), " ".join(one.possible)) for one in found]
    assert said == ([expected] if expected else [])
    assert all((one.requests, one.last_day) == (6, "2026-11-20") for one in found)
