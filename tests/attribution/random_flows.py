"""Seeded random networks, each with one flow whose opener is beyond doubt.

TCP flows say by their flags who opened them. Where there are no flags, all rules of the network
have one direction, so that only one reading can be admitted.
"""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from random import Random

from tests.attribution.oracle import NUMBERS, Flow, Network

PORTS = [0, 1, 22, 53, 80, 443, 444, 511, 512, 873, 1023, 1024, 2049, 8080, 8443, 32768, 65535]
GROUPS = ["sg-a", "sg-b", "sg-c"]
SOURCES = [*GROUPS, "sg-idle", "sg-unknown", "pl-one", "pl-two", "pl-empty", "pl-unknown"]
BASES = ["10.20.30.40", "10.20.255.1", "203.0.113.77", "2001:db8:7:1::77", "2001:db8:7:100::1"]


def _pool(rng: Random) -> list[str]:
    """Blocks of many lengths that nest, and miss each other by a bit."""
    blocks = {"0.0.0.0/0", "::/0"}
    while len(blocks) < 50:
        base = ip_address(rng.choice(BASES))
        width = base.max_prefixlen
        turned = int(base) ^ (rng.getrandbits(2) << rng.randrange(width - 1))
        address = ip_address(turned.to_bytes(width // 8))
        blocks.add(str(ip_network(f"{address}/{rng.randint(1, width)}", strict=False)))
    return sorted(blocks)


BLOCKS = _pool(Random(1))
WIDE = ["0.0.0.0/0", "::/0", "10.20.0.0/16"]
OWN = [f"{base}{n}" for base in ("10.20.30.4", "10.20.255.1", "2001:db8:7:1::7") for n in range(6)]
DELEGATED = ["10.20.31.16/28", "10.20.31.32/28", "2001:db8:7:1:1::/80"]


@dataclass(frozen=True)
class RandomCase:
    """A network, a flow, and the flow's records as lines for the `full` format."""

    network: Network
    flow: Flow
    lines: list[str]


def random_case(seed: int) -> RandomCase:
    rng = Random(seed)
    protocol = rng.choice(["tcp", "tcp", "tcp", "tcp", "udp", "udp", "icmp", "icmpv6", "50"])
    direction = rng.choice(["ingress", "egress"])
    network = _network(rng, direction if protocol != "tcp" else None)
    protocol, port, own, peer = _question(rng, network, direction, protocol)
    number = int(NUMBERS.get(protocol, protocol))
    lines, requests = _records(rng, direction, number, own, peer, port)
    is_one_way = len({line.split()[-1] for line in lines}) == 1
    flow = Flow("eni-me", direction, number, port, peer, requests, is_one_way)
    return RandomCase(network, flow, lines)


def _network(rng: Random, only_direction: str | None) -> Network:
    addresses, prefixes = rng.sample(OWN, len(OWN)), rng.sample(DELEGATED, len(DELEGATED))
    interfaces = []
    for name in ("eni-me", "eni-1", "eni-2", "eni-3")[: rng.randint(2, 4)]:
        own = ",".join(addresses.pop() for _ in range(rng.randint(1, 3)))
        groups = rng.sample(GROUPS, rng.randint(1, 3))
        delegated = prefixes.pop() if prefixes and rng.random() < 0.3 else ""
        interfaces.append(f"{name} {','.join(groups)} {own} {delegated}".strip())
    rules = [
        _rule(rng, f"sgr-{n}", only_direction or rng.choice(["ingress", "egress"]))
        for n in range(rng.randint(4, 14))
    ]
    lists = {name: rng.sample(BLOCKS[1:], rng.randint(1, 4)) for name in ("pl-one", "pl-two")}
    return Network(rules, interfaces, {**lists, "pl-empty": []}, ("sg-idle",))


def _rule(rng: Random, rule_id: str, direction: str) -> str:
    protocol = rng.choice(["tcp", "tcp", "tcp", "udp", "udp", "icmp", "icmpv6", "-1", "-1", "50"])
    first, last = sorted(rng.choices(PORTS, k=2))
    ports = rng.choice(["any", str(first), f"{first}-{last}"])
    source = rng.choice([*WIDE, rng.choice(BLOCKS), rng.choice(BLOCKS), *rng.choices(SOURCES, k=3)])
    named = ports if protocol in ("tcp", "udp") else "any"
    return f"{rule_id} {rng.choice(GROUPS)} {direction} {protocol} {named} {source}"


def _question(
    rng: Random, network: Network, direction: str, protocol: str
) -> tuple[str, int, str, str]:
    """Protocol, port, own and peer address: what a rule admits, or misses by a step."""
    port, source, miss = rng.choice(PORTS), rng.choice(BLOCKS), rng.choice(["", "", "port", "peer"])
    groups = network.groups_of("eni-me")
    close = [r for r in network.rules if r.split()[1] in groups and r.split()[2] == direction]
    close = [r for r in close if (r.split()[3] == "tcp") == (protocol == "tcp")] or close
    if close and rng.random() < 0.9:
        _, _, _, named, ports, source = rng.choice(close).split()
        same_kind = (named == "tcp") == (protocol == "tcp")
        protocol = named if same_kind and named != "-1" else protocol
        first, _, last = ports.partition("-")
        if ports != "any":
            edges = int(first), int(last or first)
            missed = edges[0] - 1, edges[1] + 1
            port = min(max(rng.choice(missed if miss == "port" else edges), 0), 65535)
    own, peer = _addresses(rng, network, source, outside=miss == "peer")
    return protocol, port, own, peer


def _addresses(rng: Random, network: Network, source: str, outside: bool) -> tuple[str, str]:
    """An own address, and a peer of its family in the source or at its edge, or just outside."""
    mine = ",".join(network.interfaces[0].split()[2:]).split(",")
    owned = [each for each in mine if "/" not in each]
    blocks = [source] if "/" in source else network.prefix_lists.get(source, [])
    blocks = blocks or network.blocks_of(source)
    while True:
        block = ip_network(rng.choice(blocks if blocks and rng.random() < 0.9 else BLOCKS))
        low, high = int(block.network_address), int(block.broadcast_address)
        number = rng.choice([low - 1, high + 1] if outside else [low, high, rng.randint(low, high)])
        own = rng.choice(owned)
        if block.version != ip_address(own).version or not 0 <= number < 2**block.max_prefixlen:
            continue
        peer = ip_address(number.to_bytes(block.max_prefixlen // 8))
        if not any(peer in ip_network(each) for each in mine):
            return own, str(peer)


def _records(
    rng: Random, direction: str, protocol: int, own: str, peer: str, port: int
) -> tuple[list[str], int]:
    """The lines of the flow, and how many of them are requests."""
    has_ports = protocol in (6, 17)
    client = rng.choice([*PORTS, 40000, 50000]) if protocol == 6 else 50000
    target = port if has_ports else 0
    asked, answered = (["2", "3"], ["18", "19"]) if protocol == 6 else (["-"], ["-"])
    later = ["0", "1", "16", "24"] if protocol == 6 and client >= 1024 else asked
    requests = rng.choice([0, 1, 1, 1, 2, 5])
    replies = rng.choice([0, 1, 3]) if requests else 1
    flags = [rng.choice(asked), *(rng.choice(later) for _ in range(requests - 1))][:requests]
    there = _ways(own, peer, client if has_ports else 0, target, direction == "ingress")
    back = _ways(own, peer, client if has_ports else 0, target, direction == "ingress", reply=True)
    other = "egress" if direction == "ingress" else "ingress"
    numbered = f"{protocol}"
    lines = [f"eni-me {there} {numbered} {each} {direction}" for each in flags]
    lines += [f"eni-me {back} {numbered} {rng.choice(answered)} {other}" for _ in range(replies)]
    rng.shuffle(lines)
    return lines, requests


def _ways(own: str, peer: str, client: int, target: int, inward: bool, reply: bool = False) -> str:
    """Source and destination with their ports, of a request or of its reply."""
    asker, asked = (peer, own) if inward else (own, peer)
    if reply:
        return f"{asked} {target} {asker} {client}"
    return f"{asker} {client} {asked} {target}"
