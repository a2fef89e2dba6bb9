"""The last word on a rule: first seen when, in which snapshot, and is it exempt."""

from dataclasses import replace
from typing import Any

import pytest

from aws_network.network.rules import Source
from aws_network.usage.exemptions import read_exemptions
from aws_network.usage.judgement import Judge
from aws_network.usage.rule_facts import account_facts
from aws_network.usage.verdicts import Limits, RuleCounts, Window
from tests.aws_network.samples import SNAPSHOT

QUIET = RuleCounts(days_known=30, days_attached=30, days_observed=30, days_active=30)
RULE: dict[str, Any] = {
    "sg_rule_id": "sgr-1",
    "security_group_id": "sg-1",
    "security_group_name": "web",
    "security_group_region": "us-east-1",
    "first_seen": "2026-11-09",
}
BROKEN = replace(SNAPSHOT.rules[0], source=Source("prefix_list", "pl-2"))


def judge(*tags: str, first_snapshot: str = "2026-11-09") -> Judge:
    return Judge(
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
            {"security_group_region": "eu-west-1"},
            "2026-11-09",
            "younger_than_window",
        ),
    ],
)
def test_age(fact: str, changes: dict[str, str], first_snapshot: str, code: str) -> None:
    said = judge(first_snapshot=first_snapshot).on(RULE | changes, QUIET)
    assert said.reason_code == code, fact


def test_an_exempt_rule_says_who_exempts_it_and_what_it_would_be() -> None:
    said = judge("stage").on(RULE, QUIET)
    assert (said.status, said.reason_code, said.judged_status) == (
        "exempt",
        "exempt_by_tag",
        "unused",
    )
    assert said.reason.startswith("exempt by tag stage=")
    assert "of its group; without it unused: nothing was admitted by it from" in said.reason


def test_an_exemption_that_ended_changes_nothing_but_is_told() -> None:
    said = judge("stage until 2026-11-29").on(RULE, QUIET)
    assert (said.status, said.judged_status) == ("unused", "unused")
    assert said.reason.endswith("of its group ended on 2026-11-29")


def test_a_broken_source_is_not_unused() -> None:
    account = account_facts(replace(SNAPSHOT, rules=(BROKEN,)), {"us-east-1": "2026-11-09"})
    said = replace(judge(), account=account).on(RULE, QUIET)
    assert (said.status, said.reason_code) == ("not_observed", "broken_source")
