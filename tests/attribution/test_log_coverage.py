"""How flow logs cover the interfaces of a VPC, and what each flow log delivered."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from aws_network.network.flow_log import FlowLog, TrafficType
from aws_network.network.inventory import union
from aws_network.network.vpcs import Vpc
from aws_network.usage.log_coverage import flow_log_coverage, vpc_coverage
from aws_network.usage.observation import LostPlace
from tests.attribution.facts import FORMATS, expand
from tests.attribution.harness import FIRST_CASE, Case, Result, run_cases, spark_session
from tests.attribution.networks import ACCOUNT, FLOW_LOG, REGION, VPC, network

NETWORK = network(
    ["sgr-web sg-web ingress tcp 443 0.0.0.0/0"],
    ["eni-web sg-web 10.0.0.4", "eni-app sg-app 10.0.0.5"],
)
ACCEPTED = "eni-web 198.51.100.9 50000 10.0.0.4 443 6"
REJECTED = "eni-app 198.51.100.9 50000 10.0.0.5 22 6 REJECT"
LOST = "eni-app SKIPDATA"
STRANGER_LOST = "eni-gone SKIPDATA"
OFF = replace(NETWORK, interfaces=tuple(replace(each, in_use=False) for each in NETWORK.interfaces))
REJECTS = replace(NETWORK, flow_logs=(replace(FLOW_LOG, traffic_type=TrafficType.REJECT),))

FACTS: list[tuple[str, Case, dict[str, int] | None, int]] = [
    # what, the day, the interfaces in each state (None: the VPC is left out), records
    ("all day", Case(NETWORK, FORMATS["v2"], [ACCEPTED, REJECTED]), {"complete": 2}, 2),
    ("one is quiet", Case(NETWORK, FORMATS["v2"], [ACCEPTED]), {"complete": 1, "unlogged": 1}, 1),
    ("one lost records", Case(NETWORK, FORMATS["v2"], [ACCEPTED, LOST]),
     {"complete": 1, "lost": 1}, 2),
    ("a stranger lost records", Case(NETWORK, FORMATS["v2"], [ACCEPTED, REJECTED, STRANGER_LOST]),
     {"lost": 2}, 3),
    ("a few minutes", Case(NETWORK, FORMATS["v2"], [ACCEPTED, REJECTED], is_whole=False),
     {"with_gaps": 2}, 2),
    ("rejected traffic only", Case(REJECTS, FORMATS["v2"], [REJECTED]),
     {"rejects_only": 1, "unlogged": 1}, 1),
    ("nothing in use", Case(OFF, FORMATS["v2"], []), None, 0),
]  # fmt: skip


def in_the_first_hour(line: str) -> list[str]:
    """A record of the first minute of the day that cases are asked for."""
    begin = int(datetime.combine(FIRST_CASE, time(), UTC).timestamp())
    values = expand(line, "v2")
    fields = FORMATS["v2"].fields
    values[fields.index("start")], values[fields.index("end")] = str(begin), str(begin + 60)
    return values


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Result]]:
    spark = spark_session()
    found: dict[str, Result] = {}
    for are_rejects in (False, True):  # a flow log's traffic type is one thing in a run
        named = {
            name: case for name, case, *_ in FACTS if (case.snapshot is REJECTS) is are_rejects
        }
        cases = [
            replace(case, records=[in_the_first_hour(str(line)) for line in case.records])
            for case in named.values()
        ]
        results = run_cases(spark, cases, tmp_path_factory.mktemp("coverage"))
        found |= zip(named, results, strict=True)
    yield found
    spark.stop()


@pytest.mark.spark
@pytest.mark.parametrize(("name", "states"), [(f[0], f[2]) for f in FACTS])
def test_each_interface_in_use_is_in_one_state(
    name: str, states: dict[str, int] | None, results: dict[str, Result]
) -> None:
    found = [asdict(vpc) for vpc in results[name].vpcs]
    place = {"account_id": ACCOUNT, "region": REGION, "vpc_id": VPC, "vpc_name": None}
    none = dict.fromkeys(("complete", "with_gaps", "rejects_only", "unlogged", "lost"), 0)
    expected = {**place, "interfaces": sum((states or {}).values()), **none, **(states or {})}
    assert found == ([expected] if states else [])


@pytest.mark.spark
@pytest.mark.parametrize(("name", "records"), [(f[0], f[3]) for f in FACTS])
def test_the_records_of_a_flow_log(name: str, records: int, results: dict[str, Result]) -> None:
    (log,) = results[name].flow_logs
    assert (log.flow_log_id, log.vpc_id, log.records) == ("fl-1", VPC, records)


DAY = date(2026, 11, 20)
STATE = {"vpc_id": VPC, "interfaces": 2, "complete": 1, "with_gaps": 0, "rejects_only": 0,
         "unlogged": 0, "lost": 1}  # fmt: skip


@pytest.mark.parametrize(
    ("place", "complete"),
    [
        (LostPlace(ACCOUNT, REGION, VPC), 0),
        (LostPlace(ACCOUNT, REGION, "vpc-2"), 1),
        (LostPlace(ACCOUNT, REGION), 0),
        (LostPlace(ACCOUNT, "eu-west-1"), 1),
    ],
    ids=["in the VPC", "in another VPC", "somewhere in the account", "in another region"],
)
def test_what_is_lost_of_strangers_leaves_no_interface_complete(
    place: LostPlace, complete: int
) -> None:
    (vpc,) = vpc_coverage(union([NETWORK]), [STATE], [place])
    assert (vpc.complete, vpc.complete + vpc.lost) == (complete, 2)


def test_a_vpc_is_called_by_its_name_and_its_owner() -> None:
    owned = replace(NETWORK, vpcs=(Vpc(VPC, "210987654321", "eu-west-1", (), {"Name": "shop"}),))
    (vpc,) = vpc_coverage(union([owned]), [STATE], [])
    assert (vpc.account_id, vpc.region, vpc.vpc_name) == ("210987654321", "eu-west-1", "shop")


DELIVERED: dict[str, Any] = {
    "account_id": ACCOUNT, "region": REGION, "flow_log_id": "fl-1", "vpc_id": VPC,
    "interfaces": 2, "records": 9,
}  # fmt: skip
TO_S3 = replace(FLOW_LOG, bucket="logs")


@pytest.mark.parametrize(
    ("logs", "delivered", "expected"),
    [
        ((TO_S3,), [DELIVERED], [("fl-1", VPC, "ALL", True, True, 9)]),
        ((FLOW_LOG,), [], [("fl-1", VPC, "ALL", True, False, 0)]),
        ((replace(TO_S3, delivers=False),), [], [("fl-1", VPC, "ALL", False, True, 0)]),
        (None, [DELIVERED], [("fl-1", VPC, None, None, None, 9)]),
        ((replace(TO_S3, resource_id="tgw-1"),), [], []),
        ((replace(TO_S3, resource_id=f"subnet-of-{VPC}"),), [],
         [("fl-1", VPC, "ALL", True, True, 0)]),
        ((replace(TO_S3, created_at="2026-11-21T00:00:00+00:00"),), [], []),
        ((replace(TO_S3, created_at="2026-11-20T23:00:00+00:00"),), [],
         [("fl-1", VPC, "ALL", True, True, 0)]),
    ],
    ids=["delivered", "to CloudWatch Logs", "delivery fails", "nobody asked EC2",
         "of a Transit Gateway", "of a subnet", "created on the next day", "created that day"],
)  # fmt: skip
def test_what_is_known_of_a_flow_log(
    logs: tuple[FlowLog, ...] | None, delivered: list[dict[str, Any]], expected: list[Any]
) -> None:
    inventory = union([replace(NETWORK, flow_logs=logs)])
    found = flow_log_coverage(inventory, delivered, DAY)
    assert [
        (log.flow_log_id, log.vpc_id, log.traffic_type, log.delivers, log.to_s3, log.records)
        for log in found
    ] == expected
    assert all((log.account_id, log.region) == (ACCOUNT, REGION) for log in found)
