"""A network in time: pictures of it, each of which holds until the next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from operator import itemgetter

from simulation.network import Interface, Network, PrefixList, Rule

EVER = 2**40
"""An epoch second that no simulation reaches."""

Change = tuple[int, Callable[[Network], Network]]
"""When something is changed (epoch seconds), and what the network is after it."""


@dataclass(frozen=True)
class History:
    """`pictures`: (epoch second from which it holds, the network); the first holds since ever."""

    pictures: tuple[tuple[int, Network], ...]

    def at(self, second: int) -> Network:
        return next(network for since, network in reversed(self.pictures) if since <= second)

    @property
    def first(self) -> Network:
        return self.pictures[0][1]

    @property
    def last(self) -> Network:
        return self.pictures[-1][1]

    @property
    def networks(self) -> list[Network]:
        return [network for _, network in self.pictures]

    @cached_property
    def interfaces(self) -> dict[str, Interface]:
        """Every interface that there ever was, by its id, as it was last."""
        return {
            interface.interface_id: interface
            for network in self.networks
            for interface in network.interfaces
        }

    @cached_property
    def spans_in_use(self) -> dict[str, list[tuple[int, int]]]:
        """Interface id -> when it was attached: from an epoch second to before another."""
        spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for (since, network), (until, _) in pairwise((*self.pictures, (EVER, self.last))):
            for interface in network.interfaces:
                if interface.status == "in-use":
                    _extend(spans[interface.interface_id], since, until)
        return dict(spans)

    def detached_after(self, interface_id: str, second: int) -> int:
        """From when on an interface that is in use at a second is not any more."""
        spans = self.spans_in_use.get(interface_id, [])
        return next((until for since, until in spans if since <= second < until), second)


def _extend(spans: list[tuple[int, int]], since: int, until: int) -> None:
    if spans and spans[-1][1] == since:
        since, _ = spans.pop()
    spans.append((since, until))


def still(network: Network) -> History:
    """A network in which nothing changes."""
    return History(((0, network),))


def history(network: Network, changes: Iterable[Change]) -> History:
    """What becomes of a network."""
    pictures = {0: network}
    for at, change in sorted(changes, key=itemgetter(0)):
        network = change(network)
        pictures[at] = network
    return History(tuple(pictures.items()))


def with_interface(network: Network, interface: Interface) -> Network:
    """The network after an interface appeared, or became what it is here."""
    others = [other for other in network.interfaces if other.interface_id != interface.interface_id]
    return replace(network, interfaces=(*others, interface))


def without_interface(network: Network, interface_id: str) -> Network:
    """The network after an interface was deleted."""
    others = [
        interface for interface in network.interfaces if interface.interface_id != interface_id
    ]
    return replace(network, interfaces=tuple(others))


def with_groups(network: Network, interface_id: str, group_ids: tuple[str, ...]) -> Network:
    """The network after an interface's groups were changed."""
    return _with_changed(network, replace(network.interface[interface_id], group_ids=group_ids))


def with_detached(network: Network, interface_id: str) -> Network:
    """The network after an interface was detached from what it served."""
    detached = replace(
        network.interface[interface_id], status="available", instance_id=None, attached_at=None
    )
    return _with_changed(network, detached)


def _with_changed(network: Network, interface: Interface) -> Network:
    changed = [
        interface if other.interface_id == interface.interface_id else other
        for other in network.interfaces
    ]
    return replace(network, interfaces=tuple(changed))


def with_rule(network: Network, rule: Rule) -> Network:
    """The network after a rule was changed; it keeps its id."""
    changed = [rule if other.rule_id == rule.rule_id else other for other in network.rules]
    return replace(network, rules=tuple(changed))


def with_prefix_list(network: Network, prefix_list: PrefixList) -> Network:
    """The network after the entries of a prefix list were changed."""
    changed = [
        prefix_list if other.prefix_list_id == prefix_list.prefix_list_id else other
        for other in network.prefix_lists
    ]
    return replace(network, prefix_lists=tuple(changed))
