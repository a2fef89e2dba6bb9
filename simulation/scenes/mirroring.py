"""Copies of packets at a mirror target: asked about there, and never recorded.

https://docs.aws.amazon.com/vpc/latest/mirroring/traffic-mirroring-considerations.html
"""

from __future__ import annotations

from simulation.connections import udp_conversation
from simulation.drawing import Drawing
from simulation.vpcs import MirrorTarget

VXLAN = 4789


def mirrored(drawing: Drawing) -> None:
    """A capturing interface, and a host with an overlay network that nobody uses."""
    rng, base = drawing.rng, drawing.base
    capture, overlay = drawing.group("capture", base), drawing.group("overlay", base)
    source = rng.choice(drawing.residents)
    peer = rng.choice(("10.1.0.0/16", "0.0.0.0/0", source.group_ids[0]))
    drawing.rule(capture, "ingress", "udp", rng.choice((VXLAN, (4000, 5000))), peer)
    drawing.rule(capture, "ingress", "tcp", 22, "198.51.100.0/24")
    drawing.rule(overlay, "ingress", "udp", VXLAN, overlay)
    target = drawing.interface(base, capture)
    drawing.interface(base, overlay)
    drawing.add(mirror_targets=[MirrorTarget(drawing.new_id("tmt"), target.interface_id)])
    for _ in range(rng.randint(3, 8)):
        sender = drawing.ports.take(source.primary, range(65_000, 65_500))
        made = udp_conversation(sender, (target.primary, VXLAN), drawing.moment(), answered=False)
        drawing.connect(made, vpc_id=base, is_recorded=False)
