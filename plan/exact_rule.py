"""A rule with all that is needed to make it again."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from typing import Any

from aws_network.network.groups import SecurityGroup
from aws_network.network.protocols import (
    ANY,
    ICMP,
    ICMPV6,
    WITH_PORTS,
    protocol_name,
    protocol_number,
)
from aws_network.network.rules import (
    ALL_PORTS,
    Direction,
    SecurityGroupRule,
    Source,
    ports_text,
    rule_text,
)

_ALL = -1
"""How EC2 writes all ICMP types, or all codes of a type."""


@dataclass(frozen=True)
class Peer:
    """The other side of a rule: exactly one of the first four is not null."""

    cidr_ipv4: str | None = None
    cidr_ipv6: str | None = None
    prefix_list_id: str | None = None
    group_id: str | None = None
    user_id: str | None = None
    """Owner of the referenced group."""
    vpc_id: str | None = None
    """VPC of the referenced group, where it is in a peered one."""
    peering_id: str | None = None
    """The peering connection to that VPC."""

    def __post_init__(self) -> None:
        named = [self.cidr_ipv4, self.cidr_ipv6, self.prefix_list_id, self.group_id]
        if named.count(None) != len(named) - 1:
            raise ValueError("name exactly one block, prefix list or group")

    @property
    def text(self) -> str:
        """What tables show as the source."""
        return self.cidr_ipv4 or self.cidr_ipv6 or self.prefix_list_id or self.group_id or ""


@dataclass(frozen=True)
class ExactRule:
    """A rule as EC2 spells it, with all that is needed to make it again."""

    rule_id: str | None
    """`sgr-...`; null for a rule that does not exist yet."""
    group_id: str
    group_name: str
    group_vpc_id: str | None
    account_id: str
    """Owner of the group."""
    region: str
    direction: Direction
    ip_protocol: str
    """tcp, udp, icmp, icmpv6, -1 for all, or a number."""
    from_port: int | None
    """First port, or ICMP type with -1 for all; null where the protocol has neither."""
    to_port: int | None
    """Last port (inclusive), or ICMP code with -1 for all."""
    peer: Peer
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        protocol_number(self.ip_protocol)  # raises UnknownProtocolError

    @property
    def own_tags(self) -> dict[str, str]:
        """The tags that people may set. Those of AWS (`aws:...`) come back with what set them.
        Source: "Tag restrictions", Amazon EC2 user guide."""
        return {key: value for key, value in self.tags.items() if not key.startswith("aws:")}

    @property
    def text(self) -> str:
        """In a line: `ingress tcp 443 from 10.0.0.0/8`."""
        protocol = protocol_number(self.ip_protocol)
        first, last = (None if port == _ALL else port for port in (self.from_port, self.to_port))
        ports = ports_text(protocol, first, last)
        return rule_text(self.direction, protocol_name(protocol), ports, self.peer.text)


def exact_rule(rule: SecurityGroupRule, groups: Mapping[str, SecurityGroup]) -> ExactRule:
    """A rule of the inventory, complete."""
    group = groups.get(rule.group_id)
    first, last = _ports(rule)
    return ExactRule(
        rule_id=rule.rule_id,
        group_id=rule.group_id,
        group_name=group.name if group else "",
        group_vpc_id=group.vpc_id if group else None,
        account_id=rule.account_id,
        region=rule.region,
        direction=rule.direction,
        ip_protocol="-1" if rule.protocol == ANY else protocol_name(rule.protocol),
        from_port=first,
        to_port=last,
        peer=_peer(rule),
        description=rule.description,
        tags=dict(rule.tags),
    )


def inventory_rule(rule: ExactRule) -> SecurityGroupRule:
    """The reverse of `exact_rule`; a rule that does not exist yet has the id ``."""
    protocol = protocol_number(rule.ip_protocol)
    first, last = (None if port == _ALL else port for port in (rule.from_port, rule.to_port))
    if protocol in WITH_PORTS and (first, last) == ALL_PORTS:
        first = last = None
    return SecurityGroupRule(
        rule_id=rule.rule_id or "",
        group_id=rule.group_id,
        account_id=rule.account_id,
        region=rule.region,
        direction=rule.direction,
        protocol=protocol,
        from_port=first,
        to_port=last,
        source=_source(rule.peer),
        description=rule.description,
        tags=rule.tags,
    )


def _source(peer: Peer) -> Source:
    if peer.prefix_list_id:
        return Source("prefix_list", peer.prefix_list_id)
    if peer.group_id:
        return Source("group", peer.group_id, peer.user_id, peer.vpc_id, peer.peering_id)
    return Source("cidr", str(ip_network(peer.text, strict=False)))


def new_rule(like: ExactRule, **terms: Any) -> ExactRule:
    """A rule to be made in place of another: its group, description and own tags stay."""
    return replace(like, rule_id=None, tags=like.own_tags, **terms)


def _ports(rule: SecurityGroupRule) -> tuple[int | None, int | None]:
    if rule.protocol in WITH_PORTS:
        return rule.port_range
    if rule.protocol in (ICMP, ICMPV6):
        return _or_all(rule.from_port), _or_all(rule.to_port)
    return None, None


def _or_all(number: int | None) -> int:
    return _ALL if number is None else number


def _peer(rule: SecurityGroupRule) -> Peer:
    source = rule.source
    if source.kind == "prefix_list":
        return Peer(prefix_list_id=source.value)
    if source.kind == "cidr":
        return Peer(cidr_ipv6=source.value) if ":" in source.value else Peer(source.value)
    return Peer(
        group_id=source.value,
        user_id=source.account_id,
        vpc_id=source.vpc_id,
        peering_id=source.peering_id,
    )


def ip_permission(rule: ExactRule) -> dict[str, Any]:
    """The rule as an IpPermission of AuthorizeSecurityGroupIngress and -Egress."""
    ports = {"FromPort": rule.from_port, "ToPort": rule.to_port}
    return {
        "IpProtocol": rule.ip_protocol,
        **{name: port for name, port in ports.items() if port is not None},
        **_permitted_peer(rule.peer, rule.description),
    }


def _permitted_peer(peer: Peer, description: str | None) -> dict[str, Any]:
    if peer.cidr_ipv4:
        kind, named = "IpRanges", {"CidrIp": peer.cidr_ipv4}
    elif peer.cidr_ipv6:
        kind, named = "Ipv6Ranges", {"CidrIpv6": peer.cidr_ipv6}
    elif peer.prefix_list_id:
        kind, named = "PrefixListIds", {"PrefixListId": peer.prefix_list_id}
    else:
        kind, named = "UserIdGroupPairs", _group_pair(peer)
    return {kind: [named | ({"Description": description} if description else {})]}


def _group_pair(peer: Peer) -> dict[str, str]:
    pair = {
        "GroupId": peer.group_id,
        "UserId": peer.user_id,
        "VpcId": peer.vpc_id,
        "VpcPeeringConnectionId": peer.peering_id,
    }
    return {name: value for name, value in pair.items() if value}
