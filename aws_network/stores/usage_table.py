"""The DynamoDB table of usage: a RuleUsage as an item, which is also a row of sg_rule_verdicts."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_network.findings import Kind
from aws_network.usage.judging import RuleUsage


def usage_item(
    usage: RuleUsage,
    findings: Mapping[str, Sequence[Kind]],
    names: Mapping[str, str],
    managers: Mapping[str, str],
) -> dict[str, Any]:
    """A rule's usage as an item; an attribute that has no value is absent.

    `findings` has the kinds of findings by rule id, `managers` what manages a rule; `names`: see
    network/names.py.
    """
    kinds = findings.get(usage.rule.rule_id)
    item = {
        **_of_the_rule(usage),
        "source_name": names.get(usage.rule.source),
        "vpc_name": names.get(usage.rule.vpc_id or ""),
        "managed_by": managers.get(usage.rule.rule_id),
        **_of_the_counts(usage),
        "status": usage.status,
        "reason_code": usage.reason_code,
        "status_reason": usage.reason,
        "judged_status": usage.judged_status,
        "is_steady": usage.is_steady,
        "is_fully_observed": usage.is_fully_observed,
        "window_from": usage.window.first,
        "window_to": usage.window.last,
        "findings": ",".join(kinds) if kinds else None,
    }
    return {name: value for name, value in item.items() if value is not None}


def _of_the_rule(usage: RuleUsage) -> dict[str, Any]:
    rule = usage.rule
    return {
        "sg_rule_id": rule.rule_id,
        "rule_version": rule.version,
        "sg_id": rule.group_id,
        "sg_name": rule.group_name,
        "protocol": rule.protocol,
        "ports": rule.ports,
        "flow_direction": rule.direction,
        "source": rule.source,
        "region": rule.region,
        "account_id": rule.account_id,
        "vpc_id": rule.vpc_id,
        "description": rule.description,
        "tags": dict(rule.tags),
        "owner": usage.owner,
        "first_seen": rule.first_seen,
        "version_since": rule.version_since,
        "gone_since": rule.gone_since,
        "expires_at": rule.expires_at,
    }


def _of_the_counts(usage: RuleUsage) -> dict[str, Any]:
    counts = usage.counts
    return {
        "used_times": counts.used_times,
        "sole_times": counts.sole_times,
        "ambiguous_times": counts.ambiguous_times,
        "days_used": counts.days_used,
        "days_ambiguous": counts.days_ambiguous,
        "days_attached": counts.days_attached,
        "days_observed": counts.days_observed,
        "sg_rule_last_used": counts.last_used,
    }
