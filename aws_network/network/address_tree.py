"""Which CIDR blocks of an inventory contain an address.

An address is written as bits: `4` or `6` for its family, then one character per bit. A block
contains an address if the bits of the address begin with the bits of the block. So the smallest
block that contains an address is found by looking up its prefixes, longest first. The blocks that
contain this block are known beforehand.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network

WIDTH = {4: 32, 6: 128}
"""Bits of an address of each family."""


@lru_cache(maxsize=1 << 18)
def block_bits(cidr: str) -> str:
    """The bits of a CIDR block or of a single address: `10.0.0.0/8` is `400001010`."""
    block = ip_network(cidr, strict=False)
    width = block.max_prefixlen
    bits = f"{int(block.network_address):0{width}b}"[: block.prefixlen]
    return f"{block.version}{bits}"


def block_cidr(bits: str) -> str:
    """The CIDR block of its bits: `400001010` is `10.0.0.0/8`."""
    family, prefix = int(bits[0]), bits[1:]
    return cidr_of(family, int(prefix.ljust(WIDTH[family], "0"), 2), len(prefix))


def cidr_of(family: int, first: int, length: int) -> str:
    """The CIDR block of a family (4 or 6), by the number of its first address and its length."""
    of_family = IPv4Network if family == 4 else IPv6Network
    return str(of_family((first, length)))


class AddressTree:
    """Blocks with their own labels and those of all blocks that contain them."""

    def __init__(self, labels: Mapping[str, Iterable[str]]) -> None:
        """`labels`: the bits of a block to its labels."""
        self._labels = {bits: frozenset(given) for bits, given in labels.items()}
        self.lengths = sorted({len(bits) for bits in self._labels}, reverse=True)
        """All lengths of blocks in bits, longest first."""

    @property
    def blocks(self) -> list[str]:
        """All blocks, as bits."""
        return list(self._labels)

    def labels_of(self, bits: str) -> frozenset[str]:
        """The labels of a block, and of every block that contains it."""
        around = (self._labels.get(bits[:length]) for length in self.lengths if length <= len(bits))
        return frozenset[str]().union(*(labels for labels in around if labels))

    def smallest_around(self, bits: str) -> str | None:
        """The smallest block that contains an address or a block; None if there is none."""
        beginnings = (bits[:length] for length in self.lengths if length <= len(bits))
        return next((block for block in beginnings if block in self._labels), None)
