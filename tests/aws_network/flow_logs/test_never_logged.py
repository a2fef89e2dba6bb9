"""Rules that only admit what flow logs never record."""

from dataclasses import replace
from typing import Any

import pytest

from aws_network.flow_logs.never_logged import NeverLogged, only_unlogged
from aws_network.network.inventory import union
from tests.attribution.networks import network, rule

FACTS = [
    ("instance metadata", "egress tcp 80 169.254.169.254/32", True),
    ("the time service", "egress udp 123 169.254.169.123/32", True),
    ("the time service over IPv6", "egress udp 123 fd00:ec2::123/128", True),
    ("Amazon DNS at its link-local address", "egress udp 53 169.254.169.253/32", True),
    ("Amazon DNS of a VPC 10.20.0.0/16", "egress udp 53 10.20.0.2/32", True),
    ("Amazon DNS of a VPC 10.20.0.16/28", "egress tcp 53 10.20.0.18/32", True),
    ("DHCP", "egress udp 67-68 0.0.0.0/0", True),
    ("DHCPv6", "ingress udp 546 ::/0", True),
    ("a name server that is no third address", "egress udp 53 10.20.0.5/32", False),
    ("name servers anywhere", "egress udp 53 0.0.0.0/0", False),
    ("the third address, another port", "egress tcp 443 10.20.0.2/32", False),
    ("more than link-local", "egress tcp 80 169.0.0.0/8", False),
    ("more than DHCP", "egress udp 67-69 0.0.0.0/0", False),
    ("TCP on DHCP's ports", "egress tcp 67 0.0.0.0/0", False),
    ("a group", "egress udp 53 sg-dns", False),
]


@pytest.mark.parametrize(("fact", "terms", "expected"), FACTS, ids=[fact[0] for fact in FACTS])
def test_never_logged(fact: str, terms: str, expected: bool) -> None:
    assert (only_unlogged(rule(f"sgr-1 sg-web {terms}")) is not None) is expected, fact


TARGET = network(["sgr-1 sg-web ingress -1 any 10.0.0.0/8"], ["eni-web sg-web 10.0.0.4"])
BALANCER = replace(
    TARGET,
    interfaces=(
        replace(
            TARGET.interfaces[0],
            interface_type="network_load_balancer",
            description="ELB net/shop/50dc6c495c0c9188",
        ),
    ),
)
ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/"
ALSO: list[tuple[str, Any, dict[str, Any], str, bool]] = [
    ("a mirror target", TARGET, {"mirror_targets": ("eni-web",)}, "udp 4789", True),
    ("a mirror target, all traffic", TARGET, {"mirror_targets": ("eni-web",)}, "-1 any", True),
    ("a mirror target, other ports", TARGET, {"mirror_targets": ("eni-web",)}, "udp 4790", False),
    ("a mirror target, TCP", TARGET, {"mirror_targets": ("eni-web",)}, "tcp 4789", False),
    ("no mirror target", TARGET, {"mirror_targets": ()}, "-1 any", False),
    ("nobody looked for mirror targets", TARGET, {"mirror_targets": None}, "-1 any", True),
    ("nobody looked, TCP", TARGET, {"mirror_targets": None}, "tcp 443", False),
    (
        "a load balancer behind an endpoint service",
        BALANCER,
        {"endpoint_services": (f"{ARN}shop/50dc6c495c0c9188",)},
        "tcp 443",
        True,
    ),
    (
        "another load balancer is behind one",
        BALANCER,
        {"endpoint_services": (f"{ARN}other/50dc6c495c0c9189",)},
        "tcp 443",
        False,
    ),
    ("no endpoint service", BALANCER, {"endpoint_services": ()}, "tcp 443", False),
    ("nobody looked for services", BALANCER, {"endpoint_services": None}, "tcp 443", True),
    ("no load balancer", TARGET, {"endpoint_services": None}, "tcp 443", False),
]


@pytest.mark.parametrize(
    ("snapshot", "parts", "terms", "expected"), [a[1:] for a in ALSO], ids=[a[0] for a in ALSO]
)
def test_traffic_that_is_never_logged_beside_traffic_that_is(
    snapshot: Any, parts: dict[str, Any], terms: str, expected: bool
) -> None:
    never_logged = NeverLogged(union([replace(snapshot, **parts)]))
    said = never_logged.of(rule(f"sgr-2 sg-web ingress {terms} 10.0.0.0/8"))
    assert (said is not None) is expected
