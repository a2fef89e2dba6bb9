"""What the usage table holds: a rule, its counts in the window, and the last word on it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from aws_network.findings import Kind
from aws_network.usage.judgement import Judge
from aws_network.usage.verdicts import RuleCounts


def usage_item(rule: Mapping[str, Any], counts: RuleCounts, judge: Judge) -> dict[str, Any]:
    """A rule of the rules table and its counts, as the usage table holds them."""
    judged = judge.on(rule, counts)
    item = {
        "sg_rule_id": rule["sg_rule_id"],
        "rule_version": rule.get("rule_version"),
        "sg_id": rule["security_group_id"],
        "sg_name": rule["security_group_name"],
        "protocol": rule["sg_rule_protocol"],
        "ports": rule["sg_rule_ports"],
        "flow_direction": rule["sg_rule_direction"],
        "source": rule["security_group_src"],
        "region": rule["security_group_region"],
        **{name: rule.get(name) for name in ("account_id", "vpc_id", "description", "tags")},
        **{name: rule.get(name) for name in ("first_seen", "version_since", "gone_since")},
        "expires_at": rule.get("expires_at"),
        "used_times": counts.used_times,
        "sole_times": counts.sole_times,
        "ambiguous_times": counts.ambiguous_times,
        "days_used": counts.days_used,
        "days_ambiguous": counts.days_ambiguous,
        "days_attached": counts.days_attached,
        "days_observed": counts.days_observed,
        "sg_rule_last_used": counts.last_used,
        "status": judged.status,
        "reason_code": judged.reason_code,
        "status_reason": judged.reason,
        "judged_status": judged.judged_status,
        "is_steady": counts.days_known == judge.window.analysed_days,
        "is_fully_observed": is_fully_observed(rule, counts, judge),
        "window_from": judge.window.first,
        "window_to": judge.window.last,
    }
    return {name: value for name, value in item.items() if value is not None}


def is_fully_observed(rule: Mapping[str, Any], counts: RuleCounts, judge: Judge) -> bool:
    """Would silence have meant that nothing used it? Then what was seen of it is all there was."""
    silent = replace(counts, used_times=0, sole_times=0, ambiguous_times=0)
    return judge.on(rule, silent).judged_status == "unused"


def with_findings(item: Mapping[str, Any], kinds: Mapping[str, Sequence[Kind]]) -> dict[str, Any]:
    """The item, and the kinds of its findings as a comma list; rules that are gone have none."""
    found = kinds.get(item["sg_rule_id"])
    return {**item, **({"findings": ",".join(found)} if found else {})}
