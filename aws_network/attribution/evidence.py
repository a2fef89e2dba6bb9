"""The day's evidence as the lake keeps it, from the rows of rule_evidence.sql."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_network.network.address_tree import WIDTH, block_cidr, cidr_of


def evidence_row(row: Mapping[str, Any], block_bits: Sequence[str]) -> dict[str, Any]:
    """A row of sg_rule_evidence_daily; `block_bits`: see MatchFrames.

    The key names a rule in a version, `sgr-...@...`: what all its versions admitted is evidence.
    """
    rule_id, _, _ = row["rule_key"].partition("@")
    if row["block"] is None:
        peers = _around(row["first_peer"], row["last_peer"])
    else:
        peers = block_cidr(block_bits[row["block"]])
    return {
        "sg_rule_id": rule_id,
        "protocol": row["protocol"],
        "from_port": row["from_port"],
        "to_port": row["to_port"],
        "peers": peers,
        "peer_groups": row["peer_groups"],
        "requests": row["requests"],
    }


def _around(first: int, last: int) -> str:
    """The smallest IPv4 block with both addresses, given as numbers."""
    bits = (first ^ last).bit_length()
    return cidr_of(4, first >> bits << bits, WIDTH[4] - bits)
