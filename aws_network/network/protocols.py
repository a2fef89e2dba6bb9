"""IP protocols by IANA number, and the names that EC2 uses for four of them."""

ANY = -1
"""A rule for all protocols."""

ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58

WITH_PORTS = frozenset({TCP, UDP})
"""The protocols whose rules have a port range; ICMP rules have type and code instead."""

_NAMES = {ANY: "any", ICMP: "icmp", TCP: "tcp", UDP: "udp", ICMPV6: "icmpv6"}
_NUMBERS = {**{name: number for number, name in _NAMES.items()}, "-1": ANY, "all": ANY}


class UnknownProtocolError(ValueError):
    """An IpProtocol is neither a name that EC2 uses nor a protocol number."""


def protocol_number(ip_protocol: str) -> int:
    """The number of an EC2 `IpProtocol`, ANY for `-1`. Raises UnknownProtocolError."""
    text = ip_protocol.strip().lower()
    if text in _NUMBERS:
        return _NUMBERS[text]
    if text.isascii() and text.isdigit() and int(text) <= 255:
        return int(text)
    raise UnknownProtocolError(
        f"protocol {ip_protocol!r} is neither tcp, udp, icmp, icmpv6, -1 nor a number from 0 to 255"
    )


def protocol_name(number: int) -> str:
    """A protocol as tables and reports show it: the name that EC2 uses, or else the number."""
    return _NAMES.get(number, str(number))
