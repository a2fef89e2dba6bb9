"""What reads a text or an item must answer, or refuse with its own error; never anything else."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

from hypothesis import strategies as st

from aws_network.flow_logs.days import InvalidDayError, parse_days, parse_time
from aws_network.flow_logs.formats import FormatError, parse_format
from aws_network.network.groups import group_from_api
from aws_network.network.interfaces import interface_from_api
from aws_network.network.rules import MalformedItemError, rule_from_api
from aws_network.stores.flow_log_objects import first_line

_WORDS = st.sampled_from(
    ["tcp", "udp", "-1", "6", "300", "10.0.0.0/8", "10.0.0.1/8", "::/0", "x", "", "pl-1", "sg-1",
     "2026-11-05", "2026-02-30", "${srcaddr}", "srcaddr", "T", "Z", "=1+1", "<b>", "\x00", "é"]
)  # fmt: skip
texts = st.one_of(st.text(max_size=40), st.lists(_WORDS, max_size=8).map(" ".join))
numbers = st.integers(-2, 70000)


def _items(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    """Items as botocore shapes them: texts are texts, ports numbers; any of them may be missing."""
    fields = {name: numbers if name.endswith("Port") else _WORDS for name in names}
    return st.fixed_dictionaries({}, optional={**fields, "FieldOfTheFuture": _WORDS})


RULES = _items(
    "SecurityGroupRuleId", "GroupId", "GroupOwnerId", "IsEgress", "IpProtocol", "FromPort",
    "ToPort", "CidrIpv4", "CidrIpv6", "PrefixListId", "Description",
)  # fmt: skip
GROUPS = _items("GroupId", "GroupName", "OwnerId", "VpcId", "Description")
INTERFACES = _items("NetworkInterfaceId", "OwnerId", "VpcId", "Status", "Description")

TARGETS: dict[
    str, tuple[st.SearchStrategy[Any], Callable[[Any], object], tuple[type[Exception], ...]]
] = {
    "first line": (st.binary(max_size=200), first_line, ()),
    "format": (texts, parse_format, (FormatError,)),
    "time": (texts, parse_time, (InvalidDayError,)),
    "days": (
        st.tuples(texts, texts),
        lambda pair: parse_days(pair[0], pair[1], today=date(2026, 11, 24)),
        (InvalidDayError,),
    ),
    "rule": (RULES, lambda item: rule_from_api(item, "us-east-1"), (MalformedItemError,)),
    "group": (GROUPS, lambda item: group_from_api(item, "us-east-1"), (MalformedItemError,)),
    "interface": (
        INTERFACES,
        lambda item: interface_from_api(item, "us-east-1"),
        (MalformedItemError,),
    ),
}
"""Name to what is drawn, what reads it, and how that may refuse."""


def answers_or_refuses(name: str, given: Any) -> None:
    """Raises whatever the reader of this name should not raise."""
    _, read, refusals = TARGETS[name]
    with suppress(*refusals):
        read(given)
