"""How much a rule admits, as a score from 0 (one address, one port) to 100 (everybody, everything).

Half of the score is the peers, half the service, each on a logarithmic scale: a rule that admits
twice as much is a step further, wherever it begins.

  peers      bits of freedom of the addresses, of the 32 of IPv4 or the 128 of IPv6; of several
             blocks, of the number of their addresses; a group counts the addresses of its members
  service    all protocols 16 of 16; TCP and UDP the bits of freedom of the ports, of the 16, and
             at most 15; ICMP 4, one type 1; another protocol 4
"""

from math import log2

from aws_network.findings.intervals import ALL_IPV4, ALL_IPV6, Intervals, size
from aws_network.network.protocols import ANY, ICMP, ICMPV6, WITH_PORTS
from aws_network.network.rules import ALL_PORTS

BITS_OF_PORTS = 16


def permissiveness(protocol: int, ports: tuple[int, int] | None, peers: Intervals) -> int:
    """The score of a rule. `ports` are inclusive; None for all, or for a protocol without any.

    For ICMP, `ports` that are not None stand for one type.
    """
    service = _service_bits(protocol, ports) / BITS_OF_PORTS
    return round(50 * service + 50 * _peer_share(peers))


def _service_bits(protocol: int, ports: tuple[int, int] | None) -> float:
    if protocol == ANY:
        return BITS_OF_PORTS
    if protocol in WITH_PORTS:
        first, last = ports or ALL_PORTS
        return min(log2(last - first + 1), BITS_OF_PORTS - 1)
    return 1 if ports and protocol in (ICMP, ICMPV6) else 4


def _peer_share(peers: Intervals) -> float:
    """The family that is wider open decides."""
    v4 = [interval for interval in peers if interval[0] <= ALL_IPV4[0][1]]
    v6 = [interval for interval in peers if interval[1] >= ALL_IPV6[0][0]]
    return max(_bits(size(v4)) / 32, _bits(size(v6)) / 128)


def _bits(addresses: int) -> float:
    return log2(addresses) if addresses > 1 else 0
