"""The rules of an account over time: what each says now, since when, and whether it is gone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from aws_network.network.groups import SecurityGroup
from aws_network.network.rules import SecurityGroupRule
from aws_network.network.snapshot import Snapshot


@dataclass(frozen=True)
class TrackedRule:
    """A rule as the rules table keeps it. Days are texts, YYYY-MM-DD, in UTC."""

    rule_id: str
    group_id: str
    group_name: str
    region: str
    direction: str
    protocol: str
    ports: str
    source: str
    version: str | None = None
    """None for a rule that was stored before versions were kept."""
    account_id: str | None = None
    vpc_id: str | None = None
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    first_seen: str | None = None
    last_seen: str | None = None
    version_since: str | None = None
    """The day of the first snapshot that had the rule as it is now."""
    gone_since: str | None = None
    expires_at: int | None = None
    """Epoch seconds at which DynamoDB deletes the item of a rule that is gone."""

    @property
    def known_since(self) -> str | None:
        """The first day on which the rule was seen as it is now."""
        return self.version_since or self.first_seen


@dataclass(frozen=True)
class TrackedRules:
    """The rules after a snapshot: those that are there, and those that are gone since the last."""

    current: tuple[TrackedRule, ...]
    newly_gone: tuple[TrackedRule, ...]


def track(
    snapshot: Snapshot,
    stored: Iterable[TrackedRule],
    day: date,
    regions: Iterable[str],
    retention_days: int,
) -> TrackedRules:
    """Compares a snapshot of `regions`, taken on a day, with what was stored before."""
    known = {rule.rule_id: rule for rule in stored}
    groups = {group.group_id: group for group in snapshot.groups}
    current = [
        tracked(rule, groups.get(rule.group_id), known.get(rule.rule_id), day)
        for rule in snapshot.rules
    ]
    there, looked_at = {rule.rule_id for rule in current}, set(regions)
    gone = [
        marked_gone(rule, day, retention_days)
        for rule in known.values()
        if rule.rule_id not in there and not rule.gone_since and rule.region in looked_at
    ]
    return TrackedRules(tuple(current), tuple(gone))


def tracked(
    rule: SecurityGroupRule, group: SecurityGroup | None, stored: TrackedRule | None, day: date
) -> TrackedRule:
    """A rule of a snapshot, with what the rules table knew of it."""
    return TrackedRule(
        rule_id=rule.rule_id,
        group_id=rule.group_id,
        group_name=group.name if group else rule.group_id,
        region=rule.region,
        direction=rule.direction,
        protocol=rule.protocol_text,
        ports=rule.ports_text,
        source=rule.source.value,
        version=rule.version,
        account_id=rule.account_id,
        vpc_id=group.vpc_id if group else None,
        description=rule.description,
        tags=dict(rule.tags),
        first_seen=_earlier(day, stored.first_seen if stored else None),
        last_seen=max(str(day), (stored.last_seen if stored else None) or ""),
        version_since=_version_since(rule, stored, day),
    )


def _version_since(rule: SecurityGroupRule, stored: TrackedRule | None, day: date) -> str:
    """What was stored before there were versions is taken to be as it is now."""
    if stored is None or (stored.version or rule.version) != rule.version:
        return str(day)
    return _earlier(day, stored.known_since)


def _earlier(day: date, stored: str | None) -> str:
    return min(str(day), stored) if stored else str(day)


def marked_gone(rule: TrackedRule, day: date, retention_days: int) -> TrackedRule:
    """A stored rule that the account no longer has: marked now, deleted when it expires."""
    expiry = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=retention_days)
    return replace(rule, gone_since=str(day), expires_at=int(expiry.timestamp()))
