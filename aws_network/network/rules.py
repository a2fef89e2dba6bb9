"""Security group rules."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from ipaddress import ip_network
from typing import Any, Literal

from aws_network.network.protocols import (
    ANY,
    ICMP,
    ICMPV6,
    WITH_PORTS,
    protocol_name,
    protocol_number,
)
from aws_network.network.tags import tags_of

Direction = Literal["ingress", "egress"]
SourceKind = Literal["cidr", "prefix_list", "group"]


ALL_PORTS = (0, 65535)

LONGEST_DESCRIPTION = 4096
"""Characters that are kept. EC2 allows 255 today; the size of a DynamoDB item is limited."""


class MalformedItemError(ValueError):
    """An item of an EC2 response lacks a required field, or has an invalid one."""


@dataclass(frozen=True)
class Source:
    """The peer of a rule: a CIDR block, a prefix list, or the members of a security group."""

    kind: SourceKind
    value: str
    """The canonical CIDR, `pl-...`, or `sg-...`."""
    account_id: str | None = field(default=None, compare=False)
    """The owner of the group; None for other kinds, and if a snapshot does not have it."""
    vpc_id: str | None = field(default=None, compare=False)
    peering_id: str | None = field(default=None, compare=False)
    peering_status: str | None = field(default=None, compare=False)
    """EC2 returns VPC, peering connection and its status only for groups of peered VPCs."""


@dataclass(frozen=True)
class SecurityGroupRule:
    """One rule, `sgr-...`. The account is the group's owner."""

    rule_id: str
    group_id: str
    account_id: str
    region: str
    direction: Direction
    protocol: int
    """IANA number, or ANY."""
    from_port: int | None
    """First port, or ICMP type; None for all."""
    to_port: int | None
    """Last port (inclusive), or ICMP code; None for all."""
    source: Source
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def version(self) -> str:
        """A digest of what the rule admits, without description and tags.

        ModifySecurityGroupRules changes what a rule admits, and keeps its id.
        """
        source = (self.source.kind, self.source.value)
        admits = (self.direction, self.protocol, self.from_port, self.to_port, *source)
        return sha256(json.dumps(admits).encode()).hexdigest()[:12]

    @property
    def key(self) -> str:
        """Id and version, `sgr-...@...`: attribution credits a rule in a version."""
        return f"{self.rule_id}@{self.version}"

    @property
    def port_range(self) -> tuple[int, int]:
        """First and last port that the rule admits; all ports unless it is TCP or UDP."""
        if self.protocol not in WITH_PORTS or self.from_port is None or self.to_port is None:
            return ALL_PORTS
        return self.from_port, self.to_port

    @property
    def ports_text(self) -> str:
        """As the tables store it: see the function `ports_text`."""
        return ports_text(self.protocol, self.from_port, self.to_port)

    @property
    def protocol_text(self) -> str:
        """As the tables store it: `tcp`, `any`, `50`."""
        return protocol_name(self.protocol)

    @property
    def text(self) -> str:
        """In a line: see the function `rule_text`."""
        return rule_text(self.direction, self.protocol_text, self.ports_text, self.source.value)


def ports_text(protocol: int, first: int | None, last: int | None) -> str:
    """Ports, or ICMP type and code, as text: `443`, `8080 - 8090`, `type 8`, `any`."""
    if first is None or (protocol in WITH_PORTS and (first, last) == ALL_PORTS):
        return "any"
    if protocol in (ICMP, ICMPV6):
        return f"type {first}" if last is None else f"type {first} code {last}"
    return str(first) if first == last else f"{first} - {last}"


def traffic_text(protocol: str, ports: str) -> str:
    """Texts of a protocol and its ports as one: `tcp 443`, `icmp type 8`, `50`, `all traffic`."""
    if protocol == protocol_name(ANY):
        return "all traffic"
    return protocol if ports in ("any", "") else f"{protocol} {ports}"


def peer_text(direction: str, source: str) -> str:
    """The other side of a rule: `from 10.0.0.0/8`, `to pl-0123`."""
    return f"{'to' if direction == 'egress' else 'from'} {source}"


def rule_text(direction: str, protocol: str, ports: str, source: str) -> str:
    """A rule in a line, from its texts: `ingress tcp 8080 - 8090 from 10.0.0.0/8`."""
    return f"{direction} {traffic_text(protocol, ports)} {peer_text(direction, source)}"


def rule_from_api(item: Mapping[str, Any], region: str) -> SecurityGroupRule:
    """The rule that an item of DescribeSecurityGroupRules describes.

    Raises MalformedItemError if id, group, direction or source is missing, or the protocol unknown.
    """
    try:
        protocol = protocol_number(item["IpProtocol"])
        first, last = _ports(item, protocol)
        return SecurityGroupRule(
            rule_id=item["SecurityGroupRuleId"],
            group_id=item["GroupId"],
            account_id=item["GroupOwnerId"],
            region=region,
            direction="egress" if item["IsEgress"] else "ingress",
            protocol=protocol,
            from_port=first,
            to_port=last,
            source=_source(item),
            description=item.get("Description", "")[:LONGEST_DESCRIPTION] or None,
            tags=tags_of(item),
        )
    except KeyError as missing:
        raise MalformedItemError(f"{_name(item)}: no {missing.args[0]}") from missing
    except ValueError as error:
        raise MalformedItemError(f"{_name(item)}: {error}") from error


def _name(item: Mapping[str, Any]) -> str:
    return f"security group rule {item.get('SecurityGroupRuleId', 'without an id')}"


def _ports(item: Mapping[str, Any], protocol: int) -> tuple[int | None, int | None]:
    """EC2 writes -1 for all ports, and omits them for some protocols."""
    if protocol == ANY:
        return None, None
    first, last = item.get("FromPort", -1), item.get("ToPort", -1)
    if protocol in WITH_PORTS and (first, last) == (0, 65535):
        return None, None
    return (None if first == -1 else first), (None if last == -1 else last)


def _source(item: Mapping[str, Any]) -> Source:
    cidr = item.get("CidrIpv4") or item.get("CidrIpv6")
    if cidr:
        return Source("cidr", str(ip_network(cidr, strict=False)))
    if item.get("PrefixListId"):
        return Source("prefix_list", item["PrefixListId"])
    group = item["ReferencedGroupInfo"]
    return Source(
        "group",
        group["GroupId"],
        account_id=group.get("UserId"),
        vpc_id=group.get("VpcId"),
        peering_id=group.get("VpcPeeringConnectionId"),
        peering_status=group.get("PeeringStatus"),
    )
