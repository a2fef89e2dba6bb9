"""Networks with something of every kind, for tests of what is stored and merged."""

from dataclasses import replace
from typing import Any

from aws_network.flow_logs.window import Window
from aws_network.network.configured_resources import ConfiguredResource, ConfiguredResources
from aws_network.network.flow_log import FlowLog, TrafficType
from aws_network.network.groups import SecurityGroup
from aws_network.network.interfaces import NetworkInterface
from aws_network.network.prefix_lists import PrefixList
from aws_network.network.rules import SecurityGroupRule, Source
from aws_network.network.snapshot import OPTIONAL_PARTS, Snapshot
from aws_network.network.vpcs import GroupVpc, Peering, TransitGatewayAttachment, Vpc
from aws_network.usage.judging import RuleUsage
from aws_network.usage.statuses import ReasonCode
from aws_network.usage.tracked_rules import TrackedRule
from aws_network.usage.verdicts import RuleCounts

ACCOUNT, REGION = "123456789012", "us-east-1"
ODD_TEXT = 'Zürich 東京 🔒 \u2028line \u2029 paragraph \x85 \t\r\n "quoted" \\ \x00'
"""Letters of many scripts, and what some readers take for the end of a line."""

SNAPSHOT = Snapshot(
    rules=(
        SecurityGroupRule(
            "sgr-1", "sg-1", ACCOUNT, REGION, "ingress", 6, 443, 443,
            Source("cidr", "2001:db8::/32"), ODD_TEXT, {"owner": "東京", "a": ""},
        ),
        SecurityGroupRule(
            "sgr-2", "sg-1", ACCOUNT, REGION, "egress", -1, None, None,
            Source("prefix_list", "pl-1"),
        ),
    ),
    groups=(
        SecurityGroup("sg-1", "web", ACCOUNT, REGION, "vpc-1", ODD_TEXT, {"stage": "\u2028"}),
        SecurityGroup("sg-2", "classic", ACCOUNT, REGION),
    ),
    interfaces=(
        NetworkInterface(
            "eni-1", ACCOUNT, REGION, "vpc-1", ("sg-1", "sg-2"), ("10.0.0.4", "2001:db8::4"),
            ("10.0.1.16/28",), "lambda", ODD_TEXT, in_use=False, tags={"owner": ODD_TEXT},
        ),
        NetworkInterface("eni-2", ACCOUNT, REGION, None, (), ()),
    ),
    prefix_lists=(
        PrefixList("pl-1", "com.amazonaws.us-east-1.s3", REGION, ("198.51.100.0/24",)),
        PrefixList("pl-2", "empty", REGION, ()),
    ),
)  # fmt: skip

EMPTY = Snapshot((), (), (), ())
"""Nobody looked at the optional parts."""

_VPCS = (
    Vpc("vpc-1", ACCOUNT, REGION, ("10.0.0.0/16", "100.64.0.0/16", "2001:db8:1::/56")),
    Vpc("vpc-2", "111122223333", "eu-west-1", (), {"Owner": "東京"}),
)
FULL = replace(
    SNAPSHOT,
    configured=ConfiguredResources(
        (ConfiguredResource("Lambda function", ODD_TEXT, REGION, ("sg-1",)),), ("ECS service",)
    ),
    flow_logs=(
        FlowLog(
            "fl-1", "subnet-1", TrafficType.REJECT, "${version} ${vpc-id}", REGION,
            "2026-01-05T09:00:00+00:00", False, 60, "parquet", "logs",
        ),
    ),
    vpcs=_VPCS,
    peerings=(Peering("pcx-1", (_VPCS[0], _VPCS[1]), False),),
    attachments=(TransitGatewayAttachment("tgw-attach-1", "tgw-1", "vpc-1", True),),
    group_vpcs=(GroupVpc("sg-1", "vpc-2"),),
    mirror_targets=("eni-1",),
    endpoint_services=("arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/net/a/b",),
)  # fmt: skip
_NOTHING: dict[str, Any] = dict.fromkeys(OPTIONAL_PARTS, ())
NOTHING_THERE = replace(EMPTY, **_NOTHING)
"""Somebody looked at the optional parts, and there was nothing."""


def usage(reason_code: ReasonCode, gone_since: str | None = None) -> RuleUsage:
    """A rule that was judged."""
    rule = TrackedRule(
        "sgr-1", "sg-1", "web", "us-east-1", "ingress", "tcp", "443", "pl-1", gone_since=gone_since
    )
    window = Window("2026-11-01", "2026-11-30")
    return RuleUsage(rule, RuleCounts(), window, reason_code, "because", reason_code.status, True)
