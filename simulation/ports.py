"""Source ports as operating systems and gateways hand them out."""

from __future__ import annotations

import random
from collections.abc import Iterable

LINUX = range(32_768, 61_000)
WINDOWS = range(49_152, 65_536)
LOAD_BALANCER = range(1_024, 65_536)
RESERVED = range(665, 1_024)
"""NFS clients bind to reserved ports: https://man7.org/linux/man-pages/man5/nfs.5.html"""


class Ports:
    """Hands out source ports to clients, each from a random start, none twice in a round."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._next: dict[tuple[str, int], int] = {}

    def take(
        self, client: str, ports: range = LINUX, avoiding: Iterable[int] = ()
    ) -> tuple[str, int]:
        """(client, a port): what a connection's client end is made of."""
        key = (client, ports.start)
        at = self._next.get(key, self._rng.randrange(len(ports)))
        taken = set(avoiding)
        while ports[at % len(ports)] in taken:
            at += 1
        self._next[key] = at + 1
        return client, ports[at % len(ports)]
