"""Flow logs as `aws ec2 describe-flow-logs` prints them."""

from __future__ import annotations

from typing import Any

from simulation.flow_logs import FlowLog, Logging
from simulation.records import timestamp

Document = dict[str, Any]


def flow_logs(logging: Logging, account_id: str, at: int) -> Document:
    """aws ec2 describe-flow-logs, by an account, of the flow logs that it had made by a second."""
    made = [
        each
        for each in logging.flow_logs
        if each.account_id == account_id and each.created_at <= at
    ]
    return {"FlowLogs": [_flow_log(each, _is_failing(logging, each, at)) for each in made]}


def _is_failing(logging: Logging, flow_log: FlowLog, at: int) -> bool:
    return any(
        each.is_reported and each.flow_log_id == flow_log.flow_log_id and at in each.span
        for each in logging.disruptions
    )


def _flow_log(each: FlowLog, is_failing: bool) -> Document:
    destination = "/".join(part for part in (each.bucket, each.prefix) if part)
    return {
        "CreationTime": timestamp(each.created_at),
        **({"DeliverLogsErrorMessage": "Access error"} if is_failing else {}),
        "DeliverLogsStatus": "FAILED" if is_failing else "SUCCESS",
        "FlowLogId": each.flow_log_id,
        "FlowLogStatus": "ACTIVE",
        "ResourceId": each.resource_id,
        "TrafficType": each.traffic_type,
        "LogDestinationType": "s3",
        "LogDestination": f"arn:aws:s3:::{destination}",
        "LogFormat": each.log_format.log_format,
        "Tags": [],
        "MaxAggregationInterval": each.interval,
        "DestinationOptions": {
            "FileFormat": "parquet" if each.log_format.file_format == "parquet" else "plain-text",
            "HiveCompatiblePartitions": each.log_format.hive,
            "PerHourPartition": False,
        },
    }
