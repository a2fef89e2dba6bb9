"""Interfaces and groups where one does not look for them: of another account, of another VPC.

https://docs.aws.amazon.com/vpc/latest/userguide/vpc-share-limitations.html
"""

from __future__ import annotations

from dataclasses import replace

from simulation.connections import tcp_connection
from simulation.drawing import Drawing
from simulation.network import Interface
from simulation.vpcs import GroupVpcAssociation

PARTICIPANT = "444455556666"
SHARED_SUBNET = f"subnet-{7:017x}"


def shared_vpc(drawing: Drawing) -> None:
    """A participant has interfaces and groups in a subnet of the first VPC. Its rules and those of
    the owner name each other's groups. Who logs the subnet is for the flow logs to say."""
    rng, base = drawing.rng, drawing.base
    owner_sees = rng.random() < 0.5
    drawing.network = replace(
        drawing.network, participants=(PARTICIPANT,), owner_sees_participants=owner_sees
    )
    shop, stock = drawing.group("shop", base, PARTICIPANT), drawing.group("stock", base)
    drawing.rule(shop, "ingress", "tcp", 9090, stock)
    drawing.rule(shop, "ingress", "tcp", 9091, stock)
    drawing.rule(shop, "egress", "-1", -1, "10.1.0.0/16")
    drawing.rule(stock, "ingress", "tcp", 5432, shop)
    drawing.rule(stock, "ingress", "tcp", 5433, shop)
    drawing.rule(stock, "egress", "tcp", 9090, shop)
    theirs = [
        drawing.interface(base, shop, subnet=SHARED_SUBNET, owner_id=PARTICIPANT) for _ in range(2)
    ]
    own = drawing.interface(base, stock)
    for _ in range(rng.randint(2, 6)):
        _ask(drawing, rng.choice(theirs), own, 5432)
        _ask(drawing, own, rng.choice(theirs), 9090)


def associations(drawing: Drawing) -> None:
    """A group of the first VPC is carried in another one only, which may be peered with it."""
    rng, base = drawing.rng, drawing.base
    other = drawing.vpc("10.60.0.0/16").vpc_id
    group, clients = drawing.group("common", base), drawing.group("clients", other)
    drawing.add(group_associations=[GroupVpcAssociation(group, other)])
    drawing.rule(group, "ingress", "tcp", 8080, "10.60.0.0/16")
    drawing.rule(group, "ingress", "tcp", 8081, "10.60.0.0/16")
    drawing.rule(group, "egress", "tcp", 443, "203.0.113.0/25")
    drawing.rule(clients, "egress", "tcp", 8080, group)
    drawing.rule(clients, "ingress", "tcp", 22, group)
    carrier, client = drawing.interface(other, group), drawing.interface(other, clients)
    if rng.random() < 0.5:
        drawing.peering(base, other)
    for _ in range(rng.randint(2, 6)):
        _ask(drawing, client, carrier, 8080)


def _ask(drawing: Drawing, client: Interface, server: Interface, port: int) -> None:
    source = drawing.ports.take(client.primary)
    made = tcp_connection(source, (server.primary, port), drawing.moment())
    drawing.connect(made, vpc_id=client.vpc_id)
