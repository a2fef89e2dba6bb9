"""What a change of rules would refuse: the answer from the files of a run, as text and as JSON."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

from aws_network.findings.requests import Requests
from aws_network.findings.what_if import Change, Outcome, Refusal, WhatIf
from aws_network.flow_logs.window import Window
from aws_network.network.names import named
from aws_network.network.protocols import WITH_PORTS, protocol_name
from aws_network.network.rules import SecurityGroupRule, ports_text, traffic_text
from aws_network.usage.statuses import Status
from plan.comments import one_line
from plan.exact_rule import inventory_rule
from plan.findings_file import FindingsFile, RuleEntry
from plan.requests_file import RequestsFile

_WORDS = {Outcome.REFUSED: "REFUSED", Outcome.MAY_BE_REFUSED: "MAY BE REFUSED"}


@dataclass(frozen=True)
class Answer:
    """What the change would refuse, the surest first; nothing if it refuses nothing observed."""

    window: Window
    removed: int
    added: int
    refusals: tuple[Refusal, ...]

    def outcomes(self, outcome: Outcome) -> int:
        """The number of refusals with an outcome."""
        return sum(refusal.outcome is outcome for refusal in self.refusals)


class Results:
    """The results of a run: its rules, and what was requested."""

    def __init__(self, findings: FindingsFile, requests: RequestsFile) -> None:
        self._findings, self._requests = findings, requests

    @cached_property
    def rules(self) -> Mapping[str, SecurityGroupRule]:
        """The rules of the run, by id."""
        found = (inventory_rule(entry.rule) for entry in self._findings.rules)
        return {rule.rule_id: rule for rule in found}

    @property
    def names(self) -> Mapping[str, str]:
        """Id of a group or a prefix list to its name."""
        return self._requests.names

    def ask(self, change: Change) -> Answer:
        """What the change would refuse."""
        asked = WhatIf(self.rules.values(), self._requests.prefix_lists)
        observed = (one for one in self._requests.requests if self._is_known(one))
        refusals = asked.refusals(observed, change)
        refusals += asked.unobserved(self._unobserved, change)
        removed = len(change.removed & self.rules.keys())
        return Answer(self._requests.window, removed, len(change.added), tuple(refusals))

    def _is_known(self, one: Requests) -> bool:
        return {*one.certain, *one.possible} <= self.rules.keys()

    @property
    def _unobserved(self) -> Mapping[str, str]:
        return {str(e.rule.rule_id): why for e in self._findings.rules if (why := _silence(e))}


def _silence(entry: RuleEntry) -> str | None:
    """Why it proves nothing if no more was seen of the rule."""
    if entry.status is Status.NOT_OBSERVED:
        return f"nothing shows whether the rule is used: {entry.reason}"
    if entry.days_observed < entry.days_attached:
        return (
            f"the rule was observed on {entry.days_observed} of the {entry.days_attached} days on "
            "which an interface carried its group"
        )
    return None


def to_text(answer: Answer, results: Results) -> str:
    """The answer in lines for people."""
    window = answer.window
    refused, perhaps = map(answer.outcomes, (Outcome.REFUSED, Outcome.MAY_BE_REFUSED))
    lines = [
        f"Rules removed: {answer.removed}, added: {answer.added}. Asked about what was observed "
        f"from {window.first} to {window.last}.",
        *(line for refusal in answer.refusals for line in _lines(refusal, results)),
        f"Kinds of requests that would be refused: {refused}; that may be refused: {perhaps}.",
    ]
    return "\n".join(one_line(line) for line in lines) + "\n"


def _lines(refusal: Refusal, results: Results) -> Iterator[str]:
    yield f"{_WORDS[refusal.outcome]}: {_what(refusal, results)}"
    for rule_id in refusal.lost:
        rule = results.rules[rule_id]
        yield f"    without {rule_id}: {rule.text} of {_named(rule.group_id, results.names)}"
    yield f"    {refusal.reason}"


def _what(refusal: Refusal, results: Results) -> str:
    seen = refusal.requests
    if seen is None:
        return "requests that were not logged"
    rule = results.rules[refusal.lost[0]]
    first, last = (seen.from_port, seen.to_port) if seen.protocol in WITH_PORTS else (None, None)
    traffic = traffic_text(protocol_name(seen.protocol), ports_text(seen.protocol, first, last))
    group, peers = _named(rule.group_id, results.names), _peers(seen, results.names)
    way = f"from {group} to {peers}" if rule.direction == "egress" else f"from {peers} to {group}"
    return f"{traffic} {way}, {seen.requests} request records, last on {seen.last_day}"


def _peers(seen: Requests, names: Mapping[str, str]) -> str:
    groups = ", ".join(_named(group_id, names) for group_id in seen.peer_groups)
    return f"{seen.peers}, members of {groups}," if groups else seen.peers


def _named(resource_id: str, names: Mapping[str, str]) -> str:
    return named(names.get(resource_id), resource_id)


def to_json(answer: Answer, _results: Results) -> str:
    """The answer for programs: `refusals` with outcome, lost rules, reason and requests."""
    return json.dumps(asdict(answer), indent=2, ensure_ascii=False) + "\n"
