"""A slow, obvious answer to: which rules admit this flow? By Python's ipaddress, rule by rule.

Networks are the lines of text that tests.attribution.networks explains; nothing of the product is
used to read them.
"""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

PRIVATE = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "198.18.0.0/15",
    "fc00::/7",
]
NUMBERS = {"icmp": 1, "tcp": 6, "udp": 17, "icmpv6": 58}


@dataclass(frozen=True)
class Flow:
    """A conversation whose opener is known, as one interface saw it."""

    interface_id: str
    direction: str
    """ingress or egress: which way the requests went"""
    protocol: int
    port: int
    """the port that was asked for"""
    peer: str
    requests: int
    """request records; none when only replies were logged"""
    is_one_way: bool = False
    """records in one direction only"""


@dataclass(frozen=True)
class Network:
    """Rules and interfaces, a line each; prefix lists by id; all groups that exist."""

    rules: list[str]
    interfaces: list[str]
    prefix_lists: dict[str, list[str]]
    other_groups: tuple[str, ...] = ()

    def groups_of(self, interface_id: str) -> list[str]:
        [groups] = [line.split()[1] for line in self.interfaces if line.split()[0] == interface_id]
        return groups.split(",")

    def blocks_of(self, group_id: str) -> list[str]:
        """The addresses and delegated prefixes of the members of a group."""
        return [
            block
            for line in self.interfaces
            if group_id in line.split()[1].split(",")
            for block in ",".join(line.split()[2:]).split(",")
        ]

    def all_blocks(self) -> list[str]:
        return [b for line in self.interfaces for b in ",".join(line.split()[2:]).split(",")]

    def groups(self) -> set[str]:
        carried = {g for line in self.interfaces for g in line.split()[1].split(",")}
        return carried | {line.split()[1] for line in self.rules} | set(self.other_groups)


def expected(network: Network, flow: Flow) -> dict[str, tuple[int, int, int]]:
    """Rule id to used, sole and ambiguous times, for the rules that have any of them."""
    fitting = [line for line in network.rules if _fits(line, network, flow)]
    sure = [line.split()[0] for line in fitting if _peer_is_in(line.split()[5], network, flow.peer)]
    times = max(flow.requests, 1)
    counts = {rule_id: (times, times if len(sure) == 1 else 0, 0) for rule_id in sure}
    for line in fitting:
        rule_id, source = line.split()[0], line.split()[5]
        if rule_id not in sure and _peer_may_be_in(source, network, flow.peer):
            counts[rule_id] = (0, 0, times)
    if not counts:
        return dict.fromkeys(_net(network, flow), (0, 0, times))
    if flow.is_one_way and flow.protocol in (1, 58):
        return dict.fromkeys(counts, (0, 0, times))
    return counts


def _net(network: Network, flow: Flow) -> list[str]:
    """What may have admitted it if groups, members of groups, or entries of lists were others."""
    return [
        line.split()[0]
        for line in network.rules
        if _fits(line, network, flow, any_group=True)
        and ("-" in line.split()[5] or _is_in_any(flow.peer, [line.split()[5]]))
    ]


def _fits(line: str, network: Network, flow: Flow, any_group: bool = False) -> bool:
    """Everything but the peer, and perhaps the group."""
    _, group, direction, protocol, ports, _ = line.split()
    return (
        (any_group or group in network.groups_of(flow.interface_id))
        and direction == flow.direction
        and (
            protocol == "-1"
            or NUMBERS.get(protocol, protocol) in (flow.protocol, str(flow.protocol))
        )
        and (protocol not in ("tcp", "udp") or _port_is_in(ports, flow.port))
    )


def _port_is_in(ports: str, port: int) -> bool:
    if ports == "any":
        return True
    first, _, last = ports.partition("-")
    return int(first) <= port <= int(last or first)


def _peer_is_in(source: str, network: Network, peer: str) -> bool:
    if source.startswith("sg-"):
        return _is_in_any(peer, network.blocks_of(source))
    if source.startswith("pl-"):
        return _is_in_any(peer, network.prefix_lists.get(source, []))
    return _is_in_any(peer, [source])


def _peer_may_be_in(source: str, network: Network, peer: str) -> bool:
    """Of members nobody knows: a known group's in a VPC, an unknown one's anywhere but at an
    interface, and an unknown list's anywhere."""
    if source.startswith("pl-"):
        return source not in network.prefix_lists
    if not source.startswith("sg-") or _is_in_any(peer, network.all_blocks()):
        return False
    return source not in network.groups() or _is_in_any(peer, _vpc_blocks(network))


def _vpc_blocks(network: Network) -> list[str]:
    """Private space, and the /16 or IPv6 /56 around each interface."""
    firsts = [ip_network(block).network_address for block in network.all_blocks()]
    near = [f"{ip_network(f'{a}/{16 if a.version == 4 else 56}', strict=False)}" for a in firsts]
    return [*PRIVATE, *near]


def _is_in_any(peer: str, cidrs: list[str]) -> bool:
    blocks = [ip_network(cidr) for cidr in cidrs]
    return any(ip_address(peer) in block for block in blocks)
