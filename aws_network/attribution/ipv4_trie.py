"""IPv4 blocks as one array, in which five look-ups find the smallest block around an address.

The array begins with an entry for each value of an address's first 16 bits; then come nodes of 16
entries, one for each value of 4 further bits. An entry from 0 up is the place of the node that goes
on; a negative one is the complement (`~`) of a block's number. narrowed_rows.sql walks it.
"""

from collections.abc import Sequence

ROOT_BITS, NODE_BITS = 16, 4


def ipv4_trie(blocks: Sequence[str]) -> list[int]:
    """The trie of the IPv4 blocks among these, which are bits (see address_tree), by their places.

    "4", the block of all addresses, must be one of them.
    """
    entries = [~blocks.index("4")] * (1 << ROOT_BITS)
    of_ipv4 = [(bits[1:], ~number) for number, bits in enumerate(blocks) if bits[0] == "4"]
    for bits, leaf in sorted(of_ipv4, key=lambda block: len(block[0])):
        _paint(entries, bits, leaf)
    return entries


def _paint(entries: list[int], bits: str, leaf: int) -> None:
    """Writes a block over the shorter ones around it; none inside it may be there yet."""
    node, width = 0, ROOT_BITS
    while len(bits) > width:
        at = node + int(bits[:width], 2)
        if entries[at] < 0:
            entries += [entries[at]] * (1 << NODE_BITS)
            entries[at] = len(entries) - (1 << NODE_BITS)
        node, bits, width = entries[at], bits[width:], NODE_BITS
    first = node + int(bits.ljust(width, "0"), 2)
    count = 1 << (width - len(bits))
    entries[first : first + count] = [leaf] * count
