"""A network with everything that is known about it: what happened, what was logged, the truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from simulation.connections import Connection
from simulation.deliveries import Delivery, deliveries, write_flow_logs
from simulation.exports import Document, inventory, write_inventory
from simulation.flow_log_exports import flow_logs
from simulation.flow_logs import FlowLog, Logging
from simulation.formats import FlowLogFormat
from simulation.history import EVER, History
from simulation.intervals import span_of
from simulation.logs import Logs, delivered
from simulation.network import Network
from simulation.traffic import Traffic, aggregate
from simulation.truth import Truth, truth_by_day
from simulation.worlds import World


@dataclass(frozen=True)
class Simulation:
    """A network in time, what happened in it, and how well the logs tell of it."""

    seed: int
    history: History
    connections: tuple[Connection, ...]
    days: tuple[date, ...]
    logging: Logging
    world: World

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
        """By day and rule. `log_format`: as if it were that of all flow logs; else it is the one
        that says least. `by`: as it is at that second."""
        logs = self.logs if by is None else self.logs_by(by)
        formats = [flow_log.log_format for flow_log in self.flow_logs if flow_log.is_of_interfaces]
        least = min(formats, key=lambda form: (form.has_flags, form.has_direction))
        return truth_by_day(self.history, logs, self.days, log_format or least)

    def exports(self, at: int = EVER) -> dict[tuple[str, str], dict[str, Document]]:
        """What the AWS CLI prints at a second: (account, region) -> file name -> document."""
        network = self.history.at(at)
        return {
            (account, network.region): inventory(network, account)
            | {"flow-logs.json": flow_logs(self.logging, account, at)}
            for account in network.accounts
        }

    def write(self, folder: Path, at: int = EVER) -> Path:
        """Writes folder/inventory, with the exports of one second, and folder/flow-logs with what
        had been delivered by then, as `python -m local run` reads them."""
        exports = self.exports(at)
        for (account, region), documents in exports.items():
            place = "." if len(exports) == 1 else f"{account}/{region}"
            write_inventory(folder / "inventory" / place, documents)
        come = [delivery for delivery in self.deliveries if delivery.delivered_at <= at]
        write_flow_logs(folder / "flow-logs", self.network, come)
        return folder
