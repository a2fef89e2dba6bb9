"""The truth: per day and rule, the request records that it admitted, and what logs can't prove.

A record is a *use* of every rule, of all groups of its interface, that admits it: an ACCEPT record
in the direction in which the conversation was opened. When of one day, interface, direction of
opening, protocol, service port and peer only ACCEPT replies were logged, that is one use.

Some uses cannot be proved from logs and a snapshot of the inventory. They are counted apart, so
that a judge can be exact where exactness is possible and only asks for caution elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from simulation.connections import SYN, SYN_ACK
from simulation.network import OTHER_DIRECTION, GroupMembers, Interface, Network, Rule
from simulation.records import Conversation, Record
from simulation.security import (
    TCP,
    UDP,
    Request,
    admitting_rules,
    fits_peer,
    fits_service,
    rules_of_interface,
)
from simulation.traffic import Logs


@dataclass
class RuleTruth:
    """What one rule did in one day (or, added up, in several).

    used_times: request records in the logs that it admitted; sole_times: those that no other rule
    of the interface admitted. lost_times: such records that SKIPDATA or a missing flow log lost.

    hidden_times: of used_times, those for which logs and snapshot leave open whether this rule
    admitted them. phantom_times: requests that it did not admit, for which they leave it open.
    doubtful_sole_times: requests of which they leave open who all admitted them. Where
    hidden_times and phantom_times are 0, used_times can be told exactly; where
    doubtful_sole_times is 0 too, sole_times can.
    """

    used_times: int = 0
    sole_times: int = 0
    lost_times: int = 0
    hidden_times: int = 0
    phantom_times: int = 0
    doubtful_sole_times: int = 0

    @property
    def was_used(self) -> bool:
        """Did any traffic need it or a duplicate of it, logged or not?"""
        return self.used_times + self.lost_times > 0

    @property
    def proven_times(self) -> int:
        return self.used_times - self.hidden_times

    def add(self, other: RuleTruth) -> None:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))


Truth = dict[date, dict[str, RuleTruth]]


def truth_by_day(network: Network, logs: Logs, days: Iterable[date], *, has_flags: bool) -> Truth:
    """For each day and rule of the network the truth, for logs with or without tcp-flags."""
    truth: Truth = {day: {rule.rule_id: RuleTruth() for rule in network.rules} for day in days}
    judge = _Judge(network, has_flags)
    for day, records in _accepted_by_day(logs.records).items():
        for conversation, times, evidence in _uses(records):
            judge.credit(truth[day], conversation, times, evidence)
    for day, records in _accepted_by_day(logs.lost).items():
        for conversation, times, _ in _uses(records):
            for rule in judge.admitting(conversation):
                truth[day][rule.rule_id].lost_times += times
    return truth


def total(truth: Truth) -> dict[str, RuleTruth]:
    """The days added up."""
    totals: dict[str, RuleTruth] = defaultdict(RuleTruth)
    for rules in truth.values():
        for rule_id, counts in rules.items():
            totals[rule_id].add(counts)
    return dict(totals)


def _accepted_by_day(records: Iterable[Record]) -> dict[date, list[Record]]:
    days: dict[date, list[Record]] = defaultdict(list)
    for record in records:
        if record.conversation and record.flow and record.flow.action == "ACCEPT":
            days[record.day].append(record)
    return days


def _uses(records: list[Record]) -> Iterable[tuple[Conversation, int, int]]:
    """A day's conversations, how many uses each is, and its TCP evidence: ORed flags, of requests
    as they are, of replies only SYN-ACK."""
    conversations: dict[Conversation, list[Record]] = defaultdict(list)
    requested: set[tuple[str, Request]] = set()
    for record in records:
        assert record.conversation is not None
        conversations[record.conversation].append(record)
        if record.is_request:
            requested.add((record.interface.interface_id, record.conversation.request))
    for conversation, members in conversations.items():
        key = (conversation.interface_id, conversation.request)
        times = sum(record.is_request for record in members)
        if not times and key not in requested:
            times = 1
            requested.add(key)
        if times:
            yield conversation, times, _evidence(members)


def _evidence(records: list[Record]) -> int:
    flags = 0
    for record in records:
        shows_opening = record.flags & SYN if record.is_request else record.flags & SYN_ACK == 18
        flags |= SYN if shows_opening else 0
    return flags


class _Judge:
    """Credits one conversation at a time; remembers what it found out about each request."""

    def __init__(self, network: Network, has_flags: bool) -> None:
        self.network = network
        self.has_flags = has_flags
        self._admitting: dict[tuple[str, Request], list[Rule]] = {}
        self._possible: dict[tuple[str, Request], set[str]] = {}

    def admitting(self, conversation: Conversation) -> list[Rule]:
        key = (conversation.interface_id, conversation.request)
        if key not in self._admitting:
            interface = self.network.interface[key[0]]
            self._admitting[key] = admitting_rules(self.network, interface, key[1])
        return self._admitting[key]

    def credit(
        self,
        day: dict[str, RuleTruth],
        conversation: Conversation,
        times: int,
        flags: int,
    ) -> None:
        used = {rule.rule_id for rule in self.admitting(conversation)}
        for rule_id in used:
            day[rule_id].used_times += times
            day[rule_id].sole_times += times if len(used) == 1 else 0
        proven, possible = self._readings(conversation, bool(flags & SYN))
        for rule_id in used - proven:
            day[rule_id].hidden_times += times
        for rule_id in possible - used:
            day[rule_id].phantom_times += times
        if proven != possible or proven != used:
            for rule_id in used | possible:
                day[rule_id].doubtful_sole_times += times

    def _readings(
        self, conversation: Conversation, opening_seen: bool
    ) -> tuple[set[str], set[str]]:
        """The rules that logs and snapshot prove to have admitted it, and those that may have."""
        request = conversation.request
        interface = self.network.interface[conversation.interface_id]
        reverse = None
        if not self._is_evident(conversation, opening_seen):
            port = conversation.client_port
            reverse = replace(request, direction=OTHER_DIRECTION[request.direction], port=port)
        if not interface.in_snapshot:
            own = conversation.own_address
            readings = [request, reverse] if reverse else [request]
            return set(), set().union(*(self._in_region(each, own) for each in readings))
        reversed_rules = self._reversed(conversation, interface, reverse) if reverse else set()
        proven = set() if reversed_rules else self._provably(interface, request)
        return proven, self._possibly(interface, request) | reversed_rules

    def _reversed(
        self, conversation: Conversation, interface: Interface, reverse: Request
    ) -> set[str]:
        """The rules that may admit the conversation if the other end opened it; none if that end
        is a known interface whose own rules exclude it."""
        other_end = self.network.interface_at(reverse.peer)
        if other_end and other_end.in_snapshot:
            direction = OTHER_DIRECTION[reverse.direction]
            mirrored = replace(reverse, direction=direction, peer=conversation.own_address)
            if not self._possibly(other_end, mirrored):
                return set()
        return self._possibly(interface, reverse)

    def _is_evident(self, conversation: Conversation, opening_seen: bool) -> bool:
        """Does anything but the rules show who opened it: flags, or one well-known port?"""
        request = conversation.request
        if request.protocol == TCP and self.has_flags and opening_seen:
            return True
        return request.protocol in (TCP, UDP) and request.port < 1024 <= conversation.client_port

    def _possibly(self, interface: Interface, request: Request) -> set[str]:
        key = (interface.interface_id, request)
        if key not in self._possible:
            rules = rules_of_interface(self.network, interface, request.direction)
            self._possible[key] = {r.rule_id for r in rules if self._may_admit(r, request)}
        return self._possible[key]

    def _provably(self, interface: Interface, request: Request) -> set[str]:
        rules = rules_of_interface(self.network, interface, request.direction)
        return {rule.rule_id for rule in rules if self._is_known_to_admit(rule, request)}

    def _in_region(self, request: Request, own_address: str) -> set[str]:
        """Rules that may admit a request seen by an interface whose groups nobody knows. Without
        flow-direction the log does not even tell which end the interface is."""
        return {
            rule.rule_id
            for rule in self.network.rules
            for peer in (request.peer, own_address)
            if self._may_admit(rule, replace(request, peer=peer))
        }

    def _is_known_to_admit(self, rule: Rule, request: Request) -> bool:
        if not fits_service(rule, request, by_icmp_type=False):
            return False
        if isinstance(rule.peer, GroupMembers) and not self._is_known(request.peer):
            return False
        return fits_peer(self.network, rule, request.peer)

    def _may_admit(self, rule: Rule, request: Request) -> bool:
        """A group's members are known only as far as the snapshot goes: whoever holds an address
        that no interface of the snapshot holds may have carried any group."""
        if not fits_service(rule, request, by_icmp_type=False):
            return False
        if isinstance(rule.peer, GroupMembers) and not self._is_known(request.peer):
            return True
        return fits_peer(self.network, rule, request.peer)

    def _is_known(self, address: str) -> bool:
        member = self.network.interface_at(address)
        return member is not None and member.in_snapshot
