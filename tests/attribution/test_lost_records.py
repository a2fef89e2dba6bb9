"""Records that were lost, or could not be read, keep rules from being called unused."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pyarrow
import pytest
from pyarrow import parquet

from aws_network.network.flow_log import TrafficType
from aws_network.network.inventory import union
from aws_network.network.snapshot import Snapshot
from aws_network.stores.window_results import read_flows
from aws_network.usage.analysis import analyse_days
from aws_network.usage.daily_usage import Observed
from aws_network.usage.observation import LostPlace, with_lost_places
from tests.attribution.facts import FORMATS, expand
from tests.attribution.harness import (
    FIRST_CASE,
    Case,
    Result,
    flow_rows,
    run_cases,
    spark_session,
)
from tests.attribution.networks import FLOW_LOG, VPC, network

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


REJECTS_OF_GONE = "eni-gone 198.51.100.9 50000 10.0.0.6 22 6 REJECT"
REJECTING = replace(FLOW_LOG, flow_log_id="fl-rejects", traffic_type=TrafficType.REJECT)
OF_ALL = replace(FLOW_LOG, flow_log_id="fl-all")
TYPES: list[tuple[str, str, Snapshot, set[str]]] = [
    ("of rejected traffic", "fl-rejects", replace(NETWORK, flow_logs=(FLOW_LOG, REJECTING)), BOTH),
    ("of unknown type", "fl-unknown", replace(NETWORK, flow_logs=None), BOTH),
    ("of all traffic", "fl-all", replace(NETWORK, flow_logs=(FLOW_LOG, OF_ALL)), set()),
]
"""What the flow log is of, its id, the account, and the rules that it leaves in doubt."""


@pytest.fixture(scope="module")
def unseen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, set[str]]]:
    """By the type of the flow log that saw an unknown interface: the rules it leaves in doubt."""
    spark = spark_session()
    days = {FIRST_CASE + timedelta(days=n): case for n, case in enumerate(TYPES)}
    tables = [
        rows
        for day, (_, flow_log_id, snapshot, _) in days.items()
        for rows in _two_flow_logs(snapshot, flow_log_id, day)
    ]
    path = tmp_path_factory.mktemp("unseen") / "flows.parquet"
    parquet.write_table(pyarrow.concat_tables(tables), path)
    inventories = {day: union([snapshot]) for day, (_, _, snapshot, _) in days.items()}
    results = analyse_days(read_flows(spark, [str(path)]), inventories, {})
    yield {
        name: {row.rule.rule_id for row in of_day.usage if row.observed.lost}
        for (name, *_), of_day in zip(TYPES, results.values(), strict=True)
    }
    spark.stop()


def _two_flow_logs(snapshot: Snapshot, other: str, day: date) -> Iterator[pyarrow.Table]:
    """fl-1 has records of eni-web, accepted ones too; the other of an interface that is gone."""
    accepted = "eni-web 198.51.100.9 50000 10.0.0.4 22 6"
    for name, lines in (("fl-1", [accepted]), (other, [REJECTS_OF_GONE])):
        case = Case(snapshot, FORMATS["v2"], [expand(line, "v2") for line in lines])
        rows = flow_rows(case, day)
        place = rows.schema.get_field_index("flow_log_id")
        yield rows.set_column(place, "flow_log_id", pyarrow.array([name] * len(rows)))


@pytest.mark.spark
@pytest.mark.parametrize(("name", "doubted"), [(t[0], t[3]) for t in TYPES])
def test_an_unknown_interface_is_observed_by_a_flow_log_of_accepted_traffic_alone(
    name: str, doubted: set[str], unseen: dict[str, set[str]]
) -> None:
    assert unseen[name] == doubted


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
