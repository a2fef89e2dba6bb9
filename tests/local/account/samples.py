"""Exports and flow logs of a small account."""

import gzip
import json
from datetime import date
from pathlib import Path

RULE = {
    "SecurityGroupRuleId": "sgr-1",
    "SecurityGroupRuleArn": "arn:aws:ec2:eu-west-1:123456789012:security-group-rule/sgr-1",
}
DAY = date(2026, 11, 1)
HEADER = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes "
    "start end action log-status"
)
DEFAULT = "AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/11/01/x.log.gz"
HIVE = (
    "AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=eu-west-1/"
    "year=2026/month=11/day=01/hour=07/x.log.parquet"
)


def write(path: Path, document: object) -> None:
    """Writes a file as the AWS CLI prints it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))


def log(folder: Path, key: str, *lines: str) -> Path:
    """Writes a flow-log file of these lines."""
    path = folder / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))
    return path
