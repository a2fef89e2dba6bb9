"""Apply a plan to the simulated network, and let the accepted traffic ask again."""

from collections.abc import Iterator, Mapping

from plan.exact_rule import ExactRule
from plan.exact_rule import Peer as ExactPeer
from plan.model import Action, Plan
from simulation.history import History
from simulation.network import Cidr, GroupMembers, ListedPrefixes, Peer, Rule
from simulation.security import Request, admits


def refused(
    history: History, requests: Mapping[tuple[str, Request], frozenset[str]], plan: Plan
) -> Iterator[str]:
    """The requests that nothing would admit any more; of an interface that is gone, with the groups
    that it had last."""
    network, interfaces = history.last, history.interfaces
    items = [item for item in plan.items if item.action is not Action.REVIEW]
    gone = {item.rule.rule_id: item for item in items}
    made = [
        (item.rule.group_id, _simulated(rule, f"new-{item.rule.rule_id}"))
        for item in items
        for rule in item.replacements
    ]
    for (interface_id, request), admitted in requests.items():
        if admitted - gone.keys():
            continue
        groups = interfaces[interface_id].group_ids
        if not any(group in groups and admits(network, rule, request) for group, rule in made):
            lost = [f"{gone[name].item_id} ({gone[name].reason})" for name in sorted(admitted)]
            yield f"{interface_id} {request} was admitted by {', '.join(lost)}"


def _simulated(rule: ExactRule, rule_id: str) -> Rule:
    first = -1 if rule.from_port is None else rule.from_port
    last = -1 if rule.to_port is None else rule.to_port
    return Rule(
        rule_id, rule.group_id, rule.direction, rule.ip_protocol, first, last, _peer(rule.peer)
    )


def _peer(peer: ExactPeer) -> Peer:
    if peer.prefix_list_id:
        return ListedPrefixes(peer.prefix_list_id)
    if peer.group_id:
        return GroupMembers(peer.group_id, peer.peering_id)
    return Cidr(peer.cidr_ipv4 or peer.cidr_ipv6 or "")
