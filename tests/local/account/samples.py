"""Exports and flow logs of a small account."""

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

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

CREATED = "2026-01-05T09:00:00+00:00"
_SIDES = ("RequesterVpcInfo", "AccepterVpcInfo")
OPTIONAL_DOCUMENTS: dict[str, dict[str, Any]] = {
    "flow-logs.json": {
        "FlowLogs": [
            {
                "CreationTime": CREATED,
                "DeliverLogsStatus": "SUCCESS",
                "FlowLogId": "fl-1",
                "FlowLogStatus": "ACTIVE",
                "ResourceId": "vpc-1",
                "TrafficType": "ALL",
                "LogDestinationType": "s3",
                "LogDestination": "arn:aws:s3:::logs/network/",
                "LogFormat": " ".join(f"${{{field}}}" for field in HEADER.split()),
                "Tags": [],
                "MaxAggregationInterval": 60,
                "DestinationOptions": {
                    "FileFormat": "plain-text",
                    "HiveCompatiblePartitions": False,
                    "PerHourPartition": False,
                },
            }
        ]
    },
    "vpcs.json": {
        "Vpcs": [
            {
                "OwnerId": "123456789012",
                "CidrBlockAssociationSet": [
                    {"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}},
                    {"CidrBlock": "100.64.0.0/16", "CidrBlockState": {"State": "associated"}},
                ],
                "IsDefault": False,
                "VpcId": "vpc-1",
                "State": "available",
                "CidrBlock": "10.0.0.0/16",
            }
        ]
    },
    "vpc-peering-connections.json": {
        "VpcPeeringConnections": [
            {
                **{
                    side: {"VpcId": f"vpc-{number}", "OwnerId": "123456789012"}
                    for number, side in enumerate(_SIDES, 1)
                },
                "Status": {"Code": "active", "Message": "Active"},
                "ExpirationTime": CREATED,
                "VpcPeeringConnectionId": "pcx-1",
            }
        ]
    },
    "transit-gateway-vpc-attachments.json": {
        "TransitGatewayVpcAttachments": [
            {
                "TransitGatewayAttachmentId": "tgw-attach-1",
                "TransitGatewayId": "tgw-1",
                "VpcId": "vpc-1",
                "VpcOwnerId": "123456789012",
                "State": "available",
                "SubnetIds": ["subnet-1"],
                "CreationTime": CREATED,
            }
        ]
    },
    "security-group-vpc-associations.json": {
        "SecurityGroupVpcAssociations": [
            {
                "GroupId": "sg-1",
                "VpcId": "vpc-2",
                "VpcOwnerId": "123456789012",
                "State": "associated",
                "GroupOwnerId": "123456789012",
            }
        ]
    },
    "traffic-mirror-targets.json": {
        "TrafficMirrorTargets": [
            {
                "TrafficMirrorTargetId": "tmt-1",
                "NetworkInterfaceId": "eni-1",
                "Type": "network-interface",
                "OwnerId": "123456789012",
            }
        ]
    },
    "vpc-endpoint-service-configurations.json": {
        "ServiceConfigurations": [
            {
                "ServiceType": [{"ServiceType": "Interface"}],
                "ServiceId": "vpce-svc-1",
                "ServiceState": "Available",
                "NetworkLoadBalancerArns": [
                    "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/a/1"
                ],
            }
        ]
    },
}
"""Every optional export, with one item each, as the AWS CLI prints it."""


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
