"""The last word on a rule of the rules table: its verdict, unless it is exempt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from aws_network.usage.exemptions import Exempted, Exemptions, Named, exempted
from aws_network.usage.rule_facts import AccountFacts
from aws_network.usage.verdicts import Limits, RuleCounts, Status, Verdict, Window, verdict


@dataclass(frozen=True)
class Judgement:
    """A status with its reason; `judged_status` is what an exempt rule would have been."""

    status: Status
    reason_code: str
    reason: str
    judged_status: Status


@dataclass(frozen=True)
class Judge:
    """All that a judgement rests on, beside a rule and its counts."""

    window: Window
    limits: Limits
    exemptions: Exemptions
    account: AccountFacts

    def on(self, rule: Mapping[str, Any], counts: RuleCounts) -> Judgement:
        """The judgement on an item of the rules table."""
        facts = self.account.of(
            rule["sg_rule_id"],
            rule["security_group_id"],
            rule["security_group_region"],
            rule.get("version_since", rule.get("first_seen")),
        )
        judged = verdict(counts, self.window, facts, self.limits)
        last_day = date.fromisoformat(self.window.last)
        exemption = exempted(self._named(rule), self.exemptions, last_day)
        return _with_exemption(judged, exemption, last_day)

    def _named(self, rule: Mapping[str, Any]) -> Named:
        return Named(
            rule_id=rule["sg_rule_id"],
            group_id=rule["security_group_id"],
            group_name=rule["security_group_name"],
            description=rule.get("description", ""),
            rule_tags=rule.get("tags"),
            group_tags=self.account.group_tags.get(rule["security_group_id"]),
        )


def _with_exemption(judged: Verdict, exemption: Exempted | None, day: date) -> Judgement:
    """An exemption that has ended is told, and changes nothing."""
    if exemption is None:
        return Judgement(judged.status, judged.reason_code, judged.reason, judged.status)
    until = f" (until {exemption.until})" if exemption.until else ""
    if exemption.holds_on(day):
        reason = f"exempt by {exemption.why}{until}; without it {_words(judged)}: {judged.reason}"
        return Judgement("exempt", exemption.code, reason, judged.status)
    reason = f"{judged.reason}; its exemption by {exemption.why} ended on {exemption.until}"
    return Judgement(judged.status, judged.reason_code, reason, judged.status)


def _words(judged: Verdict) -> str:
    return judged.status.replace("_", " ")
