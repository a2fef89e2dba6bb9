"""Networks of random shape, each with its traffic, its flow logs and its truth."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta

from simulation.connections import Connection
from simulation.drawing import Drawing
from simulation.flow_logs import Logging
from simulation.formats import FORMATS, FlowLogFormat
from simulation.history import history
from simulation.random_shape import Shape, add_second_vpc
from simulation.random_traffic import RandomTraffic
from simulation.scenes import SCENES
from simulation.scenes.flow_log_setup import set_up_flow_logs
from simulation.simulation import Simulation
from simulation.worlds import PLAIN, World

LAST_DAY = date(2026, 11, 20)
TAIL = 3_600


def random_network(
    seed: int, world: World = PLAIN, log_format: FlowLogFormat = FORMATS["custom"]
) -> Simulation:
    """The simulation of a seed in a world, always the same.

    `log_format`: of the flow logs, but for those that a world adds in other formats.
    """
    drawing = _drawn(seed, world, log_format)
    logging = Logging(
        tuple(drawing.flow_logs),
        frozenset(drawing.skipped),
        tuple(drawing.disruptions),
        tuple(drawing.repetitions),
        by_interval=world.midnight,
        tail=TAIL if len(drawing.days) > 3 else 0,
        others=tuple(drawing.others),
    )
    return Simulation(
        seed,
        history(drawing.network, drawing.changes),
        tuple(_distinct(drawing.connections)),
        drawing.days,
        logging,
        world,
    )


def _drawn(seed: int, world: World, log_format: FlowLogFormat) -> Drawing:
    rng = random.Random(f"{world.name} {seed}")
    count = rng.choice(world.days)
    days = tuple(LAST_DAY - timedelta(days=back) for back in reversed(range(count)))
    shape = Shape(world, rng)
    drawing = Drawing(world, rng, days, log_format, shape.network(), count=shape.count)
    if count > 3:
        add_second_vpc(drawing)
    traffic = RandomTraffic(drawing)
    traffic.add()
    for switch in world.switches:
        for scene in SCENES.get(switch, ()):
            scene(drawing)
    set_up_flow_logs(drawing, traffic)
    return drawing


def _distinct(connections: Iterable[Connection]) -> list[Connection]:
    """Connections of which no two have the same ends, so that logs cannot mix them up."""
    distinct: dict[tuple[object, ...], Connection] = {}
    for connection in connections:
        ends = frozenset(
            {
                (connection.client, connection.client_port),
                (connection.server, connection.server_port),
            }
        )
        distinct.setdefault((connection.protocol, ends, connection.vpc_id), connection)
    return list(distinct.values())
