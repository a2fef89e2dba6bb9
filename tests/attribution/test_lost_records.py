"""Records that were lost, or could not be read, keep rules from being called unused."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from aws_network.network.inventory import union
from aws_network.usage.daily_usage import Logged
from aws_network.usage.observation import with_lost_records
from tests.attribution.facts import FORMATS, expand
from tests.attribution.harness import Case, Result, run_cases, spark_session
from tests.attribution.networks import network

NETWORK = network(
    ["sgr-web sg-web ingress tcp 443 0.0.0.0/0", "sgr-app sg-app ingress tcp 443 0.0.0.0/0"],
    ["eni-web sg-web 10.0.0.4", "eni-app sg-app 10.0.0.5"],
)
WATCHED = [
    "eni-web 198.51.100.9 50000 10.0.0.4 22 6 REJECT",
    "eni-app 198.51.100.9 50000 10.0.0.5 22 6 REJECT",
]
BOTH, WEB = {"sgr-web", "sgr-app"}, {"sgr-web"}
FACTS: list[tuple[str, list[list[str]], set[str]]] = [
    ("nothing was lost", [], set()),
    ("an interface lost records", [expand("eni-web SKIPDATA", "v2")], WEB),
    ("an unknown interface lost records", [expand("eni-gone SKIPDATA", "v2")], BOTH),
    ("nobody knows whose records were lost", [expand("- SKIPDATA", "v2")], BOTH),
    ("a line of an interface", [expand("eni-web 1.2.3.4 5 10.0.0.4 99999 6", "v2")], WEB),
    ("a line of an unknown one", [expand("eni-gone 1.2.3.4 5 10.0.0.4 99999 6", "v2")], BOTH),
    ("a line of none", [["x"] * 14], BOTH),
    ("a header", [list(FORMATS["v2"].fields)], set()),
]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Result]]:
    spark = spark_session()
    watched = [expand(line, "v2") for line in WATCHED]
    cases = [Case(NETWORK, FORMATS["v2"], [*watched, *lines]) for _, lines, _ in FACTS]
    found = run_cases(spark, cases, tmp_path_factory.mktemp("lost"))
    yield dict(zip([name for name, _, _ in FACTS], found, strict=True))
    spark.stop()


@pytest.mark.spark
@pytest.mark.parametrize(("name", "not_observed"), [(f[0], f[2]) for f in FACTS])
def test_what_hides_records_is_not_observed(
    name: str, not_observed: set[str], results: dict[str, Result]
) -> None:
    verdicts = {rule: verdict.status for rule, verdict in results[name].verdicts.items()}
    assert verdicts == {rule: "not_observed" if rule in not_observed else "unused" for rule in BOTH}


HERE, ELSEWHERE = ("123456789012", "us-east-1"), ("123456789012", "eu-west-1")
TENANT = replace(
    NETWORK,
    groups=tuple(
        replace(each, account_id="210987654321") if each.group_id == "sg-app" else each
        for each in NETWORK.groups
    ),
    interfaces=tuple(
        replace(each, account_id="210987654321") if each.interface_id == "eni-app" else each
        for each in NETWORK.interfaces
    ),
)
PLACES = [
    ("here", NETWORK, [HERE], {"sg-web": 2, "sg-app": 1}),
    ("in another region", NETWORK, [ELSEWHERE], {"sg-web": 1}),
    ("in another account", NETWORK, [("210987654321", "us-east-1")], {"sg-web": 1}),
    ("of the VPC's owner, a tenant lives there", TENANT, [HERE], {"sg-web": 2, "sg-app": 1}),
    ("nowhere", NETWORK, [], {"sg-web": 1}),
]


@pytest.mark.parametrize(
    ("snapshot", "places", "skipped"), [p[1:] for p in PLACES], ids=[p[0] for p in PLACES]
)
def test_an_unreadable_object_blinds_its_account_and_region(
    snapshot: object, places: list[tuple[str, str]], skipped: dict[str, int]
) -> None:
    logged = {"sg-web": Logged(1, 1)}
    found = with_lost_records(logged, union([snapshot]), places)  # type: ignore[list-item]
    assert {group: each.skipped for group, each in found.items()} == skipped
