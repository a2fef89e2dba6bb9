"""Blocks and addresses as bits, against Python's ipaddress."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_network.network.address_tree import AddressTree, block_bits

SPELLINGS = [
    ("0.0.0.0/0", "4"),
    ("::/0", "6"),
    ("10.0.0.0/8", "400001010"),
    ("10.9.9.9/8", "400001010"),
    ("128.0.0.0/1", "41"),
    ("0.0.0.0/1", "40"),
    ("2001:db8::/16", "60010000000000001"),
]


@pytest.mark.parametrize(("cidr", "bits"), SPELLINGS)
def test_bits(cidr: str, bits: str) -> None:
    assert block_bits(cidr) == bits


def test_a_single_address_has_all_its_bits() -> None:
    assert block_bits("192.0.2.1") == block_bits("192.0.2.1/32")
    assert (len(block_bits("192.0.2.1")), len(block_bits("2001:db8::1"))) == (33, 129)
    assert block_bits("2001:DB8:0:0::1") == block_bits("2001:db8::1")


def nearby(version: int) -> st.SearchStrategy[int]:
    """Addresses that share many leading bits, so that blocks nest and miss each other by a bit."""
    width = 32 if version == 4 else 128
    base = int(ip_address("203.0.113.85" if version == 4 else "2001:db8:5555::5555"))
    return st.integers(0, width).flatmap(
        lambda free: st.integers(0, 2**free - 1).map(lambda low: base ^ low)
    )


@st.composite
def cidrs(draw: st.DrawFn) -> str:
    version = draw(st.sampled_from([4, 6]))
    length = draw(st.integers(0, 32 if version == 4 else 128))
    made = ip_address(draw(nearby(version)))
    return str(ip_network(f"{made if made.version == version else f'::{made}'}/{length}", False))


@st.composite
def addresses(draw: st.DrawFn) -> str:
    version = draw(st.sampled_from([4, 6]))
    number = draw(nearby(version))
    return str(ip_address(number.to_bytes(4 if version == 4 else 16)))


def contains(cidr: str, other: str) -> bool:
    """By ipaddress: does a block contain an address or another block?"""
    outer, inner = ip_network(cidr), ip_network(other)
    if isinstance(outer, IPv4Network) and isinstance(inner, IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(outer, IPv6Network) and isinstance(inner, IPv6Network):
        return inner.subnet_of(outer)
    return False


@given(st.dictionaries(cidrs(), st.sets(st.sampled_from("abc")), max_size=12), addresses())
def test_the_smallest_block_around_an_address(blocks: dict[str, set[str]], address: str) -> None:
    tree = AddressTree({block_bits(cidr): labels for cidr, labels in blocks.items()})
    around = [cidr for cidr in blocks if contains(cidr, address)]
    smallest = max(around, key=lambda cidr: ip_network(cidr).prefixlen, default=None)
    expected = None if smallest is None else block_bits(smallest)
    assert tree.smallest_around(block_bits(address)) == expected


@given(st.dictionaries(cidrs(), st.sets(st.sampled_from("abcdef")), min_size=1, max_size=12))
def test_a_block_has_the_labels_of_all_blocks_around_it(blocks: dict[str, set[str]]) -> None:
    tree = AddressTree({block_bits(cidr): labels for cidr, labels in blocks.items()})
    for inner in blocks:
        around = [labels for cidr, labels in blocks.items() if contains(cidr, inner)]
        assert tree.labels_of(block_bits(inner)) == set().union(*around)


@given(st.dictionaries(cidrs(), st.just("a"), max_size=12), addresses())
def test_an_address_has_the_labels_of_its_smallest_block(
    blocks: dict[str, str], address: str
) -> None:
    tree = AddressTree({block_bits(cidr): {cidr} for cidr in blocks})
    smallest = tree.smallest_around(block_bits(address))
    labels = tree.labels_of(smallest) if smallest else frozenset()
    assert labels == {cidr for cidr in blocks if contains(cidr, address)}


def test_blocks_and_lengths() -> None:
    tree = AddressTree({"4": ["all"], "41": ["high"], "6": []})
    assert sorted(tree.blocks) == ["4", "41", "6"]
    assert tree.lengths == [2, 1]


def test_an_empty_tree_contains_nothing() -> None:
    assert AddressTree({}).smallest_around(block_bits("192.0.2.1")) is None
