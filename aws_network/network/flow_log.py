"""Flow logs as EC2 describes them: what each records, of which interfaces, since when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from aws_network.network.rules import MalformedItemError

DEFAULT_INTERVAL = 600
"""Seconds of an aggregation interval where the flow log names none.
Source: CreateFlowLogs, Amazon EC2 API reference."""


class TrafficType(StrEnum):
    """What a flow log records. It never changes."""

    ALL = "ALL"
    ACCEPT = "ACCEPT"
    REJECT = "REJECT"


@dataclass(frozen=True)
class FlowLog:
    """A flow log, `fl-...`, of a VPC, a subnet or an interface."""

    flow_log_id: str
    resource_id: str
    """`vpc-`, `subnet-` or `eni-...`; others, such as `tgw-...`, tell nothing of interfaces."""
    traffic_type: TrafficType
    log_format: str
    """`${version} ${account-id} ...`; it never changes."""
    region: str
    created_at: str
    """ISO 8601 in UTC."""
    delivers: bool = True
    """False where AWS says that it could not deliver the log."""
    interval: int = DEFAULT_INTERVAL
    """The longest aggregation interval, in seconds."""
    file_format: str = "text"
    """`text` or `parquet`"""
    bucket: str | None = None
    """The bucket it delivers to; None where it delivers elsewhere."""

    @property
    def records_accepted(self) -> bool:
        """Does it record traffic that was accepted?"""
        return self.traffic_type != TrafficType.REJECT

    @property
    def is_of_interfaces(self) -> bool:
        """Does it log the traffic of network interfaces?"""
        return self.resource_id.startswith(("vpc-", "subnet-", "eni-"))

    def covers(self, interface_id: str, subnet_id: str | None, vpc_id: str | None) -> bool:
        """Is the interface one of those it logs?"""
        return self.resource_id in (interface_id, subnet_id, vpc_id)


def flow_log_from_api(item: Mapping[str, Any], region: str) -> FlowLog:
    """The flow log of an item of DescribeFlowLogs. Raises MalformedItemError."""
    try:
        options = item.get("DestinationOptions") or {}
        file_format = options.get("FileFormat", "plain-text")
        return FlowLog(
            flow_log_id=item["FlowLogId"],
            resource_id=item["ResourceId"],
            # Flow logs of Transit Gateways have no traffic type.
            traffic_type=TrafficType(item.get("TrafficType", "ALL")),
            log_format=item["LogFormat"],
            region=region,
            created_at=_utc(item["CreationTime"]),
            delivers=item.get("DeliverLogsStatus", "SUCCESS") != "FAILED",
            interval=int(item.get("MaxAggregationInterval", DEFAULT_INTERVAL)),
            file_format="parquet" if file_format == "parquet" else "text",
            bucket=_bucket(item),
        )
    except (KeyError, ValueError) as error:
        name = item.get("FlowLogId", "a flow log without an id")
        raise MalformedItemError(f"flow log {name}: {error}") from error


def _utc(moment: Any) -> str:
    """Of a datetime, as boto3 has it, or of a text, as the AWS CLI prints it."""
    given = moment if isinstance(moment, datetime) else datetime.fromisoformat(str(moment))
    zoned = given if given.tzinfo else given.replace(tzinfo=UTC)
    return zoned.astimezone(UTC).isoformat()


def _bucket(item: Mapping[str, Any]) -> str | None:
    """`arn:aws:s3:::bucket/prefix/` names the bucket."""
    if item.get("LogDestinationType", "s3") != "s3":
        return None
    place = str(item.get("LogDestination", "")).split(":::", 1)
    return place[1].split("/", 1)[0] if len(place) == 2 else None
