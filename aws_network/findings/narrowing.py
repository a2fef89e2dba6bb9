"""A tighter rule in the place of a wide one: everything that was observed, and little more.

What was seen of a rule are boxes: a protocol, ports, a block of peers. Boxes are joined, two at a
time, those first whose union grows the least, until as many are left as there may be rules. Each is
a rule then. With the trade-off `fewer` that is one for each family of addresses, with `tighter` up
to MOST_RULES in all.

All pairs of thousands of boxes would be millions, so while there are many only neighbours in the
order of their addresses are joined.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import ip_network
from itertools import combinations, pairwise
from typing import NamedTuple

from aws_network.findings.intervals import Interval
from aws_network.findings.observed import Seen
from aws_network.findings.vocabulary import TradeOff
from aws_network.network.address_tree import WIDTH, cidr_of
from aws_network.network.protocols import ANY, WITH_PORTS
from aws_network.network.rules import ALL_PORTS, SecurityGroupRule

MOST_RULES = 5
ALL_PAIRS_UP_TO = 16
"""Of more boxes than this, only neighbours are joined, many at a time."""

SMALLEST_BLOCK = {4: 24, 6: 64}
"""Blocks are not made smaller than this: the next client is seldom the same address."""


class Block(NamedTuple):
    """A CIDR block: its family (4 or 6), the number of its first address, its prefix length."""

    family: int
    first: int
    length: int

    @property
    def free_bits(self) -> int:
        """Bits of an address that the block leaves open."""
        return WIDTH[self.family] - self.length

    @property
    def cidr(self) -> str:
        """As rules name it."""
        return cidr_of(*self)


@lru_cache(maxsize=1 << 16)
def block_of(cidr: str) -> Block:
    """The block of a CIDR text."""
    block = ip_network(cidr)
    return Block(block.version, int(block.network_address), block.prefixlen)


class Box(NamedTuple):
    """What one rule would admit. `block` None: whatever the source of the wide rule is."""

    protocol: int
    ports: Interval
    block: Block | None

    @property
    def family(self) -> int:
        """4 or 6; 0 where the source stays what it is."""
        return self.block.family if self.block else 0

    @property
    def volume(self) -> int:
        """How many combinations of protocol, port and address it admits."""
        protocols = 256 if self.protocol == ANY else 1
        ports = self.ports[1] - self.ports[0] + 1
        return protocols * ports << (self.block.free_bits if self.block else 0)


def boxes(rule: SecurityGroupRule, seen: Iterable[Seen], trade_off: TradeOff) -> list[Box]:
    """The replacement of a rule; empty when nothing was seen of it."""
    found = _without_inner(_few({_box(rule, one) for one in seen}))
    families = {box.family for box in found}
    most = MOST_RULES if trade_off is TradeOff.TIGHTER else len(families)
    return [_within(rule, box) for box in _joined(found, most)]


def _box(rule: SecurityGroupRule, seen: Seen) -> Box:
    """Ports only for what has ports; a block only where the rule has one."""
    ports = seen.ports if seen.protocol in WITH_PORTS else ALL_PORTS
    return Box(seen.protocol, ports, block_of(seen.peers) if rule.source.kind == "cidr" else None)


def _within(rule: SecurityGroupRule, box: Box) -> Box:
    """Not beyond the rule itself: what was seen may be given as a range that reaches further."""
    if rule.protocol not in (ANY, box.protocol):
        return Box(rule.protocol, rule.port_range, _block(rule, box))
    first, last = rule.port_range
    ports = max(first, box.ports[0]), min(last, box.ports[1])
    if ports[0] > ports[1]:
        ports = rule.port_range
    return Box(box.protocol, ports, _block(rule, box))


def _block(rule: SecurityGroupRule, box: Box) -> Block | None:
    """The block rounded up, where that is less than the rule's own."""
    if box.block is None:
        return None
    own = block_of(rule.source.value)
    rounded = _shorter(box.block, min(box.block.length, SMALLEST_BLOCK[box.block.family]))
    return rounded if _block_holds(own, rounded) else own


def _few(found: Iterable[Box]) -> list[Box]:
    """At most ALL_PAIRS_UP_TO boxes that hold all of `found`.

    Each round joins the quarter of the neighbours that grow the least, so there are few rounds.
    """
    left = sorted(found, key=_place)
    while (surplus := len(left) - ALL_PAIRS_UP_TO) > 0:
        pairs = [(at, pair) for at, pair in enumerate(pairwise(left)) if _is_alike(pair)]
        pairs.sort(key=lambda placed: _growth(placed[1]))
        left = _with_next({at for at, _ in pairs[: max(1, min(len(left) // 4, surplus))]}, left)
    return left


def _with_next(places: set[int], row: Sequence[Box]) -> list[Box]:
    """The row, what is at one of the places joined with what is next to it."""
    left: list[Box] = []
    for at, box in enumerate(row):
        if at - 1 in places:
            left[-1] = join(left[-1], box)
        else:
            left.append(box)
    return sorted(left, key=_place)


def _joined(found: Sequence[Box], most: int) -> list[Box]:
    """At most so many boxes (but one a family at least) that hold all of `found`."""
    left = list(found)
    while len(left) > most:
        pairs = [pair for pair in combinations(sorted(left, key=_place), 2) if _is_alike(pair)]
        if not pairs:
            return left
        union = join(*min(pairs, key=_growth))
        left = [union, *(box for box in left if not holds(union, box))]
    return left


def _is_alike(pair: tuple[Box, Box]) -> bool:
    """Boxes of two families of addresses cannot be joined."""
    return pair[0].family == pair[1].family


def _place(box: Box) -> tuple[int, int, int, Interval]:
    return box.family, box.block.first if box.block else 0, box.protocol, box.ports


def _growth(pair: tuple[Box, Box]) -> int:
    one, other = pair
    return join(one, other).volume - one.volume - other.volume


def join(one: Box, other: Box) -> Box:
    """The smallest box around both, of one family."""
    if one.protocol != other.protocol:
        return Box(ANY, ALL_PORTS, _around(one.block, other.block))
    ports = min(one.ports[0], other.ports[0]), max(one.ports[1], other.ports[1])
    return Box(one.protocol, ports, _around(one.block, other.block))


def _around(one: Block | None, other: Block | None) -> Block | None:
    if one is None or other is None:
        return None
    differing = (one.first ^ other.first).bit_length()
    return _shorter(one, min(one.length, other.length, WIDTH[one.family] - differing))


def _shorter(block: Block, length: int) -> Block:
    """The block of a shorter prefix around it."""
    free = WIDTH[block.family] - length
    return Block(block.family, block.first >> free << free, length)


def _without_inner(found: Iterable[Box]) -> list[Box]:
    """Without boxes that lie in another one."""
    kept: list[Box] = []
    for box in sorted(found, key=lambda box: (-box.volume, _place(box))):
        if not any(holds(outer, box) for outer in kept):
            kept.append(box)
    return kept


def holds(outer: Box, inner: Box) -> bool:
    """Does one box hold all of another?"""
    if outer.family != inner.family or outer.protocol not in (ANY, inner.protocol):
        return False
    if not outer.ports[0] <= inner.ports[0] <= inner.ports[1] <= outer.ports[1]:
        return False
    return outer.block is None or inner.block is None or _block_holds(outer.block, inner.block)


def _block_holds(outer: Block, inner: Block) -> bool:
    if outer.family != inner.family or outer.length > inner.length:
        return False
    return outer.first == _shorter(inner, outer.length).first
