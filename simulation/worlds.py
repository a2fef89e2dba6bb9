"""Worlds: what is out of the ordinary in a simulated network, as switches."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True)
class World:
    """How a random network is drawn.

    `days`: how many there may be. `interfaces`: the fewest and the most of the first VPC, `uses`:
    the most connections for one rule. All else are switches; tests/simulation/test_worlds.py says
    of each what it makes sure of.

    lossy              some intervals are SKIPDATA; one subnet may have no flow log
    reject_only        a flow log of rejects alone, of a VPC or a subnet
    partial            a flow log made on a later day, hours that never come, delivery that fails
    late               objects that come after the night that looks at their day, or a week later
    midnight           records lie in the folder of the day in which their interval ends
    doubled            two flow logs of two formats over the same interfaces; objects come twice
    strangers          flow logs of a transit gateway and a NAT gateway in the same folders
    mirrored           copies of packets, which no flow log records, at a mirror target
    private_link       traffic from endpoints to a Network Load Balancer, which none records either
    preserved_clients  a Network Load Balancer and Global Accelerator that keep clients' addresses
    detached           interfaces that are available, or deleted, by the last day
    launched           interfaces that are attached in the course of the days
    gone_elsewhere     an interface that is gone, in a VPC without any connection
    shared_vpc         interfaces and groups of another account in the VPC
    associations       a group that is used in another VPC only
    churn              members of a referenced group that come and go, all gone at last
    address_reuse      an address that passes from a member of one group to one of another
    overlapping        an unconnected VPC with the same addresses
    changes            changed groups of an interface, entries of a prefix list, and a rule
    low_client_ports   clients that bind below 1024 and ask for high ports
    fixed_client_ports many peers asked from one port of their own
    old_syns           connections opened before the first day, or on the day before
    one_way            UDP without answers; ICMP errors that come back
    """

    name: str
    days: tuple[int, ...] = (10, 11, 12, 13, 14)
    interfaces: tuple[int, int] = (5, 10)
    uses: int = 12
    lossy: bool = False
    reject_only: bool = False
    partial: bool = False
    late: bool = False
    midnight: bool = False
    doubled: bool = False
    strangers: bool = False
    mirrored: bool = False
    private_link: bool = False
    preserved_clients: bool = False
    detached: bool = False
    launched: bool = False
    gone_elsewhere: bool = False
    shared_vpc: bool = False
    associations: bool = False
    churn: bool = False
    address_reuse: bool = False
    overlapping: bool = False
    changes: bool = False
    low_client_ports: bool = False
    fixed_client_ports: bool = False
    old_syns: bool = False
    one_way: bool = False

    @property
    def switches(self) -> list[str]:
        """Those that are on."""
        return [name for name in SWITCHES if getattr(self, name)]


SWITCHES = tuple(switch.name for switch in fields(World) if switch.type == "bool")
PLAIN = World("plain", days=(1, 1, 1, 2, 3), interfaces=(4, 24), uses=25, lossy=True)
"""Few days and many uses: for exact counts rather than for verdicts."""
STEADY = World("steady")
"""Many days, whole logs, and nothing out of the ordinary."""
ALL_ON: dict[str, Any] = dict.fromkeys(SWITCHES, True)
EVERYTHING = replace(STEADY, name="everything", days=(8, 9, 10), **ALL_ON)

WORLDS = {
    world.name: world
    for world in (
        PLAIN,
        STEADY,
        *(replace(STEADY, name=name, **{name: value}) for name, value in ALL_ON.items()),
        EVERYTHING,
    )
}
