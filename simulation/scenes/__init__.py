"""What the switches of a world add to a simulation, by switch."""

from __future__ import annotations

from collections.abc import Callable

from simulation.drawing import Drawing
from simulation.scenes.changes import changes
from simulation.scenes.clients import fixed_client_ports, low_client_ports, old_syns, one_way
from simulation.scenes.interfaces import detached, gone_elsewhere, launched
from simulation.scenes.load_balancers import accelerated, preserved_clients, private_link
from simulation.scenes.members import address_reuse, churn, overlapping
from simulation.scenes.mirroring import mirrored
from simulation.scenes.shared_vpcs import associations, shared_vpc
from simulation.scenes.strangers import strangers

SCENES: dict[str, tuple[Callable[[Drawing], None], ...]] = {
    "strangers": (strangers,),
    "mirrored": (mirrored,),
    "private_link": (private_link,),
    "preserved_clients": (preserved_clients, accelerated),
    "detached": (detached,),
    "launched": (launched,),
    "gone_elsewhere": (gone_elsewhere,),
    "shared_vpc": (shared_vpc,),
    "associations": (associations,),
    "churn": (churn,),
    "address_reuse": (address_reuse,),
    "overlapping": (overlapping,),
    "changes": (changes,),
    "low_client_ports": (low_client_ports,),
    "fixed_client_ports": (fixed_client_ports,),
    "old_syns": (old_syns,),
    "one_way": (one_way,),
}
"""The other switches are about flow logs, see flow_log_setup and blind_spots."""
