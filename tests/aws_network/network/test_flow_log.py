"""Flow logs, from items of DescribeFlowLogs."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from aws_network.network.flow_log import FlowLog, TrafficType, flow_log_from_api
from aws_network.network.rules import MalformedItemError

REGION = "eu-west-1"
ITEM: dict[str, Any] = {
    "CreationTime": "2026-01-05T10:00:00.123000+01:00",
    "DeliverLogsStatus": "SUCCESS",
    "FlowLogId": "fl-1",
    "FlowLogStatus": "ACTIVE",
    "ResourceId": "vpc-1",
    "TrafficType": "ALL",
    "LogDestinationType": "s3",
    "LogDestination": "arn:aws:s3:::logs/network/",
    "LogFormat": "${version} ${vpc-id}",
    "Tags": [],
    "MaxAggregationInterval": 60,
    "DestinationOptions": {
        "FileFormat": "parquet",
        "HiveCompatiblePartitions": True,
        "PerHourPartition": False,
    },
}
FLOW_LOG = FlowLog(
    "fl-1",
    "vpc-1",
    TrafficType.ALL,
    "${version} ${vpc-id}",
    REGION,
    "2026-01-05T09:00:00.123000+00:00",
    interval=60,
    file_format="parquet",
    bucket="logs",
)
TO_CLOUDWATCH = {"LogDestinationType": "cloud-watch-logs", "LogDestination": "arn:aws:logs:x:1:g"}
CREATED = datetime(2026, 1, 5, 9, 0, 0, 123_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"CreationTime": CREATED}, {}),
        ({"TrafficType": "REJECT"}, {"traffic_type": TrafficType.REJECT}),
        ({"TrafficType": None, "ResourceId": "tgw-1"}, {"resource_id": "tgw-1"}),
        ({"DeliverLogsStatus": "FAILED"}, {"delivers": False}),
        ({"DeliverLogsStatus": None}, {}),
        ({"MaxAggregationInterval": None}, {"interval": 600}),
        ({"DestinationOptions": None}, {"file_format": "text"}),
        ({"DestinationOptions": {"FileFormat": "plain-text"}}, {"file_format": "text"}),
        (TO_CLOUDWATCH, {"bucket": None}),
        ({"LogDestination": "arn:aws-cn:s3:::logs"}, {"bucket": "logs"}),
    ],
    ids=str,
)
def test_a_flow_log(changes: dict[str, Any], expected: dict[str, Any]) -> None:
    item = {key: value for key, value in (ITEM | changes).items() if value is not None}
    assert flow_log_from_api(item, REGION) == replace(FLOW_LOG, **expected)


@pytest.mark.parametrize("key", ["FlowLogId", "ResourceId", "LogFormat", "CreationTime"])
def test_what_every_flow_log_has(key: str) -> None:
    name = "fl-1" if key != "FlowLogId" else "a flow log without an id"
    with pytest.raises(MalformedItemError, match=f"flow log {name}.*{key}"):
        flow_log_from_api({k: v for k, v in ITEM.items() if k != key}, REGION)


@pytest.mark.parametrize(
    ("resource_id", "covers"),
    [("vpc-1", True), ("subnet-1", True), ("eni-1", True), ("vpc-2", False), ("tgw-1", False)],
)
def test_which_interfaces_it_covers(resource_id: str, covers: bool) -> None:
    log = replace(FLOW_LOG, resource_id=resource_id)
    assert log.covers("eni-1", "subnet-1", "vpc-1") is covers


def test_only_a_log_of_accepted_traffic_records_it() -> None:
    records = {kind: replace(FLOW_LOG, traffic_type=kind).records_accepted for kind in TrafficType}
    assert records == {TrafficType.ALL: True, TrafficType.ACCEPT: True, TrafficType.REJECT: False}
