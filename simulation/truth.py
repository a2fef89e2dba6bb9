"""The truth: per day and rule, the request records that it admitted, and what logs can't prove.

A record is a *use* of every rule, of all groups of its interface, that admits it: an ACCEPT record
in the direction in which the conversation was opened. A rule of which, in a day, only replies were
logged, and not one request record, has one use.

Some uses cannot be proved from logs and a snapshot of the inventory. They are counted apart, so
that a judge can be exact where exactness is possible and only asks for caution elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from simulation.connections import SYN, SYN_ACK
from simulation.evidence import Evidence
from simulation.formats import FlowLogFormat
from simulation.history import History
from simulation.logs import Logs
from simulation.network import Rule
from simulation.records import Conversation, Record
from simulation.security import Request, admitting_rules


@dataclass
class RuleTruth:
    """What one rule did in one day (or, added up, in several).

    used_times: request records in the logs that it admitted; sole_times: those that no other rule
    of the interface admitted. lost_times: such records that SKIPDATA or a missing object lost;
    unlogged_times: those that no flow log was there to write, or that AWS never records.
    former_times: those in the logs that it admitted before it was changed to what it is now; in
    the other three there are none of these.

    hidden_times: of used_times, those for which logs and snapshot leave open whether this rule
    admitted them. phantom_times: requests that it did not admit, for which they leave it open.
    doubtful_sole_times: requests of which they leave open who all admitted them. Where
    hidden_times and phantom_times are 0, used_times can be told exactly; where
    doubtful_sole_times is 0 too, sole_times can.
    """

    used_times: int = 0
    sole_times: int = 0
    lost_times: int = 0
    unlogged_times: int = 0
    former_times: int = 0
    hidden_times: int = 0
    phantom_times: int = 0
    doubtful_sole_times: int = 0

    @property
    def was_used(self) -> bool:
        """Did it admit any traffic, logged or not, such as it is now?"""
        return self.used_times + self.lost_times + self.unlogged_times > 0

    @property
    def proven_times(self) -> int:
        return self.used_times - self.hidden_times

    @property
    def is_certain(self) -> bool:
        """Can used_times be told exactly from logs and snapshot?"""
        return self.hidden_times == self.phantom_times == 0

    def add(self, other: RuleTruth) -> None:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Admitted:
    """Which rules admitted a conversation when it was opened; remembers each answer."""

    def __init__(self, history: History) -> None:
        self.history = history
        self._known: dict[tuple[int, str, Request], frozenset[str]] = {}

    def rules(self, conversation: Conversation) -> frozenset[str]:
        """None for an error about another conversation, for which no rule is asked."""
        if conversation.is_related:
            return frozenset()
        network = self.history.at(conversation.opened)
        key = (id(network), conversation.interface_id, conversation.request)
        if key not in self._known:
            rules = admitting_rules(network, network.interface[key[1]], key[2])
            self._known[key] = frozenset(rule.rule_id for rule in rules)
        return self._known[key]

    def former(self, conversation: Conversation) -> frozenset[str]:
        """The rules that have become others since it was opened; deleted ones have not."""
        rules = self.history.at(conversation.opened).rule
        return frozenset(
            rule_id for rule_id, last in self._changed.items() if rules.get(rule_id) != last
        )

    @cached_property
    def _changed(self) -> dict[str, Rule]:
        """Those that ever changed, as they are now."""
        return {
            rule_id: rule
            for rule_id, rule in self.history.last.rule.items()
            if any(network.rule.get(rule_id) != rule for network in self.history.networks)
        }


Truth = dict[date, dict[str, RuleTruth]]


def truth_by_day(
    history: History, logs: Logs, days: Iterable[date], log_format: FlowLogFormat
) -> Truth:
    """For each day and each rule there ever was the truth, and what such logs leave open."""
    rule_ids = {rule.rule_id: None for network in history.networks for rule in network.rules}
    truth: Truth = {day: {rule_id: RuleTruth() for rule_id in rule_ids} for day in days}
    evidence = Evidence(history, log_format)
    admitted = Admitted(history)
    for day, records in _accepted_by_day(logs.records, truth).items():
        replied: list[tuple[frozenset[str], frozenset[str]]] = []
        for use in _uses(records):
            used, former = admitted.rules(use.conversation), admitted.former(use.conversation)
            proven, possible = evidence.of(
                use.conversation, opening_seen=use.opening_seen, peer_heard=use.peer_heard
            )
            _credit(truth[day], use, used, former)
            _doubt(truth[day], use, used - former, proven, possible)
            replied += [] if use.requests else [(used - former, proven)]
        _credit_replies(truth[day], replied)
    for day, rule_id, times in _missing(logs.lost, truth, admitted):
        truth[day][rule_id].lost_times += times
    for day, rule_id, times in _missing(logs.unlogged, truth, admitted):
        truth[day][rule_id].unlogged_times += times
    return truth


def _missing(
    records: Iterable[Record], days: Collection[date], admitted: Admitted
) -> Iterator[tuple[date, str, int]]:
    """(day, rule, times) of uses of which there is no record."""
    for day, of_day in _accepted_by_day(records, days).items():
        for use in _uses(of_day):
            for rule_id in admitted.rules(use.conversation) - admitted.former(use.conversation):
                yield day, rule_id, max(use.requests, 1)


def total(truth: Truth) -> dict[str, RuleTruth]:
    """The days added up."""
    totals: dict[str, RuleTruth] = defaultdict(RuleTruth)
    for rules in truth.values():
        for rule_id, counts in rules.items():
            totals[rule_id].add(counts)
    return dict(totals)


@dataclass(frozen=True)
class _Use:
    """A day's share of a conversation. `opening_seen`: SYN or SYN-ACK among its flags;
    `peer_heard`: some of its records are of packets towards the interface."""

    conversation: Conversation
    requests: int
    opening_seen: bool
    peer_heard: bool


def _accepted_by_day(records: Iterable[Record], days: Collection[date]) -> dict[date, list[Record]]:
    by_day: dict[date, list[Record]] = defaultdict(list)
    for record in records:
        if record.conversation and record.flow and record.flow.action == "ACCEPT":
            by_day[record.day].append(record)
    return {day: of_day for day, of_day in by_day.items() if day in days}


def _uses(records: list[Record]) -> Iterator[_Use]:
    conversations: dict[Conversation, list[Record]] = defaultdict(list)
    for record in records:
        assert record.conversation is not None
        conversations[record.conversation].append(record)
    for conversation, members in conversations.items():
        requests = sum(record.is_request for record in members)
        opening_seen = any(_shows_opening(member) for member in members)
        peer_heard = any(member.flow and member.flow.direction == "ingress" for member in members)
        yield _Use(conversation, requests, opening_seen, peer_heard)


def _shows_opening(record: Record) -> bool:
    if record.is_request:
        return bool(record.flags & SYN)
    return record.flags & SYN_ACK == SYN_ACK


def _credit(
    day: dict[str, RuleTruth], use: _Use, used: frozenset[str], former: frozenset[str]
) -> None:
    for rule_id in used & former:
        day[rule_id].former_times += max(use.requests, 1)
    for rule_id in used - former:
        day[rule_id].used_times += use.requests
        day[rule_id].sole_times += use.requests if len(used) == 1 else 0


def _credit_replies(
    day: dict[str, RuleTruth], replied: list[tuple[frozenset[str], frozenset[str]]]
) -> None:
    """Rules with nothing but replies have one use, hidden if none of these proves it.

    `replied`: the rules that admitted a conversation, and those of them that it proves.
    """
    alone = {rule_id for used, _ in replied for rule_id in used if not day[rule_id].used_times}
    proven = {rule_id for _, rules in replied for rule_id in rules}
    for rule_id in alone:
        day[rule_id].used_times = 1
        day[rule_id].hidden_times = 0 if rule_id in proven else 1
    for used, _ in replied:
        for rule_id in used if len(used) == 1 else ():
            day[rule_id].sole_times = max(day[rule_id].sole_times, 1)


def _doubt(
    day: dict[str, RuleTruth],
    use: _Use,
    used: frozenset[str],
    proven: frozenset[str],
    possible: frozenset[str],
) -> None:
    times = max(use.requests, 1)
    for rule_id in used - proven:
        day[rule_id].hidden_times += use.requests
    for rule_id in possible - used:
        day[rule_id].phantom_times += times
    if proven != possible or proven != used:
        for rule_id in used | possible:
            day[rule_id].doubtful_sole_times += times
