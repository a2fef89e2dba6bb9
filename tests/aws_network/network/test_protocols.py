"""Protocols: how EC2 spells them, and how tables show them."""

import pytest

from aws_network.network.protocols import ANY, UnknownProtocolError, protocol_name, protocol_number

SPELLINGS = {
    "tcp": 6, "TCP": 6, " tcp ": 6, "6": 6,
    "udp": 17, "17": 17,
    "icmp": 1, "1": 1,
    "icmpv6": 58, "ICMPv6": 58, "58": 58,
    "-1": ANY, "all": ANY, "any": ANY,
    "0": 0, "47": 47, "50": 50, "132": 132, "255": 255,
}  # fmt: skip


@pytest.mark.parametrize(("spelling", "number"), SPELLINGS.items())
def test_a_spelling_names_a_number(spelling: str, number: int) -> None:
    assert protocol_number(spelling) == number


@pytest.mark.parametrize("spelling", ["tpc", "", "256", "-2", "6.0", "0x06", "٦", "²"])
def test_no_protocol_is_guessed(spelling: str) -> None:
    with pytest.raises(UnknownProtocolError, match="neither tcp, udp") as raised:
        protocol_number(spelling)
    assert repr(spelling) in str(raised.value)


@pytest.mark.parametrize(
    ("number", "name"),
    [(6, "tcp"), (17, "udp"), (1, "icmp"), (58, "icmpv6"), (ANY, "any"), (50, "50"), (0, "0")],
)
def test_a_number_is_shown_by_name_where_ec2_has_one(number: int, name: str) -> None:
    assert protocol_name(number) == name


@pytest.mark.parametrize("number", [ANY, *range(256)])
def test_the_shown_name_is_understood(number: int) -> None:
    assert protocol_number(protocol_name(number)) == number
