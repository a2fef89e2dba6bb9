"""What the usage table says of a rule, as findings and plans need it."""

from collections.abc import Iterable
from dataclasses import dataclass

from aws_network.usage.judging import RuleUsage


@dataclass(frozen=True)
class RuleUse:
    """A rule over the window; counts are sums over its days."""

    status: str
    status_reason: str = ""
    reason_code: str = ""
    used_times: int = 0
    sole_times: int = 0
    ambiguous_times: int = 0
    days_used: int = 0
    days_attached: int = 0
    days_observed: int = 0
    is_steady: bool = False
    """Was it there, as it is now, on every day of the window?"""
    last_used: str | None = None
    first_seen: str | None = None
    is_fully_observed: bool = False
    """Would silence have meant that nothing used it? Then what was seen is all there was."""

    @property
    def was_used(self) -> bool:
        """Did it surely admit something in the window? An exempt rule is left alone."""
        return self.status in ("used", "rarely_used")


def rule_uses(usages: Iterable[RuleUsage]) -> dict[str, RuleUse]:
    """Rule id to its use; without rules that are gone."""
    return {usage.rule.rule_id: _rule_use(usage) for usage in usages if not usage.rule.gone_since}


def _rule_use(usage: RuleUsage) -> RuleUse:
    counts = usage.counts
    return RuleUse(
        status=usage.status,
        status_reason=usage.reason,
        reason_code=usage.reason_code,
        used_times=counts.used_times,
        sole_times=counts.sole_times,
        ambiguous_times=counts.ambiguous_times,
        days_used=counts.days_used,
        days_attached=counts.days_attached,
        days_observed=counts.days_observed,
        last_used=counts.last_used,
        first_seen=usage.rule.first_seen,
        is_steady=usage.is_steady,
        is_fully_observed=usage.is_fully_observed,
    )
