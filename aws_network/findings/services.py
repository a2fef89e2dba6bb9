"""What a rule says besides its peer: ports, or ICMP types and codes, of one protocol or of all.

A service is a rectangle. For TCP and UDP one side holds the ports; for ICMP the sides are types and
codes; a protocol without either has the one point. A rule for all protocols has, of each protocol,
the whole rectangle.
"""

from typing import NamedTuple

from aws_network.findings.intervals import Interval
from aws_network.network.protocols import ANY, ICMP, ICMPV6, WITH_PORTS
from aws_network.network.rules import ALL_PORTS, SecurityGroupRule

LAST_PROTOCOL = 255


class Service(NamedTuple):
    """Ports and codes are inclusive; what a protocol lacks is (0, 0)."""

    ports: Interval
    """Ports, or ICMP types."""
    codes: Interval


def whole_service(protocol: int) -> Service:
    """All that a protocol has. `protocol` is a number from 0 up, not ANY."""
    if protocol in WITH_PORTS:
        return Service(ALL_PORTS, (0, 0))
    if protocol in (ICMP, ICMPV6):
        return Service((0, 255), (0, 255))
    return Service((0, 0), (0, 0))


def service_of(rule: SecurityGroupRule, protocol: int) -> Service | None:
    """What a rule admits of a protocol; None for nothing."""
    if rule.protocol not in (ANY, protocol):
        return None
    whole = whole_service(protocol)
    if rule.protocol == ANY or rule.from_port is None:
        return whole
    if protocol in WITH_PORTS:
        return Service(rule.port_range, (0, 0))
    if protocol in (ICMP, ICMPV6):
        code = (rule.to_port, rule.to_port) if rule.to_port is not None else whole.codes
        return Service((rule.from_port, rule.from_port), code)
    return whole


def protocols_to_ask(rule: SecurityGroupRule, others: set[int]) -> list[int]:
    """The protocols that decide whether rules of protocols `others` cover a rule.

    One of a rule's own. Of a rule for all of them, each that others name, and one that none names,
    which stands for the rest.
    """
    if rule.protocol != ANY:
        return [rule.protocol]
    named = others - {ANY}
    rest = next((number for number in range(LAST_PROTOCOL, -1, -1) if number not in named), None)
    return [*([] if rest is None else [rest]), *sorted(named)]
