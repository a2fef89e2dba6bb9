"""The last word on a rule: first seen when, in which snapshot, and is it exempt."""

from dataclasses import replace
from typing import Any

import pytest

from aws_network.flow_logs.window import Window
from aws_network.network.rules import Source
from aws_network.usage.exemptions import read_exemptions
from aws_network.usage.judging import Criteria, account_facts, judge_rule
from aws_network.usage.tracked_rules import TrackedRule
from aws_network.usage.verdicts import Limits, RuleCounts
from tests.aws_network.samples import SNAPSHOT

QUIET = RuleCounts(days_known=30, days_attached=30, days_observed=30, days_active=30)
RULE = TrackedRule(
    "sgr-1", "sg-1", "web", "us-east-1", "ingress", "tcp", "443", "pl-1", first_seen="2026-11-09"
)
BROKEN = replace(SNAPSHOT.rules[0], source=Source("prefix_list", "pl-2"))


def criteria(*tags: str, first_snapshot: str = "2026-11-09") -> Criteria:
    return Criteria(
        Window("2026-11-01", "2026-11-30"),
        Limits(),
        read_exemptions(tags, []),
        account_facts(SNAPSHOT, {"us-east-1": first_snapshot}),
    )


@pytest.mark.parametrize(
    ("fact", "changes", "first_snapshot", "code"),
    [
        (
            "in the first snapshot of all: taken to have stood before",
            {},
            "2026-11-09",
            "never_used",
        ),
        ("not in the first snapshot", {}, "2026-11-08", "younger_than_window"),
        ("there before the window", {"first_seen": "2026-10-31"}, "2026-09-01", "never_used"),
        (
            "in a region of which no first snapshot is known",
            {"region": "eu-west-1"},
            "2026-11-09",
            "younger_than_window",
        ),
    ],
)
def test_age(fact: str, changes: dict[str, Any], first_snapshot: str, code: str) -> None:
    said = judge_rule(
        replace(RULE, **changes),
        QUIET,
        criteria(first_snapshot=first_snapshot),
    )
    assert said.reason_code == code, fact


def test_an_exempt_rule_says_who_exempts_it_and_what_it_would_be() -> None:
    said = judge_rule(RULE, QUIET, criteria("stage"))
    assert (said.status, said.reason_code, said.judged_status) == (
        "exempt",
        "exempt_by_tag",
        "unused",
    )
    assert said.reason.startswith("exempt by tag stage=")
    assert "of its group; without it unused: it admitted no request from" in said.reason


def test_an_exemption_that_ended_changes_nothing_but_is_told() -> None:
    said = judge_rule(RULE, QUIET, criteria("stage until 2026-11-29"))
    assert (said.status, said.judged_status) == ("unused", "unused")
    assert said.reason.endswith("of its group ended on 2026-11-29")


def test_a_broken_source_is_not_unused() -> None:
    account = account_facts(replace(SNAPSHOT, rules=(BROKEN,)), {"us-east-1": "2026-11-09"})
    said = judge_rule(RULE, QUIET, replace(criteria(), account=account))
    assert (said.status, said.reason_code) == ("not_observed", "broken_source")
