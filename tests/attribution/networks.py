"""Small networks, written down in a line per rule and interface."""

from aws_network.network.flow_log import FlowLog, TrafficType
from aws_network.network.groups import SecurityGroup
from aws_network.network.interfaces import NetworkInterface
from aws_network.network.prefix_lists import PrefixList
from aws_network.network.protocols import protocol_number
from aws_network.network.rules import Direction, SecurityGroupRule, Source
from aws_network.network.snapshot import Snapshot

ACCOUNT, REGION, VPC = "123456789012", "us-east-1", "vpc-1"
LONG_AGO = "1999-12-01T00:00:00+00:00"
"""When the interfaces were attached: before any day of a test."""

FLOW_LOG = FlowLog("fl-1", VPC, TrafficType.ALL, "", REGION, LONG_AGO)


def rule(text: str) -> SecurityGroupRule:
    """`sgr-1 sg-web ingress tcp 443 198.51.100.0/24`; ports `any` or `8000-8010`."""
    rule_id, group_id, direction, protocol, ports, source = text.split()
    first, last = (None, None) if ports == "any" else _ports(ports)
    way: Direction = "ingress" if direction == "ingress" else "egress"
    return SecurityGroupRule(
        rule_id, group_id, ACCOUNT, REGION, way, protocol_number(protocol), first, last,
        _source(source),
    )  # fmt: skip


def _ports(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def _source(text: str) -> Source:
    if text.startswith("pl-"):
        return Source("prefix_list", text)
    return Source("group", text) if text.startswith("sg-") else Source("cidr", text)


def interface(text: str, vpc_id: str = VPC) -> NetworkInterface:
    """`eni-1 sg-web,sg-ssh 10.0.0.4,10.0.0.5 10.0.1.16/28`; delegated prefixes may be left out."""
    interface_id, groups, addresses, *prefixes = text.split()
    return NetworkInterface(
        interface_id,
        ACCOUNT,
        REGION,
        vpc_id,
        () if groups == "-" else tuple(groups.split(",")),
        tuple(addresses.split(",")),
        tuple(prefixes[0].split(",")) if prefixes else (),
        subnet_id=f"subnet-of-{vpc_id}",
        attached_at=LONG_AGO,
    )


def network(
    rules: list[str],
    interfaces: list[str],
    prefix_lists: dict[str, list[str]] | None = None,
    other_groups: tuple[str, ...] = (),
) -> Snapshot:
    """A snapshot; its groups are those of rules and interfaces, and `other_groups`."""
    made = [rule(text) for text in rules]
    made_interfaces = [interface(text) for text in interfaces]
    carried = {group_id for each in made_interfaces for group_id in each.group_ids}
    group_ids = sorted({each.group_id for each in made} | carried | set(other_groups))
    return Snapshot(
        rules=tuple(made),
        groups=tuple(SecurityGroup(name, name, ACCOUNT, REGION, VPC) for name in group_ids),
        interfaces=tuple(made_interfaces),
        prefix_lists=tuple(
            PrefixList(name, name, REGION, tuple(cidrs))
            for name, cidrs in (prefix_lists or {}).items()
        ),
        flow_logs=(FLOW_LOG,),
        peerings=(),
        attachments=(),
        group_vpcs=(),
        mirror_targets=(),
        endpoint_services=(),
    )
