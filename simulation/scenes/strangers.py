"""Flow logs in the same folders that are not about interfaces.

https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html
"""

from __future__ import annotations

from simulation.drawing import Drawing
from simulation.flow_logs import FlowLog, flow_log_id
from simulation.formats import TRANSIT_GATEWAY, FlowLogFormat
from simulation.network import Interface
from simulation.records import Flow, Record

INTERVAL = 60


def strangers(drawing: Drawing) -> None:
    """A flow log of a transit gateway, and one of a regional NAT gateway, whose records name no
    interface."""
    gateway = drawing.new_id("tgw")
    _add(drawing, gateway, TRANSIT_GATEWAY)
    _add(drawing, drawing.new_id("nat"), drawing.log_format)


def _add(drawing: Drawing, resource_id: str, log_format: FlowLogFormat) -> None:
    identity = flow_log_id(resource_id)
    account = drawing.network.account_id
    made = FlowLog(identity, resource_id, account, log_format, interval=INTERVAL)
    drawing.flow_logs.append(made)
    nobody = Interface("-", drawing.base, "-", ("10.1.1.7",), ())
    times = sorted(drawing.moment() for _ in range(4 * len(drawing.days)))
    drawing.others.append((identity, tuple(_record(drawing, nobody, at) for at in times)))


def _record(drawing: Drawing, nobody: Interface, at: int) -> Record:
    """Something accepted that rules of any group may fit."""
    near = drawing.rng.choice(drawing.residents).primary
    far = f"198.51.100.{drawing.rng.randint(1, 254)}"
    port = drawing.rng.choice((22, 53, 443, 3306, 8080))
    flow = Flow("egress", "ACCEPT", 6, near, 40_000, far, port, near, far)
    return Record(nobody, at, at, at, flow=flow, packets=5, size=900, flags=2)
