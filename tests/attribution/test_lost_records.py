"""Records that were lost, or could not be read, keep rules from being called unused."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from aws_network.network.inventory import union
from aws_network.network.snapshot import Snapshot
from aws_network.usage.daily_usage import Observed
from aws_network.usage.observation import LostPlace, with_lost_places
from tests.attribution.facts import FORMATS, expand
from tests.attribution.harness import Case, Result, run_cases, spark_session
from tests.attribution.networks import VPC, network

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


HERE = LostPlace("123456789012", "us-east-1")
ELSEWHERE = LostPlace("123456789012", "eu-west-1")
PARTICIPANT = LostPlace("210987654321", "us-east-1")
ELSEWHERE_ACCOUNT = ("999999999999", "us-east-1")
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
    ("here", NETWORK, [HERE], {"sg-web", "sg-app"}),
    ("in another region", NETWORK, [ELSEWHERE], set()),
    ("of a participant of the shared VPC", TENANT, [PARTICIPANT], {"sg-web", "sg-app"}),
    ("of the VPC's owner, a participant lives there", TENANT, [HERE], {"sg-web", "sg-app"}),
    ("in the VPC", NETWORK, [LostPlace(*ELSEWHERE_ACCOUNT, VPC)], {"sg-web", "sg-app"}),
    ("in another VPC", NETWORK, [LostPlace("123456789012", "us-east-1", "vpc-2")], set()),
    ("nowhere", NETWORK, [], set()),
]


@pytest.mark.parametrize(
    ("snapshot", "places", "hit"), [p[1:] for p in PLACES], ids=[p[0] for p in PLACES]
)
def test_lost_records_of_unknown_interfaces_are_confined_to_a_vpc_or_account(
    snapshot: Snapshot, places: list[LostPlace], hit: set[str]
) -> None:
    whole = {group: Observed(1, 1, 1) for group in ("sg-web", "sg-app")}
    found = with_lost_places(whole, union([snapshot]), places)
    assert {group for group, seen in found.items() if seen.lost} == hit
    assert {group for group, seen in found.items() if not seen.complete} == hit
