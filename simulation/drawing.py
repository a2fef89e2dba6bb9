"""A simulation in the making: scenes add groups, rules, interfaces, changes and traffic to it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from simulation.connections import Connection
from simulation.flow_logs import Disruption, FlowLog, Repetition
from simulation.formats import FlowLogFormat
from simulation.history import Change, with_detached, with_interface, without_interface
from simulation.intervals import Span, span_of
from simulation.network import (
    Cidr,
    Direction,
    Group,
    GroupMembers,
    Interface,
    Network,
    Peer,
    Rule,
)
from simulation.ports import Ports
from simulation.records import Record
from simulation.vpcs import Vpc, VpcPeering
from simulation.worlds import World


@dataclass
class Drawing:
    """`network` is how it all begins; `unneeded`: its rules that no traffic was drawn for;
    `made`: the interfaces that scenes added, also those that appear later."""

    world: World
    rng: random.Random
    days: tuple[date, ...]
    log_format: FlowLogFormat
    network: Network
    changes: list[Change] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    unneeded: list[Rule] = field(default_factory=list)
    flow_logs: list[FlowLog] = field(default_factory=list)
    skipped: set[tuple[str, int]] = field(default_factory=set)
    disruptions: list[Disruption] = field(default_factory=list)
    repetitions: list[Repetition] = field(default_factory=list)
    others: list[tuple[str, tuple[Record, ...]]] = field(default_factory=list)
    made: list[Interface] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        self.ports = Ports(self.rng)
        self._hosts: dict[str, int] = {}

    @property
    def span(self) -> Span:
        return span_of(self.days)

    def new_id(self, kind: str) -> str:
        """Ids are numbered in the order of drawing."""
        self.count += 1
        return f"{kind}-{self.count:017x}"

    def moment(self, first: float = 0.0, last: float = 1.0) -> int:
        """A second of the days, between two shares of their time."""
        length = self.span.after - self.span.first
        return self.span.first + int(self.rng.uniform(first, last) * length)

    def add(self, **nouns: Iterable[Any]) -> None:
        """Adds to tuples of the network, by the names of its fields."""
        grown: dict[str, Any] = {
            name: (*getattr(self.network, name), *items) for name, items in nouns.items()
        }
        self.network = replace(self.network, **grown)

    def change(self, at: int, change: Callable[[Network], Network]) -> None:
        self.changes.append((at, change))

    def vpc(self, *cidrs: str, owner_id: str | None = None) -> Vpc:
        made = Vpc(self.new_id("vpc"), cidrs, owner_id=owner_id)
        self.add(vpcs=[made])
        return made

    def peering(self, one: str, other: str) -> VpcPeering:
        made = VpcPeering(self.new_id("pcx"), one, other)
        self.add(peerings=[made])
        return made

    def group(self, name: str, vpc_id: str, owner_id: str | None = None) -> str:
        """The id of a new group."""
        made = Group(self.new_id("sg"), f"{name}-{self.count}", vpc_id, owner_id=owner_id)
        self.add(groups=[made])
        return made.group_id

    def rule(
        self,
        group_id: str,
        direction: Direction,
        protocol: str,
        ports: int | tuple[int, int],
        peer: Peer | str,
    ) -> Rule:
        """A new rule; a peer given as text is a CIDR or the id of a group."""
        first, last = ports if isinstance(ports, tuple) else (ports, ports)
        if isinstance(peer, str):
            peer = GroupMembers(peer) if peer.startswith("sg-") else Cidr(peer)
        made = Rule(self.new_id("sgr"), group_id, direction, protocol, first, last, peer)
        self.add(rules=[made])
        return made

    def address(self, vpc_id: str, block: int = 0) -> str:
        """The next address of a VPC's block that scenes may use."""
        first, second, *_ = self.network.vpc[vpc_id].cidrs[block].split(".")
        area = f"{first}.{second}"
        self._hosts[area] = self._hosts.get(area, 9) + 1
        return f"{area}.4.{self._hosts[area]}"

    def interface(
        self,
        vpc_id: str,
        *group_ids: str,
        address: str | None = None,
        subnet: str | None = None,
        since: int | None = None,
        **options: Any,
    ) -> Interface:
        """A new interface; with `since`, one that appears at that second."""
        subnet = subnet or f"subnet-{4:09x}{vpc_id[-8:]}"
        own = address or self.address(vpc_id)
        options = {"instance_id": self.new_id("i"), "attached_at": since} | options
        made = Interface(self.new_id("eni"), vpc_id, subnet, (own,), group_ids, **options)
        self.made.append(made)
        if since is None:
            self.add(interfaces=[made])
        else:
            self.change(since, lambda network: with_interface(network, made))
        return made

    def delete(self, interface: Interface, at: int) -> None:
        self.change(at, lambda network: without_interface(network, interface.interface_id))

    def detach(self, interface: Interface, at: int) -> None:
        self.change(at, lambda network: with_detached(network, interface.interface_id))

    def connect(self, connection: Connection, **options: Any) -> Connection:
        """Adds a connection, with options of its own."""
        made = replace(connection, **options)
        self.connections.append(made)
        return made

    @property
    def base(self) -> str:
        """The id of the first VPC, where most scenes take place."""
        return self.network.vpcs[0].vpc_id

    @property
    def residents(self) -> list[Interface]:
        """The interfaces of the first VPC that no scene made; they are there all the time."""
        made = {interface.interface_id for interface in self.made}
        return [
            interface
            for interface in self.network.interfaces
            if interface.group_ids
            and interface.vpc_id == self.base
            and interface.interface_id not in made
        ]
