"""A day's evidence: numbers and blocks become CIDR blocks that hold them."""

from typing import Any

import pytest

from aws_network.attribution.evidence import rule_evidence
from aws_network.network.address_tree import block_bits, block_cidr

BLOCKS = [block_bits("0.0.0.0/0"), block_bits("2001:db8::/32")]
ROW: dict[str, Any] = {
    "rule_key": "sgr-1",
    "protocol": 6,
    "from_port": 443,
    "to_port": 443,
    "block": None,
    "first_peer": 0x0A010203,
    "last_peer": 0x0A010203,
    "peer_groups": "sg-1",
    "requests": 7,
}


@pytest.mark.parametrize(
    ("changes", "peers"),
    [
        pytest.param({}, "10.1.2.3/32", id="one address"),
        pytest.param({"last_peer": 0x0A010280}, "10.1.2.0/24", id="two of a /24"),
        pytest.param({"last_peer": 0xC6336401}, "0.0.0.0/0", id="two far ends"),
        pytest.param({"block": 1}, "2001:db8::/32", id="only the block is known"),
        pytest.param({"block": 0}, "0.0.0.0/0", id="block number 0 is a block"),
    ],
)
def test_peers_are_the_smallest_block_around_them(changes: dict[str, Any], peers: str) -> None:
    assert rule_evidence({**ROW, **changes}, BLOCKS).peers == peers


def test_a_version_of_a_rule_is_evidence_of_the_rule() -> None:
    found = rule_evidence({**ROW, "rule_key": "sgr-1@0a1b"}, BLOCKS)
    assert found.sg_rule_id == "sgr-1"


@pytest.mark.parametrize(
    "cidr", ["0.0.0.0/0", "10.0.0.0/8", "192.0.2.1/32", "::/0", "2001:db8::/33"]
)
def test_a_block_comes_back_from_its_bits(cidr: str) -> None:
    assert block_cidr(block_bits(cidr)) == cidr
