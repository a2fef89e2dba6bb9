"""Writes the results of a day to the lake: one object per table, the usage last.

A day that has its usage has all other results.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from aws_network.flow_logs import objects
from aws_network.stores.lake import Lake
from aws_network.stores.lake_tables import (
    ADMITTING_SETS_DAILY,
    FLOW_COVERAGE_DAILY,
    FLOW_LOG_COVERAGE_DAILY,
    FLOW_UNREADABLE_DAILY,
    OBSERVED_REQUESTS_DAILY,
    RULE_EVIDENCE_DAILY,
    RULE_USAGE_DAILY,
    VPC_COVERAGE_DAILY,
)
from aws_network.usage.analysis import DayResults
from aws_network.usage.daily_usage import RuleDay


def put_day(lake: Lake, day: date, results: DayResults, source: str) -> None:
    """Replaces a day in every daily table; the usage names the source, the query's manifest."""
    lake.put_rows(FLOW_UNREADABLE_DAILY, day, objects.to_rows(results.unreadable))
    lake.put_rows(FLOW_COVERAGE_DAILY, day, _rows(results.coverage))
    lake.put_rows(VPC_COVERAGE_DAILY, day, _rows(results.vpcs))
    lake.put_rows(FLOW_LOG_COVERAGE_DAILY, day, _rows(results.flow_logs))
    lake.put_rows(OBSERVED_REQUESTS_DAILY, day, _rows(results.requests))
    lake.put_rows(ADMITTING_SETS_DAILY, day, _rows(results.admitting_sets))
    lake.put_rows(RULE_EVIDENCE_DAILY, day, _rows(results.evidence))
    usage = map(usage_row, results.usage)
    lake.put_rows_of(source, RULE_USAGE_DAILY.day_key(day), RULE_USAGE_DAILY, usage)


def is_outdated(lake: Lake, day: date) -> bool:
    """Has a day been queried again since its results were made?"""
    manifest = lake.manifest(day)
    source = lake.source_of(RULE_USAGE_DAILY.day_key(day))
    return manifest is not None and source is not None and source != manifest_digest(manifest)


def manifest_digest(manifest: Mapping[str, Any]) -> str:
    """What the results of a day name as their source."""
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _rows(values: Iterable[Any]) -> list[dict[str, Any]]:
    return [asdict(value) for value in values]


def usage_row(of: RuleDay) -> dict[str, Any]:
    """A rule's day as a row of sg_rule_usage_daily."""
    rule, group = of.rule, of.group
    return {
        "sg_rule_id": rule.rule_id,
        "rule_version": rule.version,
        "sg_id": rule.group_id,
        "sg_name": group.name if group else None,
        "account_id": rule.account_id,
        "region": rule.region,
        "vpc_id": group.vpc_id if group else None,
        "flow_direction": rule.direction,
        "protocol": rule.protocol_text,
        "ports": rule.ports_text,
        "source": rule.source.value,
        "description": rule.description,
        "used_times": of.uses.used_times,
        "sole_times": of.uses.sole_times,
        "ambiguous_times": of.uses.ambiguous_times,
        "interfaces": of.observed.interfaces,
        "interfaces_logged": of.observed.logged,
        "interfaces_complete": of.observed.complete,
        "interfaces_skipped": of.observed.lost,
        "interfaces_rejects_only": of.observed.rejects_only,
        "interfaces_active": of.observed.active,
        "never_logged": of.never_logged,
    }
