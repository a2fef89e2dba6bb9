"""A rule with its usage over the window: one item of the usage table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from aws_network.network.rules import peer_text, traffic_text
from aws_network.usage.statuses import ReasonCode, Status
from report.statuses import ATTENTION, STATUS_TEXTS
from report.wording import named


@dataclass(frozen=True)
class RuleUsage:
    """A current rule. Counts are sums over [window_from, window_to], both inclusive UTC days."""

    sg_rule_id: str
    sg_id: str
    sg_name: str
    protocol: str
    ports: str
    flow_direction: str
    source: str
    description: str
    used_times: int
    sole_times: int
    ambiguous_times: int
    days_used: int
    days_observed: int
    last_used: date | None
    status: Status
    reason_code: ReasonCode
    reason: str
    judged_status: Status
    """The status that the rule would have if it were not exempt."""
    account_id: str
    region: str
    vpc_id: str
    window_from: date
    window_to: date
    first_seen: date | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    rule_version: str | None = None
    """Digest of what the rule admits; None for items of earlier releases."""
    source_name: str = ""
    """The name of the source where it is a known group or prefix list."""
    vpc_name: str = ""
    managed_by: str = ""
    """What manages the rule instead of a person; empty where nothing is known to."""
    findings: tuple[str, ...] = ()
    """Kinds of aws_network.findings, such as `shadowed`."""
    owner: str = ""

    @property
    def attention(self) -> tuple[int, str, int, str, str, str]:
        """Sort key: by status, unused first; then never-used rules, then the oldest last use."""
        last = self.last_used.isoformat() if self.last_used else ""
        rank = ATTENTION[self.status]
        return (rank, last, self.used_times, self.sg_name, self.sg_id, self.sg_rule_id)

    @property
    def is_stale(self) -> bool:
        """Whether the rule is unused, whoever manages it."""
        return self.status is Status.UNUSED

    @property
    def is_removable(self) -> bool:
        """Whether the report suggests to remove the rule."""
        return self.is_stale and not self.managed_by

    @property
    def status_label(self) -> str:
        """The status as people read it, such as "Rarely used"."""
        return STATUS_TEXTS[self.status].label

    @property
    def traffic(self) -> str:
        """What the rule lets through, as "tcp 443", "icmp" or "all traffic"."""
        return traffic_text(self.protocol, self.ports)

    @property
    def peer(self) -> str:
        """The other side, as "from 192.0.2.0/24" or "to web (sg-0123)"."""
        return peer_text(self.flow_direction, named(self.source_name, self.source))

    @property
    def group(self) -> str:
        """The group's name, or its id where it has none."""
        return self.sg_name or self.sg_id


def is_current(item: Mapping[str, Any]) -> bool:
    """Whether the rule of this usage item still exists."""
    return item.get("gone_since") is None


def from_usage_item(item: Mapping[str, Any]) -> RuleUsage:
    """Shape one item of the usage table.

    Raises KeyError when a required attribute is missing, ValueError for an unknown status or code.
    """
    return RuleUsage(
        sg_rule_id=item["sg_rule_id"],
        sg_id=item["sg_id"],
        sg_name=item.get("sg_name", ""),
        protocol=item["protocol"],
        ports=item["ports"],
        flow_direction=item["flow_direction"],
        source=item["source"],
        description=item.get("description", ""),
        used_times=int(item["used_times"]),
        sole_times=int(item["sole_times"]),
        ambiguous_times=int(item["ambiguous_times"]),
        days_used=int(item["days_used"]),
        days_observed=int(item["days_observed"]),
        last_used=_day(item.get("sg_rule_last_used")),
        status=Status(item["status"]),
        reason_code=ReasonCode(item["reason_code"]),
        reason=item["status_reason"],
        judged_status=Status(item["judged_status"]),
        account_id=item["account_id"],
        region=item["region"],
        vpc_id=item.get("vpc_id", ""),
        window_from=date.fromisoformat(item["window_from"]),
        window_to=date.fromisoformat(item["window_to"]),
        first_seen=_day(item.get("first_seen")),
        tags=dict(item.get("tags", {})),
        rule_version=item.get("rule_version"),
        source_name=item.get("source_name", ""),
        vpc_name=item.get("vpc_name", ""),
        managed_by=item.get("managed_by", ""),
        owner=item.get("owner", ""),
        findings=tuple(filter(None, item.get("findings", "").split(","))),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
