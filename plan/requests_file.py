"""requests.json: what was requested in the window, for what a change of rules would refuse.

docs/requests.schema.json describes it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from aws_network.findings.requests import Requests
from aws_network.flow_logs.window import Window
from aws_network.network.names import names_of
from aws_network.network.snapshot import Snapshot


@dataclass(frozen=True)
class RequestsFile:
    """Requests of a window, each kind with the rules of today that admit it, or may."""

    version: Literal[1]
    window: Window
    names: Mapping[str, str]
    """Id of a security group, prefix list or VPC to its name."""
    prefix_lists: Mapping[str, tuple[str, ...]]
    """Id of a prefix list to its CIDR blocks."""
    requests: tuple[Requests, ...]


def requests_file(requests: Sequence[Requests], window: Window, latest: Snapshot) -> str:
    """The file's text."""
    lists = {entries.prefix_list_id: entries.cidrs for entries in latest.prefix_lists}
    document = RequestsFile(1, window, names_of(latest), lists, tuple(requests))
    return json.dumps(asdict(document), ensure_ascii=False) + "\n"
