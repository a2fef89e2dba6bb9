"""Load balancers that keep the client's address, and traffic to them that no flow log records.

https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
https://docs.aws.amazon.com/global-accelerator/latest/dg/best-practices-aga.html
"""

from __future__ import annotations

from dataclasses import replace

from simulation.connections import tcp_connection
from simulation.drawing import Drawing
from simulation.network import Interface
from simulation.paths import arrives
from simulation.vpcs import EndpointService

FRONT, BACK, HEALTH = 443, 8443, 8081


def preserved_clients(drawing: Drawing) -> None:
    """Targets admit the group of their load balancer; packets show the client, near or far."""
    rng, base = drawing.rng, drawing.base
    front, targets = drawing.group("nlb", base), drawing.group("nlb-targets", base)
    drawing.rule(front, "ingress", "tcp", FRONT, "0.0.0.0/0")
    drawing.rule(front, "egress", "tcp", (0, 65_535), targets)
    ports = rng.choice((BACK, (8000, 8999), (0, 65_535)))
    drawing.rule(targets, "ingress", "tcp", ports, front)
    if ports == BACK:
        drawing.rule(targets, "ingress", "tcp", HEALTH, front)
    drawing.rule(targets, "ingress", "tcp", BACK, drawing.group("former-proxy", base))
    drawing.rule(targets, "ingress", "udp", BACK, front)
    balancer = _load_balancer(drawing, front)
    backs = [drawing.interface(base, targets) for _ in range(2)]
    for _ in range(rng.randint(4, 12)):
        _ask_through(drawing, balancer, rng.choice(backs), _client(drawing))
    for _ in range(len(drawing.days)):
        _check_health(drawing, balancer, rng.choice(backs))


def _load_balancer(drawing: Drawing, group_id: str) -> Interface:
    number = drawing.new_id("x")[-16:]
    return drawing.interface(
        drawing.base,
        group_id,
        instance_id=None,
        kind="network_load_balancer",
        requester_id="amazon-elb",
        description=f"ELB net/front-{drawing.count}/{number}",
    )


def _client(drawing: Drawing) -> str:
    """Somebody on the internet, in a data centre, or in the VPC itself."""
    rng = drawing.rng
    near = rng.choice(drawing.residents)
    return rng.choice(
        (f"198.51.100.{rng.randint(1, 254)}", f"10.8.3.{rng.randint(1, 254)}", near.primary)
    )


def _ask_through(drawing: Drawing, balancer: Interface, target: Interface, client: str) -> None:
    """The client asks the load balancer, which asks the target in the client's name."""
    base, at = drawing.base, drawing.moment(0, 0.99)
    source = drawing.ports.take(client, avoiding=(FRONT, BACK))
    asked = replace(tcp_connection(source, (balancer.primary, FRONT), at), vpc_id=base)
    if client not in (balancer.primary, target.primary) and arrives(drawing.network, asked):
        drawing.connect(asked)
        passed_on = tcp_connection(source, (target.primary, BACK), at)
        drawing.connect(passed_on, vpc_id=base, via=balancer.interface_id)


def _check_health(drawing: Drawing, balancer: Interface, target: Interface) -> None:
    source = drawing.ports.take(balancer.primary)
    made = tcp_connection(source, (target.primary, HEALTH), drawing.moment(), closed_after=0)
    drawing.connect(made, vpc_id=drawing.base)


def accelerated(drawing: Drawing) -> None:
    """Global Accelerator brings its own group; endpoints admit it and see the clients."""
    base, rng = drawing.base, drawing.rng
    accelerator, endpoints = drawing.group("GlobalAccelerator", base), drawing.group("web", base)
    drawing.rule(accelerator, "egress", "-1", -1, "0.0.0.0/0")
    drawing.rule(endpoints, "ingress", "tcp", 80, accelerator)
    drawing.rule(endpoints, "ingress", "tcp", FRONT, accelerator)
    edge = drawing.interface(
        base,
        accelerator,
        instance_id=None,
        kind="global_accelerator_managed",
        requester_id="amazon-aws",
        description="GlobalAccelerator managed interface",
    )
    endpoint = drawing.interface(base, endpoints)
    for _ in range(rng.randint(2, 8)):
        source = drawing.ports.take(f"203.0.113.{rng.randint(1, 120)}")
        made = tcp_connection(source, (endpoint.primary, FRONT), drawing.moment())
        drawing.connect(made, vpc_id=base, via=edge.interface_id)


def private_link(drawing: Drawing) -> None:
    """A consumer uses a service through an endpoint. What the endpoint sends to the load balancer
    is asked about and not recorded; the service sees the load balancer."""
    rng, base = drawing.rng, drawing.base
    consumers = drawing.vpc("10.40.0.0/16")
    front, targets = drawing.group("service", base), drawing.group("service-targets", base)
    drawing.rule(front, "ingress", "tcp", 5432, consumers.cidrs[0])
    drawing.rule(front, "ingress", "tcp", 5433, consumers.cidrs[0])
    drawing.rule(front, "egress", "tcp", 5432, targets)
    drawing.rule(targets, "ingress", "tcp", 5432, front)
    balancer = _load_balancer(drawing, front)
    name = balancer.description.removeprefix("ELB ")
    drawing.add(endpoint_services=[EndpointService(drawing.new_id("vpce-svc"), name)])
    target = drawing.interface(base, targets)
    app, endpoint = _consumer(drawing, consumers.vpc_id)
    for _ in range(rng.randint(3, 8)):
        at = drawing.moment(0, 0.99)
        source = drawing.ports.take(app.primary)
        asked = tcp_connection(source, (endpoint.primary, 5432), at)
        drawing.connect(asked, vpc_id=consumers.vpc_id)
        inside = tcp_connection(source, (balancer.primary, 5432), at)
        drawing.connect(inside, vpc_id=base, is_recorded=False)
        forwarded = drawing.ports.take(balancer.primary)
        served = tcp_connection(forwarded, (target.primary, 5432), at)
        drawing.connect(served, vpc_id=base)


def _consumer(drawing: Drawing, vpc_id: str) -> tuple[Interface, Interface]:
    """An application and the endpoint that it asks."""
    apps, endpoints = drawing.group("apps", vpc_id), drawing.group("endpoints", vpc_id)
    drawing.rule(apps, "egress", "tcp", 5432, endpoints)
    drawing.rule(endpoints, "ingress", "tcp", 5432, apps)
    drawing.rule(endpoints, "ingress", "tcp", FRONT, apps)
    app = drawing.interface(vpc_id, apps)
    endpoint = drawing.interface(
        vpc_id,
        endpoints,
        instance_id=None,
        kind="vpc_endpoint",
        requester_id="amazon-aws",
        description="VPC Endpoint Interface",
    )
    return app, endpoint
