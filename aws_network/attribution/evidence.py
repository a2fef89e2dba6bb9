"""The day's evidence: what was requested, and what each rule admitted, or may have admitted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_network.network.address_tree import WIDTH, block_cidr, cidr_of


@dataclass(frozen=True)
class RuleEvidence:
    """Requests that a rule admitted on a day: ports (inclusive) and peers hold all of them."""

    sg_rule_id: str
    protocol: int
    from_port: int
    to_port: int
    peers: str
    """A CIDR block"""
    peer_groups: str
    """A comma list of the groups that all of these peers were members of"""
    requests: int


@dataclass(frozen=True)
class ObservedRequests:
    """Requests of a day with one answer to: which rules admitted them, or may have?

    Ports (inclusive) and peers hold all of them.
    """

    certain: str
    """A comma list of rule keys, `sgr-...@...`: each of these rules admitted them."""
    possible: str
    is_known: bool
    """Is the interface known? If not, nobody knows which of the rules stand on it."""
    is_proven: bool
    """Is it beyond reasonable doubt who opened the conversations?"""
    protocol: int
    from_port: int
    to_port: int
    peers: str
    """A CIDR block"""
    peer_groups: str
    """A comma list of the groups that all of these peers were members of"""
    requests: int


def observed_requests(row: Mapping[str, Any], block_bits: Sequence[str]) -> ObservedRequests:
    """From a row of observed_requests.sql; `block_bits`: see MatchFrames."""
    return ObservedRequests(
        ",".join(row["certain"]),
        ",".join(row["possible"]),
        row["is_known"],
        row["is_proven"],
        row["protocol"],
        row["from_port"],
        row["to_port"],
        _peers(row, block_bits),
        ",".join(sorted(row["peer_groups"])),
        row["requests"],
    )


def rule_evidence(row: Mapping[str, Any], block_bits: Sequence[str]) -> RuleEvidence:
    """From a row of rule_evidence.sql; `block_bits`: see MatchFrames.

    The key names a rule in a version, `sgr-...@...`: what all its versions admitted is evidence.
    """
    rule_id, _, _ = row["rule_key"].partition("@")
    service = (row["protocol"], row["from_port"], row["to_port"])
    peers = _peers(row, block_bits)
    return RuleEvidence(rule_id, *service, peers, row["peer_groups"], row["requests"])


def _peers(row: Mapping[str, Any], block_bits: Sequence[str]) -> str:
    if row["block"] is None:
        return _around(row["first_peer"], row["last_peer"])
    return block_cidr(block_bits[row["block"]])


def _around(first: int, last: int) -> str:
    """The smallest IPv4 block with both addresses, given as numbers."""
    bits = (first ^ last).bit_length()
    return cidr_of(4, first >> bits << bits, WIDTH[4] - bits)
