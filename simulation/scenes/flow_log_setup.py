"""Which flow logs a world has, and what goes wrong with them."""

from __future__ import annotations

from dataclasses import replace

from simulation.drawing import Drawing
from simulation.flow_logs import FlowLog, TrafficType, flow_log_id
from simulation.history import with_interface
from simulation.random_traffic import RandomTraffic
from simulation.scenes.blind_spots import add_blind_spots
from simulation.scenes.shared_vpcs import PARTICIPANT, SHARED_SUBNET

UNLOGGED_SUBNET = f"subnet-{9:017x}"


def set_up_flow_logs(drawing: Drawing, traffic: RandomTraffic) -> None:
    """One of each VPC, but for what the world's switches say."""
    world, network = drawing.world, drawing.network
    interval = drawing.rng.choice((60, 600))
    if world.reject_only:
        _log_rejects(drawing, interval)
    elif world.lossy and drawing.rng.random() < 0.3:
        _leave_out_a_subnet(drawing, interval)
    else:
        drawing.flow_logs.append(_flow_log(drawing, drawing.base, interval))
    if world.shared_vpc:
        _share(drawing)
    for vpc in network.vpcs[1:]:
        if network.vpc_owner(vpc.vpc_id) in network.accounts:
            drawing.flow_logs.append(_flow_log(drawing, vpc.vpc_id, interval))
    add_blind_spots(drawing, traffic)


def _flow_log(
    drawing: Drawing, resource_id: str, interval: int, traffic_type: TrafficType = "ALL"
) -> FlowLog:
    return FlowLog(
        flow_log_id(resource_id, len(drawing.flow_logs)),
        resource_id,
        drawing.network.account_id,
        drawing.log_format,
        traffic_type,
        interval,
    )


def _subnets(drawing: Drawing) -> list[str]:
    """Those of the first VPC in which there ever are interfaces."""
    interfaces = [*drawing.network.interfaces, *drawing.made]
    return sorted(
        {interface.subnet_id for interface in interfaces if interface.vpc_id == drawing.base}
    )


def _leave_out_a_subnet(drawing: Drawing, interval: int) -> None:
    """Flow logs of all subnets but one, into which one interface is moved."""
    known = [interface for interface in drawing.residents if interface.in_snapshot]
    moved = replace(drawing.rng.choice(known), subnet_id=UNLOGGED_SUBNET)
    drawing.network = with_interface(drawing.network, moved)
    for subnet in _subnets(drawing):
        if subnet != UNLOGGED_SUBNET:
            drawing.flow_logs.append(_flow_log(drawing, subnet, interval))


def _share(drawing: Drawing) -> None:
    """Either the owner's flow log covers what participants have in the VPC, or the participant logs
    its own interfaces and the owner does not log the shared subnet."""
    if drawing.rng.random() < 0.5:
        return
    interval = drawing.flow_logs[-1].interval
    for flow_log in list(drawing.flow_logs):
        if flow_log.resource_id == drawing.base:
            drawing.flow_logs.remove(flow_log)
            for subnet in _subnets(drawing):
                if subnet != SHARED_SUBNET:
                    made = _flow_log(drawing, subnet, interval, flow_log.traffic_type)
                    drawing.flow_logs.append(made)
        elif flow_log.resource_id == SHARED_SUBNET:
            drawing.flow_logs.remove(flow_log)
    for interface in drawing.made:
        if interface.owner_id == PARTICIPANT:
            made = _flow_log(drawing, interface.interface_id, interval)
            drawing.flow_logs.append(replace(made, account_id=PARTICIPANT))


def _log_rejects(drawing: Drawing, interval: int) -> None:
    """Rejects alone: of the VPC; of one subnet; or of the VPC, and all traffic of some subnets."""
    subnets = _subnets(drawing)
    left_out = drawing.rng.choice(drawing.residents).subnet_id
    kind = drawing.rng.choice(("vpc", "subnet", "both"))
    if kind != "subnet":
        drawing.flow_logs.append(_flow_log(drawing, drawing.base, interval, "REJECT"))
    for subnet in subnets if kind != "vpc" else ():
        if subnet != left_out:
            drawing.flow_logs.append(_flow_log(drawing, subnet, interval))
        elif kind == "subnet":
            drawing.flow_logs.append(_flow_log(drawing, subnet, interval, "REJECT"))
