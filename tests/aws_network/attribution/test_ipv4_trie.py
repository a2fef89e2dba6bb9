"""The trie of IPv4 blocks finds what the address tree finds."""

from ipaddress import IPv4Address

from hypothesis import given
from hypothesis import strategies as st

from aws_network.attribution.ipv4_trie import ipv4_trie
from aws_network.network.address_tree import AddressTree, block_bits

BASE = int(IPv4Address("10.20.30.40"))


def near() -> st.SearchStrategy[str]:
    """Addresses that share many leading bits with BASE."""
    return st.integers(0, 32).flatmap(
        lambda free: st.integers(0, 2**free - 1).map(lambda low: str(IPv4Address(BASE ^ low)))
    )


def cidrs() -> st.SearchStrategy[str]:
    return st.builds("{}/{}".format, near(), st.integers(0, 32))


def walk(trie: list[int], address: str) -> int:
    """The number of the smallest block: 16 bits, then 4 at a time, as narrowed_rows.sql goes."""
    bits = block_bits(address)[1:]
    entry = trie[int(bits[:16], 2)]
    for start in range(16, 32, 4):
        if entry >= 0:
            entry = trie[entry + int(bits[start : start + 4], 2)]
    return ~entry


@given(st.sets(cidrs(), max_size=30), st.lists(near(), min_size=1, max_size=20))
def test_the_smallest_block_around_an_address(given_cidrs: set[str], addresses: list[str]) -> None:
    tree = AddressTree({block_bits(cidr): "x" for cidr in (*given_cidrs, "0.0.0.0/0", "::/0")})
    blocks = sorted(tree.blocks)
    trie = ipv4_trie(blocks)
    for address in addresses:
        assert blocks[walk(trie, address)] == tree.smallest_around(block_bits(address))


def test_size_grows_by_few_entries_for_a_block() -> None:
    blocks = sorted(["4", *(block_bits(f"10.{n}.{n}.{n}") for n in range(200))])
    assert len(ipv4_trie(blocks)) <= 2**16 + 200 * 4 * 16
