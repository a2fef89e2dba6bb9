"""One day of the demo account's traffic, drawn from a random source of its own."""

import random
from dataclasses import dataclass, field
from datetime import date

from local.demo.hosts import HOSTS
from simulation.connections import Connection, Exchange, tcp_connection, udp_conversation
from simulation.network import Interface
from simulation.ports import Ports
from simulation.records import midnight


@dataclass
class Day:
    """One UTC day being drawn; `before_last` counts the days to the last one of the month."""

    day: date
    before_last: int
    rng: random.Random = field(init=False)
    ports: Ports = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(f"demo {self.day}")
        self.ports = Ports(self.rng)

    @property
    def is_weekend(self) -> bool:
        return self.day.weekday() >= 5

    def host(self, fleet: str) -> Interface:
        return self.rng.choice(HOSTS[fleet])

    def at(self, first_hour: float = 0.0, last_hour: float = 23.9) -> int:
        """A second of the day between two hours."""
        return midnight(self.day) + int(self.rng.uniform(first_hour, last_hour) * 3600)

    def times(self, usual: int) -> range:
        """About as many as usual; half of it at the weekend."""
        factor = 0.5 if self.is_weekend else 1.0
        return range(max(1, round(usual * factor * self.rng.uniform(0.8, 1.2))))

    def browser(self) -> str:
        return self.rng.choice(("198.51.100.", "203.0.113.")) + str(self.rng.randint(128, 190))

    def browser6(self) -> str:
        return f"2001:db8:c0de:{self.rng.randint(1, 60):x}::{self.rng.randint(2, 250):x}"

    def tcp(self, client: str, server: str, port: int, at: int, seconds: int = 3) -> Connection:
        exchange = Exchange(0, self.rng.randint(300, 2000), self.rng.randint(500, 90_000))
        reset = self.rng.random() < 0.05
        return tcp_connection(
            self.ports.take(client),
            (server, port),
            at,
            exchanges=(exchange,),
            closed_after=seconds,
            reset=reset,
        )

    def udp(self, client: str, server: str, port: int, *, answered: bool = True) -> Connection:
        end = self.ports.take(client)
        return udp_conversation(end, (server, port), self.at(), answered=answered)
