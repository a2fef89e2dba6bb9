"""What the usage table says of a rule, as findings and plans need it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


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


def rule_uses(items: Iterable[Mapping[str, Any]]) -> dict[str, RuleUse]:
    """Rule id to its use, from the items of the usage table; without rules that are gone."""
    return {item["sg_rule_id"]: _rule_use(item) for item in items if not item.get("gone_since")}


def _rule_use(item: Mapping[str, Any]) -> RuleUse:
    return RuleUse(
        status=item["status"],
        status_reason=item["status_reason"],
        reason_code=item.get("reason_code", item["status"]),
        used_times=int(item["used_times"]),
        sole_times=int(item["sole_times"]),
        ambiguous_times=int(item["ambiguous_times"]),
        days_used=int(item["days_used"]),
        days_attached=int(item.get("days_attached", 0)),
        days_observed=int(item["days_observed"]),
        last_used=item.get("sg_rule_last_used"),
        first_seen=item.get("first_seen"),
        is_steady=bool(item.get("is_steady", False)),
        is_fully_observed=bool(item.get("is_fully_observed", False)),
    )
