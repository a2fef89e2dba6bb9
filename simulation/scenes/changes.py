"""What was true on some days and is not any more: groups, entries, rules."""

from __future__ import annotations

from dataclasses import replace

from simulation.connections import Exchange, tcp_connection
from simulation.drawing import Drawing
from simulation.history import with_groups, with_prefix_list, with_rule
from simulation.network import Cidr, Interface, ListedPrefixes, PrefixList

OLD_OFFICE, NEW_OFFICE = "198.51.100.130", "203.0.113.30"


def changes(drawing: Drawing) -> None:
    """One of each, at some time in the middle. What was before is used before, and one connection
    lives on; what is after is sometimes used after."""
    _change_groups(drawing)
    _change_entries(drawing)
    _change_rules(drawing)


def _change_groups(drawing: Drawing) -> None:
    """An interface leaves a group that nobody else carries; one that was there changes, too."""
    base, rng = drawing.base, drawing.rng
    old, new = drawing.group("old", base), drawing.group("new", base)
    for group in (old, new):
        drawing.rule(group, "ingress", "tcp", 9200, f"{OLD_OFFICE}/32")
        drawing.rule(group, "ingress", "tcp", 9201, f"{OLD_OFFICE}/32")
    interface = drawing.interface(base, old)
    at = drawing.moment(0.4, 0.7)
    drawing.change(at, lambda network: with_groups(network, interface.interface_id, (new,)))
    other = rng.choice(drawing.residents)
    groups = (rng.choice(drawing.network.groups).group_id,)
    if drawing.network.group[groups[0]].vpc_id == base:
        moment = drawing.moment(0.4, 0.7)
        drawing.change(moment, lambda network: with_groups(network, other.interface_id, groups))
    _use(drawing, OLD_OFFICE, interface, 9200, at)


def _change_entries(drawing: Drawing) -> None:
    """An office moves, and so does its entry in a prefix list."""
    entries = ((f"{OLD_OFFICE}/32", "office"), ("192.0.2.96/28", None))
    offices = PrefixList(
        drawing.new_id("pl"), "moving-offices", drawing.network.account_id, "IPv4", entries
    )
    drawing.add(prefix_lists=[offices])
    group = drawing.group("reports", drawing.base)
    drawing.rule(group, "ingress", "tcp", 9300, ListedPrefixes(offices.prefix_list_id))
    drawing.rule(group, "ingress", "tcp", 9301, ListedPrefixes(offices.prefix_list_id))
    moved = replace(offices, entries=((f"{NEW_OFFICE}/32", "office"), entries[1]))
    at = drawing.moment(0.4, 0.7)
    drawing.change(at, lambda network: with_prefix_list(network, moved))
    _use(drawing, OLD_OFFICE, drawing.interface(drawing.base, group), 9300, at)


def _change_rules(drawing: Drawing) -> None:
    """One rule gets another port, one another source; both keep their ids."""
    group = drawing.group("search", drawing.base)
    interface = drawing.interface(drawing.base, group)
    rule = drawing.rule(group, "ingress", "tcp", 9400, f"{OLD_OFFICE}/32")
    at = drawing.moment(0.4, 0.7)
    moved = replace(rule, first=9500, last=9500)
    drawing.change(at, lambda network: with_rule(network, moved))
    _use(drawing, OLD_OFFICE, interface, 9400, at)
    rule = drawing.rule(group, "ingress", "tcp", 9600, f"{OLD_OFFICE}/32")
    renamed = replace(rule, peer=Cidr(f"{NEW_OFFICE}/32"))
    drawing.change(at, lambda network: with_rule(network, renamed))
    _use(drawing, OLD_OFFICE, interface, 9600, at)
    if drawing.rng.random() < 0.5:
        _ask(drawing, NEW_OFFICE, interface, 9600, at + 7_200)


def _use(drawing: Drawing, client: str, server: Interface, port: int, until: int) -> None:
    """Some short connections, and at times a long one that outlives the change."""
    first = drawing.span.first
    for _ in range(drawing.rng.randint(1, 3)):
        _ask(drawing, client, server, port, drawing.rng.randrange(first, until - 3_600))
    if drawing.rng.random() < 0.3:
        source = drawing.ports.take(client)
        talk = [Exchange(after) for after in range(0, 5 * 86_400, 40_000)]
        made = tcp_connection(
            source, (server.primary, port), until - 7_200, exchanges=talk, closed_after=None
        )
        drawing.connect(made, vpc_id=drawing.base)


def _ask(drawing: Drawing, client: str, server: Interface, port: int, at: int) -> None:
    source = drawing.ports.take(client)
    drawing.connect(tcp_connection(source, (server.primary, port), at), vpc_id=drawing.base)
