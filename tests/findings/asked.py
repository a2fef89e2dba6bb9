"""What-if asked about random changes, and its answers against the traffic of the simulation."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from ipaddress import ip_address, ip_network

from aws_network.findings.requests import Requests, current_requests
from aws_network.findings.what_if import Change, Outcome, Refusal, WhatIf
from aws_network.network.rules import SecurityGroupRule
from aws_network.usage.judging import RuleUsage
from simulation.security import Request
from simulation.truth import Admitted
from tests.accuracy.judged import Account
from tests.accuracy.played import latest_snapshot


@dataclass(frozen=True)
class Asked:
    """What was observed of an account, to be asked."""

    rules: Mapping[str, SecurityGroupRule]
    what_if: WhatIf
    observed: Sequence[Requests]

    def refusals(self, change: Change) -> list[Refusal]:
        return self.what_if.refusals(self.observed, change)


def asked_of(account: Account, usages: Sequence[RuleUsage]) -> Asked:
    """The account's rules, and the requests that its days have, as the compute job keeps them."""
    snapshot = latest_snapshot(account.simulation)
    rows = (
        asdict(requests) | {"last_day": str(day)}
        for day, results in account.results.items()
        for requests in results.requests
    )
    by_rule = {usage.rule.rule_id: usage for usage in usages}
    lists = {each.prefix_list_id: each.cidrs for each in snapshot.prefix_lists}
    return Asked(
        {rule.rule_id: rule for rule in snapshot.rules},
        WhatIf(snapshot.rules, lists),
        current_requests(rows, snapshot.rules, by_rule),
    )


def wrong_answers(
    account: Account, removed: frozenset[str], refusals: Sequence[Refusal]
) -> Iterator[str]:
    """Requests that were logged and would be refused, of which nothing is said; and what is said to
    be refused, where each such request keeps a rule."""
    refused = {request: rules for request, rules in _logged(account) if rules <= removed}
    for (interface_id, request), rules in refused.items():
        if not any(_is_about(refusal, request, rules) for refusal in refusals):
            yield f"nothing said of {interface_id} {request}, admitted by {sorted(rules)}"
    for refusal in refusals:
        if refusal.outcome is Outcome.REFUSED and not any(
            _is_about(refusal, request, rules) for (_, request), rules in refused.items()
        ):
            yield f"nothing like this is refused: {refusal}"


def _logged(account: Account) -> Iterator[tuple[tuple[str, Request], frozenset[str]]]:
    """Each request of an interface that was accepted and logged, with the rules that admit it."""
    admitted = Admitted(account.simulation.history)
    for record in account.simulation.logs.records:
        if record.conversation and record.flow and record.flow.action == "ACCEPT":
            former = admitted.former(record.conversation)
            if rules := admitted.rules(record.conversation) - former:
                yield (record.interface.interface_id, record.conversation.request), rules


def _is_about(refusal: Refusal, request: Request, rules: frozenset[str]) -> bool:
    seen = refusal.requests
    return (
        seen is not None
        and bool(rules & set(refusal.lost))
        and seen.protocol == request.protocol
        and seen.from_port <= request.port <= seen.to_port
        and ip_address(request.peer) in ip_network(seen.peers)
    )
