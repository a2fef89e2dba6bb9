"""Sets of whole numbers, as sorted intervals that neither overlap nor touch; ends are inclusive.

Addresses lie on one line: all of IPv4, then all of IPv6.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import ip_network

Interval = tuple[int, int]
Intervals = tuple[Interval, ...]

IPV6_START = 1 << 32
ALL_IPV4: Intervals = ((0, IPV6_START - 1),)
ALL_IPV6: Intervals = ((IPV6_START, IPV6_START + (1 << 128) - 1),)
ALL_ADDRESSES: Intervals = ((0, ALL_IPV6[0][1]),)


@lru_cache(maxsize=1 << 18)
def cidr_interval(cidr: str) -> Interval:
    """The addresses of a CIDR block, or of a single address, on the line."""
    block = ip_network(cidr, strict=False)
    start = 0 if block.version == 4 else IPV6_START
    return start + int(block.network_address), start + int(block.broadcast_address)


def merged(intervals: Iterable[Interval]) -> Intervals:
    """The union of any intervals."""
    joined: list[Interval] = []
    for first, last in sorted(intervals):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return tuple(joined)


def contains(outer: Intervals, inner: Intervals) -> bool:
    """Is each number of `inner` in `outer`? Both are unions."""
    position = 0
    for first, last in inner:
        while position < len(outer) and outer[position][1] < first:
            position += 1
        if position == len(outer) or not outer[position][0] <= first <= last <= outer[position][1]:
            return False
    return True


def slices(whole: Interval, cuts: Iterable[Interval]) -> list[Interval]:
    """`whole` in pieces, such that each interval of `cuts` has all or nothing of each piece."""
    starts = {whole[0]}
    for first, last in cuts:
        starts |= {edge for edge in (first, last + 1) if whole[0] < edge <= whole[1]}
    ordered = sorted(starts)
    return list(zip(ordered, [*(start - 1 for start in ordered[1:]), whole[1]], strict=True))


def overlap(one: Interval, other: Interval) -> bool:
    """Have they a number in common?"""
    return one[0] <= other[1] and other[0] <= one[1]


def size(intervals: Sequence[Interval]) -> int:
    """How many numbers a union has."""
    return sum(last - first + 1 for first, last in intervals)
