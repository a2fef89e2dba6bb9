"""A rule that was changed on a day: each version is credited with what it admitted."""

from collections.abc import Iterator

import pytest

from aws_network.network.rules import SecurityGroupRule
from tests.attribution.facts import FORMATS, expand
from tests.attribution.harness import Case, Result, run_cases, spark_session
from tests.attribution.networks import network

pytestmark = pytest.mark.spark

HTTPS = "eni-web 203.0.113.9 50000 10.0.0.4 443 6 2 ingress"
SSH = "eni-web 203.0.113.9 50000 10.0.0.4 22 6 2 ingress"
CHANGES: list[tuple[str, list[str], list[str], list[str], dict[str, tuple[int, int, int]]]] = [
    (
        "a port changed: each version has its own traffic, and was the only rule",
        ["sgr-1 sg-web ingress tcp 22 0.0.0.0/0"],
        ["sgr-1 sg-web ingress tcp 443 0.0.0.0/0"],
        [HTTPS, HTTPS, SSH],
        {"before sgr-1": (1, 1, 0), "after sgr-1": (2, 2, 0)},
    ),
    (
        "narrowed: both versions admitted it, and still no other rule did",
        ["sgr-1 sg-web ingress tcp 443 0.0.0.0/0"],
        ["sgr-1 sg-web ingress tcp 443 203.0.113.0/24"],
        [HTTPS],
        {"before sgr-1": (1, 1, 0), "after sgr-1": (1, 1, 0)},
    ),
    (
        "narrowed to what was not used: the use is that of the version before",
        ["sgr-1 sg-web ingress tcp 443 0.0.0.0/0"],
        ["sgr-1 sg-web ingress tcp 443 198.51.100.0/24"],
        [HTTPS],
        {"before sgr-1": (1, 1, 0)},
    ),
    (
        "another rule admits it as well: nobody is alone",
        ["sgr-1 sg-web ingress tcp 443 0.0.0.0/0", "sgr-2 sg-web ingress -1 any 0.0.0.0/0"],
        ["sgr-1 sg-web ingress tcp 443 203.0.113.0/24", "sgr-2 sg-web ingress -1 any 0.0.0.0/0"],
        [HTTPS],
        {"before sgr-1": (1, 0, 0), "after sgr-1": (1, 0, 0), "after sgr-2": (1, 0, 0)},
    ),
    (
        "removed and created again: two rules, each with an id of its own",
        ["sgr-1 sg-web ingress tcp 443 0.0.0.0/0"],
        ["sgr-2 sg-web ingress tcp 443 0.0.0.0/0"],
        [HTTPS],
        {"before sgr-1": (1, 0, 0), "after sgr-2": (1, 0, 0)},
    ),
    (
        "unchanged",
        ["sgr-1 sg-web ingress tcp 443 0.0.0.0/0"],
        ["sgr-1 sg-web ingress tcp 443 0.0.0.0/0"],
        [HTTPS],
        {"after sgr-1": (1, 1, 0)},
    ),
]
WEB = ["eni-web sg-web 10.0.0.4"]


def case(before: list[str], after: list[str], lines: list[str]) -> Case:
    records = [expand(line, "full") for line in lines]
    return Case(network(before, WEB, {}), FORMATS["full"], records, later=network(after, WEB, {}))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Result]]:
    spark = spark_session()
    cases = [case(before, after, lines) for _, before, after, lines, _ in CHANGES]
    found = run_cases(spark, cases, tmp_path_factory.mktemp("versions"))
    yield dict(zip([change[0] for change in CHANGES], found, strict=True))
    spark.stop()


def keys(when: str, lines: list[str]) -> dict[str, str]:
    """The rule key of each rule to the name it has in CHANGES."""
    rules: tuple[SecurityGroupRule, ...] = network(lines, WEB, {}).rules
    return {rule.key: f"{when} {rule.rule_id}" for rule in rules}


@pytest.mark.parametrize(
    ("name", "before", "after", "credited"),
    [(name, before, after, credited) for name, before, after, _, credited in CHANGES],
    ids=[change[0] for change in CHANGES],
)
def test_each_version_is_credited_with_what_it_admitted(
    name: str,
    before: list[str],
    after: list[str],
    credited: dict[str, tuple[int, int, int]],
    results: dict[str, Result],
) -> None:
    names = keys("before", before) | keys("after", after)
    assert {names[key]: use for key, use in results[name].credits.items()} == credited
