"""What a careful reader of the demo's flow logs says about each rule, and why."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from local.demo.account import DAYS, demo_logging, demo_logs
from local.demo.hosts import NETWORK
from simulation.flow_logs import Logging
from simulation.formats import FORMATS
from simulation.history import still
from simulation.network import Cidr, GroupMembers, ListedPrefixes, Network, Peer, Rule
from simulation.truth import RuleTruth, Truth, truth_by_day

EXEMPT_TAG = "do-not-delete"
LONG_ENOUGH, RARELY = 28, 3
"""Days after which a rule may be called rarely used, and days of use below which it is."""

ASKED_BY_PODS = "Schema changes by hand"
"""A rule for the members of a group, on a port that pods ask for too. Pods have delegated
addresses. One snapshot does not tell since when, so they may have been those of a member."""


@dataclass(frozen=True)
class Expectation:
    """A rule's truth over the month, and the status that a report should give it."""

    rule: Rule
    counts: RuleTruth
    used_days: tuple[date, ...]
    status: str
    judged_status: str
    """What the status would be without an exemption."""
    why: str


@dataclass(frozen=True)
class Seen:
    """How the network was logged, and the ids of the interfaces with any traffic in the logs."""

    logging: Logging
    active: Collection[str]


def expectations(
    last_day: date, days: int = DAYS, log_format: str = "custom"
) -> dict[str, Expectation]:
    """Rule id -> what to expect of it, of the demo account that `write_demo` writes."""
    logs = demo_logs(last_day, days)
    span = [last_day - timedelta(days=back) for back in reversed(range(days))]
    truth = truth_by_day(still(NETWORK), logs, span, FORMATS[log_format])
    active = {record.interface.interface_id for record in logs.records if record.flow}
    seen = Seen(demo_logging(last_day), active)
    return {rule.rule_id: _expectation(NETWORK, seen, truth, rule) for rule in NETWORK.rules}


def _expectation(network: Network, seen: Seen, truth: Truth, rule: Rule) -> Expectation:
    counts = RuleTruth()
    by_day = {day: rules[rule.rule_id] for day, rules in sorted(truth.items())}
    for of_day in by_day.values():
        counts.add(of_day)
    used_days = tuple(day for day, of_day in by_day.items() if of_day.used_times)
    judged, why = _status(network, seen, list(by_day.values()), rule)
    exemption = _exemption(network, max(by_day), rule)
    status, why = ("exempt", exemption) if exemption else (judged, why)
    return Expectation(rule, counts, used_days, status, judged, why)


def _exemption(network: Network, last_day: date, rule: Rule) -> str | None:
    """Who exempts the rule: a tag, unless its value is a day that has passed."""
    for key, value in (*rule.tags, *network.group[rule.group_id].tags):
        passed = value.count("-") == 2 and value < str(last_day)
        if key == EXEMPT_TAG and not passed:
            return f"exempt by the tag {key}={value}"
    return None


def _status(network: Network, seen: Seen, days: Sequence[RuleTruth], rule: Rule) -> tuple[str, str]:
    proven = sum(day.proven_times > 0 for day in days)
    doubtful = sum(day.hidden_times + day.phantom_times > 0 for day in days)
    if rule.description == ASKED_BY_PODS and rule.direction == "ingress":
        doubtful = len(days)
    if proven and len(days) >= LONG_ENOUGH and proven + doubtful < RARELY:
        return "rarely_used", "the logs have few days of it"
    if proven:
        return "used", "requests that it admitted are in the logs"
    if doubtful:
        return "ambiguous", "the logs leave open whether it admitted what they show"
    return _unseen(network, seen, rule)


def _unseen(network: Network, seen: Seen, rule: Rule) -> tuple[str, str]:
    """Of a rule of which the logs show nothing."""
    interfaces = {
        interface.interface_id
        for interface in network.interfaces
        if rule.group_id in interface.group_ids
    }
    if not interfaces:
        return "unattached", "no interface carries its group"
    if _is_broken(network, rule.peer):
        return "not_observed", "its source can be nobody"
    if isinstance(rule.peer, Cidr) and rule.peer.cidr.startswith("169.254."):
        return "not_observed", "flow logs never record link-local traffic"
    if not all(seen.logging.covering(network.interface[name]) for name in interfaces):
        return "not_observed", "an interface of its group has no flow log"
    if interfaces & _interfaces(seen.logging.skipped):
        return "not_observed", "records of its group's interface were lost (SKIPDATA)"
    if not interfaces & set(seen.active):
        return "not_observed", "its group's interfaces had no traffic at all"
    return "unused", "its group was logged all the time and nothing needed it"


def _is_broken(network: Network, peer: Peer) -> bool:
    if isinstance(peer, ListedPrefixes):
        return not network.prefix_list[peer.prefix_list_id].entries
    foreign = network.foreign_group.get(peer.group_id) if isinstance(peer, GroupMembers) else None
    return foreign is not None and foreign.peering_status != "active"


def _interfaces(skipped: Collection[tuple[str, int]]) -> set[str]:
    return {interface_id for interface_id, _ in skipped}
