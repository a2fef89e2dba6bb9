"""Rules that only admit what flow logs never record."""

import pytest

from aws_network.flow_logs.never_logged import never_logged
from tests.attribution.networks import rule

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
    assert (never_logged(rule(f"sgr-1 sg-web {terms}")) is not None) is expected, fact
