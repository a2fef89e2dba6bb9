"""A network with everything that is known about it: what happened, what was logged, the truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from simulation.connections import Connection
from simulation.deliveries import Delivery, deliveries, write_flow_logs
from simulation.exports import write_inventory
from simulation.flow_logs import FlowLog, Logging
from simulation.formats import FlowLogFormat
from simulation.history import History
from simulation.intervals import span_of
from simulation.logs import Logs, delivered
from simulation.network import Network
from simulation.traffic import Traffic, aggregate
from simulation.truth import Truth, truth_by_day


@dataclass(frozen=True)
class Simulation:
    """A network in time, what happened in it, and how well the logs tell of it."""

    seed: int
    history: History
    connections: tuple[Connection, ...]
    days: tuple[date, ...]
    logging: Logging

    @property
    def network(self) -> Network:
        """The network as it was last."""
        return self.history.last

    @property
    def flow_logs(self) -> tuple[FlowLog, ...]:
        return self.logging.flow_logs

    @cached_property
    def _traffic(self) -> Traffic:
        return aggregate(self.history, self.connections, self.logging.interval)

    @cached_property
    def logs(self) -> Logs:
        """All that is ever delivered."""
        return self.logs_by(None)

    def logs_by(self, second: int | None) -> Logs:
        """What has been delivered by a second."""
        span = span_of(self.days, self.logging.tail)
        return delivered(self.history, self._traffic, span, self.logging, second)

    @cached_property
    def deliveries(self) -> list[Delivery]:
        """The objects in S3; a run at some second sees those that were delivered by then."""
        return deliveries(self.network, self.logs, self.logging)

    def truth(self, log_format: FlowLogFormat | None = None, by: int | None = None) -> Truth:
        """By day and rule. `log_format`: instead of that of the flow logs; `by`: as above."""
        logs = self.logs if by is None else self.logs_by(by)
        fields = log_format or self.flow_logs[0].log_format
        return truth_by_day(self.history, logs, self.days, fields)

    def write(self, folder: Path) -> Path:
        """Writes folder/inventory and folder/flow-logs as `python -m local run` reads them."""
        write_inventory(folder / "inventory", self.network)
        write_flow_logs(folder / "flow-logs", self.network, self.deliveries)
        return folder
