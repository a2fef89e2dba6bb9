"""The peers of rules as sets of addresses, as far as one may rely on them.

What a CIDR block holds, holds always. The entries of a prefix list can change, and the members of a
group come and go. So there are three ways to compare, each with what it takes for granted:

  always         nothing: lists and groups are unknown sets, alike only when they are the same one
  prefix_lists   that the lists keep their entries
  today          that the groups keep their members, too

An unknown set is within anything that holds every address it may have. That is exact: a list has
addresses of one family for life, a group may have members anywhere.
"""

from collections import defaultdict
from functools import cached_property

from aws_network.findings.intervals import (
    ALL_ADDRESSES,
    ALL_IPV4,
    ALL_IPV6,
    Intervals,
    cidr_interval,
    contains,
    merged,
)
from aws_network.findings.vocabulary import Basis
from aws_network.network.inventory import Inventory
from aws_network.network.rules import Source, SourceKind

_UNKNOWN: dict[Basis, tuple[SourceKind, ...]] = {
    Basis.ALWAYS: ("prefix_list", "group"),
    Basis.PREFIX_LISTS: ("group",),
    Basis.TODAY: (),
}
BASES = tuple(_UNKNOWN)
"""The ways to compare, the surest first."""


class Peers:
    """The sources of an inventory's rules as addresses."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._known: dict[Source, Intervals] = {}

    def subject(self, source: Source, basis: Basis) -> Intervals:
        """The addresses that others must hold to cover the source; none where nobody knows them."""
        if source.kind not in _UNKNOWN[basis]:
            return self._addresses(source)
        if source.kind == "group":
            return ALL_ADDRESSES
        entries = self._addresses(source)
        families = (ALL_IPV4, ALL_IPV6) if entries else ()
        return next((all_of for all_of in families if contains(all_of, entries)), ALL_ADDRESSES)

    def other(self, source: Source, subject: Source, basis: Basis) -> Intervals:
        """The addresses that a source surely holds of those of `subject`."""
        if source == subject:
            return self.subject(subject, basis)
        return () if source.kind in _UNKNOWN[basis] else self._addresses(source)

    def _addresses(self, source: Source) -> Intervals:
        if source not in self._known:
            self._known[source] = merged(cidr_interval(cidr) for cidr in self._cidrs(source))
        return self._known[source]

    def _cidrs(self, source: Source) -> tuple[str, ...]:
        if source.kind == "cidr":
            return (source.value,)
        if source.kind == "prefix_list":
            return self._inventory.prefix_lists.get(source.value, ())
        return tuple(self._members.get(source.value, ()))

    @cached_property
    def _members(self) -> dict[str, list[str]]:
        members: dict[str, list[str]] = defaultdict(list)
        for interface in self._inventory.interfaces:
            for group_id in interface.group_ids:
                members[group_id] += [*interface.addresses, *interface.prefixes]
        return members
