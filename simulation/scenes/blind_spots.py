"""Times of which flow logs tell nothing, or too late, and rules that are used just then."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from simulation.connections import tcp_connection
from simulation.drawing import Drawing
from simulation.flow_logs import Disruption, FlowLog, Repetition, flow_log_id
from simulation.formats import FORMATS
from simulation.intervals import DAY, Span
from simulation.network import Interface
from simulation.random_traffic import RandomTraffic
from simulation.records import midnight

HOUR = 3_600


def add_blind_spots(drawing: Drawing, traffic: RandomTraffic) -> None:
    """After the flow logs are there: what is missing from them."""
    world = drawing.world
    if world.lossy:
        _skip_traffic(drawing)
    if world.reject_only:
        _use_where_rejects_are_logged(drawing, traffic)
    if world.partial:
        _hide(drawing, traffic)
    if world.late:
        _deliver_late(drawing, traffic)
    if world.midnight:
        _cross_midnight(drawing, traffic)
    if world.doubled:
        _double(drawing)


def _of_base(drawing: Drawing) -> list[FlowLog]:
    """The flow logs of all traffic of the first VPC and its subnets."""
    interfaces = [*drawing.residents, *drawing.made]
    subnets = {interface.subnet_id for interface in interfaces if interface.vpc_id == drawing.base}
    return [
        flow_log
        for flow_log in drawing.flow_logs
        if flow_log.resource_id in {drawing.base, *subnets} and flow_log.traffic_type == "ALL"
    ]


def _use_rule(
    drawing: Drawing,
    traffic: RandomTraffic,
    span: Span,
    interfaces: Collection[Interface] | None = None,
) -> tuple[str, int]:
    """A rule that nobody needs at other times is used within the span, at one of the interfaces
    (or any of the first VPC): at which, and when."""
    rng, among = drawing.rng, interfaces or drawing.residents
    at = rng.randrange(span.first, span.after - 10)
    for rule in rng.sample(drawing.unneeded, len(drawing.unneeded)):
        interface = traffic.add_brief_use(rule, at, among)
        if interface:
            drawing.unneeded.remove(rule)
            return interface.interface_id, at
    return _use_spare_rule(drawing, at, rng.choice(sorted(each.subnet_id for each in among))), at


def _use_spare_rule(drawing: Drawing, at: int, subnet: str) -> str:
    """A group for this one use alone; the id of its interface in a subnet."""
    group = drawing.group("spare", drawing.base)
    drawing.rule(group, "ingress", "tcp", 7001, "198.51.100.0/24")
    interface = drawing.interface(drawing.base, group, subnet=subnet)
    source = drawing.ports.take("198.51.100.99")
    made = tcp_connection(source, (interface.primary, 7001), at)
    drawing.connect(made, vpc_id=drawing.base)
    return interface.interface_id


def _use_where_rejects_are_logged(drawing: Drawing, traffic: RandomTraffic) -> None:
    """Rules are used at interfaces of which only rejects are logged."""
    whole = [flow_log for flow_log in drawing.flow_logs if flow_log.traffic_type == "ALL"]
    dark = [
        interface
        for interface in drawing.residents
        if not any(log.covers(interface) for log in whole)
    ]
    for _ in range(2 if dark else 0):
        _use_rule(drawing, traffic, drawing.span, dark)


def _skip_traffic(drawing: Drawing) -> None:
    """Some intervals with traffic are lost."""
    rng, network = drawing.rng, drawing.network
    count = rng.choice((0, 0, 2, 5) if len(drawing.days) < 4 else (2, 5))
    for lost in rng.sample(drawing.connections, min(len(drawing.connections), count)):
        holders = [network.interface_at(end, lost.vpc_id) for end in (lost.server, lost.client)]
        known = [
            interface.interface_id for interface in holders if interface and interface.in_snapshot
        ]
        drawing.skipped |= {(interface_id, lost.bursts[-1].at) for interface_id in known[:1]}


def _hide(drawing: Drawing, traffic: RandomTraffic) -> None:
    """One to three of: a flow log made on a later day, hours that never come, refused delivery."""
    rng, span = drawing.rng, drawing.span
    kinds = rng.sample(("made", "hours", "refused"), rng.randint(1, 3))
    if "made" in kinds:
        made = midnight(drawing.days[rng.randint(0, 2)]) + 18 * HOUR
        for flow_log in _of_base(drawing):
            number = drawing.flow_logs.index(flow_log)
            drawing.flow_logs[number] = replace(flow_log, created_at=made)
        _use_rule(drawing, traffic, Span(span.first, made))
    if "hours" in kinds:
        begin = midnight(rng.choice(drawing.days[3:])) + rng.randint(0, 20) * HOUR
        _disrupt(drawing, traffic, Span(begin, begin + rng.choice((1, 1, 3, 20)) * HOUR))
    if "refused" in kinds:
        begin = midnight(rng.choice(drawing.days[3:])) + 12 * HOUR
        _disrupt(drawing, traffic, Span(begin, begin + rng.randint(2, 5) * 6 * HOUR), reported=True)


def _disrupt(
    drawing: Drawing,
    traffic: RandomTraffic,
    span: Span,
    delivered_at: int | None = None,
    reported: bool = False,
) -> None:
    """All flow logs of the first VPC suffer it, and a rule is used just then."""
    drawing.disruptions += [
        Disruption(flow_log.flow_log_id, span, delivered_at, reported)
        for flow_log in _of_base(drawing)
    ]
    _use_rule(drawing, traffic, Span(span.first, min(span.after, drawing.span.after)))


def _deliver_late(drawing: Drawing, traffic: RandomTraffic) -> None:
    """Six hours come some days later, six a week later, and the last six after the last night."""
    share = 6 * HOUR
    early, late = drawing.rng.sample(drawing.days[1:-1], 2)
    for day, delay in ((early, drawing.rng.randint(1, 3) * DAY), (late, 7 * DAY)):
        begin = midnight(day) + drawing.rng.randint(0, 3) * share
        _disrupt(drawing, traffic, Span(begin, begin + share), begin + share + delay)
    end = drawing.span.after
    _disrupt(drawing, traffic, Span(end - share, end), end + 9 * HOUR)


def _cross_midnight(drawing: Drawing, traffic: RandomTraffic) -> None:
    """Rules are used seconds before some midnights, the last one too, and seconds after some, that
    of the first day too. Much of it is lost, with an interval that most likely crosses midnight."""
    rng, days = drawing.rng, drawing.days
    nights = rng.sample(days[:-1], 3)
    for day in (*nights, days[-1]):
        end = midnight(day) + DAY
        used = _use_rule(drawing, traffic, Span(end - 20, end - 5))
        if day == nights[0] or rng.random() < 0.5:
            drawing.skipped.add(used)
    for day in (days[0], rng.choice(days[1:])):
        begin = midnight(day)
        drawing.skipped.add(_use_rule(drawing, traffic, Span(begin, begin + 15)))


def _double(drawing: Drawing) -> None:
    """A second flow log of the first VPC or of some subnets, in another format; and two shares of a
    day come twice."""
    rng = drawing.rng
    first = next(flow_log for flow_log in drawing.flow_logs if flow_log.is_of_interfaces)
    formats = [log_format for log_format in FORMATS.values() if log_format != first.log_format]
    subnets = sorted({interface.subnet_id for interface in drawing.residents})
    resources = [drawing.base] if rng.random() < 0.5 else rng.sample(subnets, min(2, len(subnets)))
    for resource in resources:
        second = replace(
            first,
            flow_log_id=flow_log_id(resource, len(drawing.flow_logs)),
            resource_id=resource,
            log_format=rng.choice(formats),
            traffic_type="ALL",
        )
        drawing.flow_logs.append(second)
    for day in rng.sample(drawing.days, 2):
        begin = midnight(day) + rng.randint(0, 3) * 6 * HOUR
        span = Span(begin, begin + 6 * HOUR)
        drawing.repetitions.append(Repetition(first.flow_log_id, span))
