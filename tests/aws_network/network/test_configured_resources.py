"""What may carry a group later, in the words of a verdict, and as the lake keeps it."""

from dataclasses import replace

import pytest

from aws_network.network.configured_resources import (
    ConfiguredResource,
    ConfiguredResources,
    by_group,
    in_words,
)
from aws_network.network.rules import Source
from aws_network.stores.snapshot_files import dump_snapshot, load_snapshot
from aws_network.usage.judging import account_facts
from aws_network.usage.tracked_rules import TrackedRule
from tests.aws_network.samples import SNAPSHOT

REGION = "us-east-1"
TEMPLATE = ConfiguredResource("launch template", "lt-1", REGION, ("sg-1", "sg-2"))
FUNCTIONS = tuple(
    ConfiguredResource("Lambda function", f"f{n}", REGION, ("sg-2",)) for n in range(4)
)
ALL = ConfiguredResources((TEMPLATE, *FUNCTIONS))


@pytest.mark.parametrize(
    ("resources", "referrers", "configured", "words"),
    [
        ([], [], ALL, ""),
        ([TEMPLATE], [], ALL, "it may be carried by launch template lt-1"),
        (
            [TEMPLATE, *FUNCTIONS],
            [],
            ALL,
            "it may be carried by launch template lt-1, Lambda function f0, Lambda function f1 and "
            "2 more",
        ),
        ([], ["sg-9", "sg-8", "sg-9"], ALL, "rules of sg-8, sg-9 refer to it"),
        (
            [TEMPLATE],
            ["sg-8"],
            ConfiguredResources(unchecked=("ECS service", "RDS cluster")),
            "it may be carried by launch template lt-1; rules of sg-8 refer to it; not checked: "
            "ECS services, RDS clusters",
        ),
        ([], [], None, "what may carry it later was not checked"),
    ],
)
def test_words(
    resources: list[ConfiguredResource],
    referrers: list[str],
    configured: ConfiguredResources | None,
    words: str,
) -> None:
    assert in_words(resources, referrers, configured) == words


def test_carriers_by_group() -> None:
    assert by_group(ALL) == {"sg-1": [TEMPLATE], "sg-2": [TEMPLATE, *FUNCTIONS]}


@pytest.mark.parametrize("configured", [ALL, ConfiguredResources(unchecked=("ECS service",)), None])
def test_a_snapshot_keeps_them_and_an_old_one_has_none(
    configured: ConfiguredResources | None,
) -> None:
    snapshot = replace(SNAPSHOT, configured=configured)
    assert load_snapshot(dump_snapshot(snapshot)) == snapshot


def test_a_groups_rules_know_what_may_carry_it() -> None:
    referring = replace(SNAPSHOT.rules[0], group_id="sg-9", source=Source("group", "sg-1"))
    latest = replace(SNAPSHOT, rules=(*SNAPSHOT.rules, referring), configured=ALL)
    facts = account_facts(latest, {}).of(
        TrackedRule("sgr-1", "sg-1", "web", REGION, "ingress", "tcp", "443", "0.0.0.0/0")
    )
    assert facts.has_configured_resources
    assert facts.resources == (
        "it may be carried by launch template lt-1; rules of sg-9 refer to it"
    )
