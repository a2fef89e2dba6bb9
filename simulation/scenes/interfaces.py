"""Interfaces that come, are detached, or are deleted before anybody looks."""

from __future__ import annotations

from simulation.connections import tcp_connection
from simulation.drawing import Drawing
from simulation.network import Interface

OFFICE, BANK = "198.51.100.9", "203.0.113.7"


def detached(drawing: Drawing) -> None:
    """Interfaces that are deleted or available by the last day: of groups that nothing else
    carries, and of groups that a second interface keeps in use. Of each, one rule is used in plain
    sight and one in an interval that is lost."""
    for remove in (drawing.delete, drawing.detach):
        for others in (0, 1):
            group = _batch_group(drawing, drawing.base)
            for _ in range(others):
                _pay(drawing, drawing.interface(drawing.base, group), drawing.moment())
            interface = drawing.interface(drawing.base, group)
            gone = drawing.moment(0.4, 0.8)
            remove(interface, gone)
            _use_before(drawing, interface, gone)


def _use_before(drawing: Drawing, interface: Interface, gone: int) -> None:
    before = (gone - drawing.span.first) / (drawing.span.after - drawing.span.first)
    for _ in range(drawing.rng.randint(1, 4)):
        _pay(drawing, interface, drawing.moment(0, before - 0.01))
    lost = drawing.moment(0, before - 0.01)
    _log_in(drawing, interface, lost)
    drawing.skipped.add((interface.interface_id, lost))


def launched(drawing: Drawing) -> None:
    """A group whose only interface is attached in the middle, and one that gets a second then."""
    for others in (0, 1):
        group = _batch_group(drawing, drawing.base)
        for _ in range(others):
            _pay(drawing, drawing.interface(drawing.base, group), drawing.moment())
        since = drawing.moment(0.3, 0.7)
        interface = drawing.interface(drawing.base, group, since=since)
        share = (since - drawing.span.first) / (drawing.span.after - drawing.span.first)
        for _ in range(drawing.rng.randint(1, 4)):
            _pay(drawing, interface, drawing.moment(share + 0.01))
        if others and drawing.rng.random() < 0.5:
            _log_in(drawing, interface, drawing.moment(share + 0.01))


def gone_elsewhere(drawing: Drawing) -> None:
    """In a VPC without any connection an interface goes; what it did fits rules of other VPCs."""
    vpc = drawing.vpc("10.50.0.0/16").vpc_id
    group = _batch_group(drawing, vpc)
    interface = drawing.interface(vpc, group)
    drawing.delete(interface, drawing.moment(0.6, 0.9))
    for _ in range(drawing.rng.randint(3, 10)):
        _pay(drawing, interface, drawing.moment(0, 0.55))
    for port in drawing.rng.sample((22, 53, 80, 443, 3306, 5432, 8080), 3):
        source = drawing.ports.take(OFFICE)
        made = tcp_connection(source, (interface.primary, port), drawing.moment(0, 0.55))
        drawing.connect(made, vpc_id=vpc)


def _batch_group(drawing: Drawing, vpc_id: str) -> str:
    """Four rules; the last of each direction is for nobody."""
    group = drawing.group("batch", vpc_id)
    drawing.rule(group, "egress", "tcp", 443, f"{BANK}/32")
    drawing.rule(group, "egress", "tcp", 25, f"{BANK}/32")
    drawing.rule(group, "ingress", "tcp", 22, f"{OFFICE}/32")
    drawing.rule(group, "ingress", "tcp", 3389, f"{OFFICE}/32")
    return group


def _pay(drawing: Drawing, interface: Interface, at: int) -> None:
    source = drawing.ports.take(interface.primary)
    drawing.connect(tcp_connection(source, (BANK, 443), at), vpc_id=interface.vpc_id)


def _log_in(drawing: Drawing, interface: Interface, at: int) -> None:
    source = drawing.ports.take(OFFICE)
    made = tcp_connection(source, (interface.primary, 22), at, closed_after=0)
    drawing.connect(made, vpc_id=interface.vpc_id)
