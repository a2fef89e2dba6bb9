"""Which rules a few records credit: a network, lines of a flow log, and what they say of each rule.

Formats: `v2`, the default one; `full`, with packet addresses, flags and direction.
"""

from dataclasses import dataclass, field

from aws_network.flow_logs.formats import parse_format
from tests.attribution.harness import Case, Result
from tests.attribution.networks import network

FORMATS = {
    "v2": parse_format("default"),
    "full": parse_format(
        "interface-id srcaddr dstaddr srcport dstport protocol action log-status "
        "pkt-srcaddr pkt-dstaddr tcp-flags flow-direction"
    ),
}


@dataclass(frozen=True)
class Fact:
    """A network, what was logged, and what follows."""

    name: str
    rules: list[str]
    interfaces: list[str]
    log_format: str
    lines: list[str]
    credits: dict[str, tuple[int, int, int]]
    """rule id to used_times, sole_times, ambiguous_times; a rule left out has none"""
    outcomes: dict[str, int]
    """outcome of coverage to records"""
    prefix_lists: dict[str, list[str]] = field(default_factory=dict)
    is_bracketed: bool = False
    """Is there the same snapshot before the day and after it?"""

    def case(self) -> Case:
        expanded = [expand(line, self.log_format) for line in self.lines]
        snapshot = network(self.rules, self.interfaces, self.prefix_lists)
        later = snapshot if self.is_bracketed else None
        return Case(snapshot, FORMATS[self.log_format], expanded, later=later)


def expand(line: str, log_format: str) -> list[str]:
    """`eni src sport dst dport proto [flags direction]` to the fields of the format.

    A last word may say REJECT, NODATA or SKIPDATA; packet addresses follow an address after a `/`.
    """
    words = line.split()
    verdict = words.pop() if words[-1] in ("REJECT", "NODATA", "SKIPDATA") else "ACCEPT"
    status = verdict if verdict in ("NODATA", "SKIPDATA") else "OK"
    if status != "OK":
        words, verdict = [words[0], "-", "-", "-", "-", "-"], "-"
    eni, source, sport, target, dport, protocol, *rest = words
    source, _, pkt_source = source.partition("/")
    target, _, pkt_target = target.partition("/")
    if log_format == "v2":
        return ["2", "123456789012", eni, source, target, sport, dport, protocol,
                "9", "900", "1", "60", verdict, status]  # fmt: skip
    flags, direction = rest or ["-", "-"]
    return [eni, source, target, sport, dport, protocol, verdict, status,
            pkt_source or source, pkt_target or target, flags, direction]  # fmt: skip


def credits(result: Result) -> dict[str, tuple[int, int, int]]:
    """Rule id to used_times, sole_times, ambiguous_times, for rules that have any of them."""
    found = {
        rule_id: (each.used_times, each.sole_times, each.ambiguous_times)
        for rule_id, each in result.counts.items()
    }
    return {rule_id: counts for rule_id, counts in found.items() if any(counts)}
