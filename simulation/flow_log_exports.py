"""Flow logs as `aws ec2 describe-flow-logs` prints them."""

from __future__ import annotations

from typing import Any

from simulation.flow_logs import FlowLog, Logging
from simulation.records import timestamp

Document = dict[str, Any]


def flow_logs(logging: Logging, account_id: str, at: int) -> Document:
    """aws ec2 describe-flow-logs, by an account, of the flow logs that it had made by a second."""
    made = [
        flow_log
        for flow_log in logging.flow_logs
        if flow_log.account_id == account_id and flow_log.created_at <= at
    ]
    return {
        "FlowLogs": [_flow_log(flow_log, _is_failing(logging, flow_log, at)) for flow_log in made]
    }


def _is_failing(logging: Logging, flow_log: FlowLog, at: int) -> bool:
    return any(
        disruption.is_reported
        and disruption.flow_log_id == flow_log.flow_log_id
        and at in disruption.span
        for disruption in logging.disruptions
    )


def _flow_log(flow_log: FlowLog, is_failing: bool) -> Document:
    destination = "/".join(part for part in (flow_log.bucket, flow_log.prefix) if part)
    return {
        "CreationTime": timestamp(flow_log.created_at),
        **({"DeliverLogsErrorMessage": "Access error"} if is_failing else {}),
        "DeliverLogsStatus": "FAILED" if is_failing else "SUCCESS",
        "FlowLogId": flow_log.flow_log_id,
        "FlowLogStatus": "ACTIVE",
        "ResourceId": flow_log.resource_id,
        "TrafficType": flow_log.traffic_type,
        "LogDestinationType": "s3",
        "LogDestination": f"arn:aws:s3:::{destination}",
        "LogFormat": flow_log.log_format.log_format,
        "Tags": [],
        "MaxAggregationInterval": flow_log.interval,
        "DestinationOptions": {
            "FileFormat": "parquet"
            if flow_log.log_format.file_format == "parquet"
            else "plain-text",
            "HiveCompatiblePartitions": flow_log.log_format.hive,
            "PerHourPartition": False,
        },
    }
