"""Groups whose members come and go, and addresses that mean different things."""

from __future__ import annotations

from dataclasses import replace

from simulation.connections import tcp_connection
from simulation.drawing import Drawing
from simulation.network import GroupMembers, Interface
from simulation.vpcs import TransitGatewayVpcAttachment

CACHE = 6379


def churn(drawing: Drawing) -> None:
    """Members of a group that another group's rule names appear and vanish. They lie in a secondary
    block of the VPC, in a peered VPC, or in one behind a transit gateway."""
    base, place = drawing.base, drawing.rng.choice(("secondary", "peered", "gateway"))
    if place == "secondary":
        first, *others = drawing.network.vpcs
        wider = replace(first, cidrs=(*first.cidrs, "100.64.0.0/16"))
        drawing.network = replace(drawing.network, vpcs=(wider, *others))
        home, block, peering = base, len(first.cidrs), None
    else:
        home, block = drawing.vpc("10.70.0.0/16").vpc_id, 0
        peering = _connect(drawing, home, place)
    workers, store = drawing.group("workers", home), drawing.group("store", base)
    drawing.rule(store, "ingress", "tcp", CACHE, GroupMembers(workers, peering))
    drawing.rule(store, "ingress", "tcp", CACHE + 1, GroupMembers(workers, peering))
    drawing.rule(workers, "egress", "tcp", (6000, 7000), "10.0.0.0/8")
    server = drawing.interface(base, store)
    if drawing.rng.random() < 0.5:
        drawing.interface(home, workers)
    for number in range(drawing.rng.randint(3, 5)):
        begin = 0.05 + 0.17 * number
        address = drawing.address(home, block)
        worker = _worker(drawing, workers, home, address, (begin, begin + 0.2))
        for _ in range(drawing.rng.randint(1, 3)):
            _fetch(drawing, worker, server, drawing.moment(begin + 0.01, begin + 0.19))


def _connect(drawing: Drawing, home: str, place: str) -> str | None:
    """The id of the peering, if it is one."""
    if place == "peered":
        return drawing.peering(drawing.base, home).peering_id
    gateway = drawing.new_id("tgw")
    attachments = [
        TransitGatewayVpcAttachment(drawing.new_id("tgw-attach"), gateway, vpc_id, (subnet,))
        for vpc_id, subnet in ((drawing.base, f"subnet-{1:017x}"), (home, f"subnet-{2:017x}"))
    ]
    drawing.add(transit_gateway_attachments=attachments)
    return None


def _worker(
    drawing: Drawing, group: str, vpc_id: str, address: str, life: tuple[float, float]
) -> Interface:
    """An interface that is there for a share of the time."""
    since, until = (drawing.moment(share, share) for share in life)
    made = drawing.interface(vpc_id, group, address=address, since=since)
    drawing.delete(made, until)
    return made


def _fetch(drawing: Drawing, client: Interface, server: Interface, at: int) -> None:
    source = drawing.ports.take(client.primary)
    made = tcp_connection(source, (server.primary, CACHE), at)
    drawing.connect(made, vpc_id=server.vpc_id)


def address_reuse(drawing: Drawing) -> None:
    """An address belongs to a member of one group, then to one of another. The rule that names the
    first group was used by the first holder alone."""
    base = drawing.base
    before, after, store = (drawing.group(name, base) for name in ("before", "after", "store"))
    drawing.rule(store, "ingress", "tcp", CACHE, before)
    drawing.rule(store, "ingress", "tcp", (6000, 6999), after)
    drawing.rule(store, "ingress", "tcp", 7000, after)
    for group in (before, after):
        drawing.rule(group, "egress", "tcp", (6000, 7000), store)
    server, address = drawing.interface(base, store), drawing.address(base)
    first = _worker(drawing, before, base, address, (0.0, 0.5))
    second = drawing.interface(base, after, address=address, since=drawing.moment(0.6, 0.6))
    for holder, life in ((first, (0.05, 0.45)), (second, (0.65, 0.95))):
        if holder is first or drawing.rng.random() < 0.5:
            for _ in range(drawing.rng.randint(1, 4)):
                _fetch(drawing, holder, server, drawing.moment(*life))


def overlapping(drawing: Drawing) -> None:
    """A VPC without any connection has the addresses of the first one. A member that is gone had an
    address that belongs to somebody else in the first VPC, and one there has that of its server."""
    rng = drawing.rng
    twin = drawing.vpc("10.1.0.0/16").vpc_id
    known = rng.sample([interface.primary for interface in drawing.residents], 2)
    workers, store = drawing.group("workers", twin), drawing.group("store", twin)
    drawing.rule(store, "ingress", "tcp", CACHE, workers)
    drawing.rule(store, "ingress", "tcp", CACHE + 1, workers)
    drawing.rule(workers, "egress", "tcp", CACHE, store)
    server = drawing.interface(twin, store, address=known[0])
    worker = _worker(drawing, workers, twin, known[1], (0.0, 0.7))
    for _ in range(rng.randint(2, 5)):
        _fetch(drawing, worker, server, drawing.moment(0.05, 0.65))
