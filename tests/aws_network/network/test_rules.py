"""Items of DescribeSecurityGroupRules, and the rules that they describe."""

from typing import Any

import pytest

from aws_network.network.rules import (
    MalformedItemError,
    SecurityGroupRule,
    Source,
    peer_text,
    rule_from_api,
    traffic_text,
)
from plan.exact_rule import exact_rule

HTTPS = {
    "SecurityGroupRuleId": "sgr-0123456789abcdef0",
    "GroupId": "sg-0123456789abcdef0",
    "GroupOwnerId": "123456789012",
    "IsEgress": False,
    "IpProtocol": "tcp",
    "FromPort": 443,
    "ToPort": 443,
    "CidrIpv4": "0.0.0.0/0",
    "Description": "the world",
    "Tags": [{"Key": "owner", "Value": "web"}],
}


def read(**changes: Any) -> SecurityGroupRule:
    """The rule of HTTPS with some fields changed, or left out where the change is None."""
    item = {name: value for name, value in (HTTPS | changes).items() if value is not None}
    return rule_from_api(item, "us-east-1")


def from_source(**source: Any) -> Source:
    return read(**({"CidrIpv4": None} | source)).source


def test_an_item_becomes_a_rule() -> None:
    assert read() == SecurityGroupRule(
        rule_id="sgr-0123456789abcdef0",
        group_id="sg-0123456789abcdef0",
        account_id="123456789012",
        region="us-east-1",
        direction="ingress",
        protocol=6,
        from_port=443,
        to_port=443,
        source=Source("cidr", "0.0.0.0/0"),
        description="the world",
        tags={"owner": "web"},
    )


PORTS: list[tuple[str, dict[str, Any], tuple[int, int], str, str]] = [
    ("one port", {}, (443, 443), "tcp", "443"),
    ("a range", {"FromPort": 8080, "ToPort": 8090}, (8080, 8090), "tcp", "8080 - 8090"),
    ("port 0", {"FromPort": 0, "ToPort": 0}, (0, 0), "tcp", "0"),
    ("all TCP ports", {"FromPort": 0, "ToPort": 65535}, (0, 65535), "tcp", "any"),
    (
        "all UDP ports",
        {"IpProtocol": "udp", "FromPort": 0, "ToPort": 65535},
        (0, 65535),
        "udp",
        "any",
    ),
    ("all ports as -1", {"FromPort": -1, "ToPort": -1}, (0, 65535), "tcp", "any"),
    ("no ports at all", {"FromPort": None, "ToPort": None}, (0, 65535), "tcp", "any"),
    (
        "all protocols",
        {"IpProtocol": "-1", "FromPort": -1, "ToPort": -1},
        (0, 65535),
        "any",
        "any",
    ),
    (
        "all protocols: stray ports mean nothing",
        {"IpProtocol": "-1", "FromPort": 22, "ToPort": 22},
        (0, 65535),
        "any",
        "any",
    ),
    (
        "all ICMP",
        {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1},
        (0, 65535),
        "icmp",
        "any",
    ),
    (
        "an ICMP type, all codes",
        {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1},
        (0, 65535),
        "icmp",
        "type 8",
    ),
    (
        "ICMP echo reply is type 0",
        {"IpProtocol": "icmp", "FromPort": 0, "ToPort": -1},
        (0, 65535),
        "icmp",
        "type 0",
    ),
    (
        "an ICMP type and code",
        {"IpProtocol": "1", "FromPort": 3, "ToPort": 4},
        (0, 65535),
        "icmp",
        "type 3 code 4",
    ),
    (
        "an ICMPv6 type and code 0",
        {"IpProtocol": "icmpv6", "FromPort": 1, "ToPort": 0},
        (0, 65535),
        "icmpv6",
        "type 1 code 0",
    ),
    (
        "a protocol by number",
        {"IpProtocol": "50", "FromPort": -1, "ToPort": -1},
        (0, 65535),
        "50",
        "any",
    ),
    (
        "TCP by number keeps its ports",
        {"IpProtocol": "6", "FromPort": 22, "ToPort": 23},
        (22, 23),
        "tcp",
        "22 - 23",
    ),
]


@pytest.mark.parametrize(
    ("changes", "admitted", "protocol", "shown"), [p[1:] for p in PORTS], ids=[p[0] for p in PORTS]
)
def test_ports(
    changes: dict[str, Any], admitted: tuple[int, int], protocol: str, shown: str
) -> None:
    rule = read(**changes)
    assert (rule.port_range, rule.protocol_text, rule.ports_text) == (admitted, protocol, shown)


TEXTS = [
    ({"FromPort": 8080, "ToPort": 8090}, "ingress tcp 8080 - 8090 from 0.0.0.0/0"),
    ({"IsEgress": True}, "egress tcp 443 to 0.0.0.0/0"),
    ({"FromPort": -1, "ToPort": -1}, "ingress tcp from 0.0.0.0/0"),
    ({"IpProtocol": "-1", "FromPort": -1, "ToPort": -1}, "ingress all traffic from 0.0.0.0/0"),
    ({"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1}, "ingress icmp from 0.0.0.0/0"),
    ({"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1}, "ingress icmp type 8 from 0.0.0.0/0"),
    (
        {"IpProtocol": "icmpv6", "FromPort": 1, "ToPort": 0, "CidrIpv4": None, "CidrIpv6": "::/0"},
        "ingress icmpv6 type 1 code 0 from ::/0",
    ),
    ({"IpProtocol": "50", "FromPort": -1, "ToPort": -1}, "ingress 50 from 0.0.0.0/0"),
    ({"CidrIpv4": None, "PrefixListId": "pl-1"}, "ingress tcp 443 from pl-1"),
    (
        {"CidrIpv4": None, "ReferencedGroupInfo": {"GroupId": "sg-2"}},
        "ingress tcp 443 from sg-2",
    ),
]


@pytest.mark.parametrize(("changes", "text"), TEXTS)
def test_a_rule_in_a_line(changes: dict[str, Any], text: str) -> None:
    rule = read(**changes)
    assert rule.text == text
    assert exact_rule(rule, {}).text == text


SOURCES: list[tuple[str, dict[str, Any], Source]] = [
    ("IPv4", {"CidrIpv4": "198.51.100.0/24"}, Source("cidr", "198.51.100.0/24")),
    ("IPv4 with host bits", {"CidrIpv4": "198.51.100.7/24"}, Source("cidr", "198.51.100.0/24")),
    ("one address", {"CidrIpv4": "192.0.2.7/32"}, Source("cidr", "192.0.2.7/32")),
    ("IPv6", {"CidrIpv6": "2001:DB8:0::/48"}, Source("cidr", "2001:db8::/48")),
    ("all of IPv6", {"CidrIpv6": "::/0"}, Source("cidr", "::/0")),
    ("a prefix list", {"PrefixListId": "pl-63a5400a"}, Source("prefix_list", "pl-63a5400a")),
    (
        "a group",
        {"ReferencedGroupInfo": {"GroupId": "sg-2", "UserId": "123456789012"}},
        Source("group", "sg-2"),
    ),
    (
        "a group of a peered VPC in another account",
        {
            "ReferencedGroupInfo": {
                "GroupId": "sg-3",
                "UserId": "210987654321",
                "VpcId": "vpc-2",
                "VpcPeeringConnectionId": "pcx-1",
                "PeeringStatus": "active",
            }
        },
        Source("group", "sg-3"),
    ),
]


@pytest.mark.parametrize(("given", "source"), [s[1:] for s in SOURCES], ids=[s[0] for s in SOURCES])
def test_sources(given: dict[str, Any], source: Source) -> None:
    assert from_source(**given) == source


def test_direction_and_absent_texts() -> None:
    rule = read(IsEgress=True, Description=None, Tags=None)
    assert (rule.direction, rule.description, rule.tags) == ("egress", None, {})
    assert read(Description="").description is None


@pytest.mark.parametrize("name", ["GroupId", "GroupOwnerId", "IsEgress", "IpProtocol"])
def test_a_missing_field_is_named_with_its_rule(name: str) -> None:
    with pytest.raises(MalformedItemError, match=f"sgr-0123456789abcdef0: no {name}$"):
        read(**{name: None})


def test_a_rule_without_any_source() -> None:
    with pytest.raises(MalformedItemError, match=r"sgr-0123456789abcdef0: no ReferencedGroupInfo$"):
        read(CidrIpv4=None)


def test_a_rule_without_an_id() -> None:
    with pytest.raises(MalformedItemError, match=r"rule without an id: no SecurityGroupRuleId$"):
        read(SecurityGroupRuleId=None)


def test_an_unknown_protocol_is_named() -> None:
    with pytest.raises(MalformedItemError, match=r"sgr-0123456789abcdef0: protocol 'tpc'"):
        read(IpProtocol="tpc")


def test_a_referenced_group_keeps_what_is_needed_to_name_it_again() -> None:
    info = {
        "GroupId": "sg-there",
        "UserId": "111122223333",
        "VpcId": "vpc-9",
        "VpcPeeringConnectionId": "pcx-1",
        "PeeringStatus": "active",
    }
    source = from_source(ReferencedGroupInfo=info)
    assert source == Source("group", "sg-there")
    assert (source.account_id, source.vpc_id) == ("111122223333", "vpc-9")
    assert (source.peering_id, source.peering_status) == ("pcx-1", "active")


ITEM = {
    "SecurityGroupRuleId": "sgr-1", "GroupId": "sg-1", "GroupOwnerId": "123456789012",
    "IsEgress": False, "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
    "CidrIpv4": "10.0.0.0/8",
}  # fmt: skip
SAME = [
    ("a description", {"Description": "x"}),
    ("a tag", {"Tags": [{"Key": "a", "Value": "b"}]}),
    ("another spelling of the block", {"CidrIpv4": "10.9.9.9/8"}),
    ("another spelling of the protocol", {"IpProtocol": "6"}),
    ("another id", {"SecurityGroupRuleId": "sgr-2"}),
]
OTHER: list[tuple[str, dict[str, object]]] = [
    ("another port", {"FromPort": 442}),
    ("another last port", {"ToPort": 444}),
    ("another protocol", {"IpProtocol": "udp"}),
    ("another direction", {"IsEgress": True}),
    ("another block", {"CidrIpv4": "10.0.0.0/9"}),
    ("IPv6", {"CidrIpv4": None, "CidrIpv6": "::/0"}),
    ("a prefix list", {"CidrIpv4": None, "PrefixListId": "pl-1"}),
    ("a group", {"CidrIpv4": None, "ReferencedGroupInfo": {"GroupId": "sg-2"}}),
]


def version(**changes: object) -> str:
    return rule_from_api({**ITEM, **changes}, "us-east-1").version


@pytest.mark.parametrize("changes", [s[1] for s in SAME], ids=[s[0] for s in SAME])
def test_a_version_is_the_same(changes: dict[str, object]) -> None:
    assert version(**changes) == version()


@pytest.mark.parametrize("changes", [o[1] for o in OTHER], ids=[o[0] for o in OTHER])
def test_a_version_is_another(changes: dict[str, object]) -> None:
    assert version(**changes) != version()


def test_a_version_is_stable() -> None:
    """It is stored: computed otherwise, every rule would seem to have changed."""
    assert version() == "5fa6b5a21e40"


@pytest.mark.parametrize(
    ("protocol", "ports", "text"),
    [
        ("tcp", "443", "tcp 443"),
        ("udp", "8080 - 8090", "udp 8080 - 8090"),
        ("any", "any", "all traffic"),
        ("icmp", "any", "icmp"),
        ("icmp", "type 8 code 0", "icmp type 8 code 0"),
        ("47", "any", "47"),
    ],
)
def test_the_traffic_of_a_rule_as_text(protocol: str, ports: str, text: str) -> None:
    assert traffic_text(protocol, ports) == text


def test_the_peer_of_a_rule_as_text() -> None:
    assert peer_text("ingress", "10.0.0.0/8") == "from 10.0.0.0/8"
    assert peer_text("egress", "pl-0123") == "to pl-0123"
