"""The usage of a rule, as judging a window gives it to findings and plans."""

from typing import Any

from aws_network.flow_logs.window import Window
from aws_network.usage.judging import RuleUsage
from aws_network.usage.statuses import ReasonCode
from aws_network.usage.tracked_rules import TrackedRule
from aws_network.usage.verdicts import RuleCounts

WINDOW = Window("2026-11-01", "2026-11-30")


def usage_of(
    code: ReasonCode = ReasonCode.USED,
    rule_id: str = "sgr-1",
    gone_since: str | None = None,
    is_fully_observed: bool = True,
    **counts: Any,
) -> RuleUsage:
    """A rule that was there on every day, and observed; `counts` as those of RuleCounts."""
    rule = TrackedRule(
        rule_id, "sg-web", "web", "us-east-1", "ingress", "tcp", "443", "0.0.0.0/0",
        first_seen="2026-10-01", gone_since=gone_since,
    )  # fmt: skip
    days = dict.fromkeys(("days_known", "days_attached", "days_observed"), 30)
    counted = RuleCounts(**{**days, **counts})
    reason = f"it is {code.status}"
    return RuleUsage(rule, counted, WINDOW, code, reason, code.status, is_fully_observed)
