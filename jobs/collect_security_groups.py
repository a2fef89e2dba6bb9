"""Glue job 1: collect every security group rule, group, network interface and prefix list.

The snapshot goes into the lake, under the UTC day on which it was taken; the rules also go into the
rules table. A rule that disappeared stays there, marked, until it expires.
"""

import logging
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import boto3
from awsglue.utils import getResolvedOptions
from botocore.config import Config
from botocore.exceptions import ClientError

from aws_network.flow_logs.days import parse_days, parse_time
from aws_network.network.groups import SecurityGroup, group_from_api
from aws_network.network.interfaces import NetworkInterface, interface_from_api
from aws_network.network.prefix_lists import PrefixList, prefix_list_from_api
from aws_network.network.rules import SecurityGroupRule, rule_from_api
from aws_network.network.snapshot import Snapshot
from aws_network.stores.configured_resource_apis import configured_resources
from aws_network.stores.dynamodb import all_items, put_items
from aws_network.stores.lake import Lake
from aws_network.stores.retries import PATIENT

logger = logging.getLogger("collect_security_groups")


@dataclass(frozen=True)
class Settings:
    """The job's arguments, checked."""

    rules_table: str
    lake_bucket: str
    regions: tuple[str, ...]
    snapshot_time: datetime
    retention_days: int
    check_configured_resources: bool


def main(arguments: list[str]) -> None:
    """Takes the snapshot and stores it: first in the lake, then in the rules table."""
    settings = read_settings(arguments)
    day = settings.snapshot_time.date()
    snapshot = take_snapshot(settings.regions)
    if settings.check_configured_resources:
        snapshot = replace(
            snapshot, configured=configured_resources(settings.regions, hasty_client)
        )
    lake = Lake(boto3.client("s3", config=PATIENT), settings.lake_bucket)
    lake.put_snapshot(day, snapshot, settings.snapshot_time, facts(snapshot, settings))
    table = boto3.resource("dynamodb", config=PATIENT).Table(settings.rules_table)
    gone = store_rules(table, snapshot, day, settings)
    logger.info("collected %s", facts(snapshot, settings) | {"rules_newly_gone": gone})


def read_settings(arguments: list[str]) -> Settings:
    """Raises InvalidDayError, also for the days of the run: better here than three jobs later."""
    names = ["rules_table", "lake_bucket", "regions", "snapshot_time", "from_day", "to_day"]
    given = getResolvedOptions(arguments, [*names, "retention_days", "check_configured_resources"])
    moment = parse_time(given["snapshot_time"])
    parse_days(given["from_day"], given["to_day"], today=moment.date())
    return Settings(
        rules_table=given["rules_table"],
        lake_bucket=given["lake_bucket"],
        regions=tuple(given["regions"].split(",")),
        snapshot_time=moment,
        retention_days=int(given["retention_days"]),
        check_configured_resources=given["check_configured_resources"] == "true",
    )


def take_snapshot(regions: Iterable[str]) -> Snapshot:
    """Every rule, group, interface and prefix list of the regions, each once."""
    rules: dict[str, SecurityGroupRule] = {}
    groups: dict[str, SecurityGroup] = {}
    interfaces: dict[str, NetworkInterface] = {}
    prefix_lists: dict[str, PrefixList] = {}
    for region in regions:
        ec2 = boto3.client("ec2", region_name=region, config=PATIENT)
        for item in pages(ec2, "describe_security_group_rules", "SecurityGroupRules"):
            rules[item["SecurityGroupRuleId"]] = rule_from_api(item, region)
        for item in pages(ec2, "describe_security_groups", "SecurityGroups"):
            groups[item["GroupId"]] = group_from_api(item, region)
        # Interfaces that an AWS service manages are left out unless one asks for them.
        # Source: DescribeNetworkInterfaces, Amazon EC2 API reference.
        managed = {"IncludeManagedResources": True}
        for item in pages(ec2, "describe_network_interfaces", "NetworkInterfaces", **managed):
            interfaces[item["NetworkInterfaceId"]] = interface_from_api(item, region)
        for item in pages(ec2, "describe_managed_prefix_lists", "PrefixLists"):
            entries = prefix_list_entries(ec2, item["PrefixListId"])
            if entries is not None:
                found = prefix_list_from_api(item, entries, region)
                prefix_lists[found.prefix_list_id] = found
    return Snapshot(
        tuple(rules.values()),
        tuple(groups.values()),
        tuple(interfaces.values()),
        tuple(prefix_lists.values()),
    )


def pages(ec2: Any, operation: str, key: str, **parameters: Any) -> Iterator[dict[str, Any]]:
    """The items of all pages of an EC2 operation."""
    for page in ec2.get_paginator(operation).paginate(**parameters):
        yield from page[key]


def prefix_list_entries(ec2: Any, prefix_list_id: str) -> list[dict[str, Any]] | None:
    """All entries of a list; None when it was deleted since it was listed."""
    operation = "get_managed_prefix_list_entries"
    try:
        return list(pages(ec2, operation, "Entries", PrefixListId=prefix_list_id))
    except ClientError as error:
        if error.response["Error"]["Code"] == "InvalidPrefixListID.NotFound":
            logger.warning("prefix list %s disappeared while it was read", prefix_list_id)
            return None
        raise


def hasty_client(service: str, region: str) -> Any:
    """A client that gives up soon on an endpoint that is not there: not every region has all."""
    config = Config(connect_timeout=5, retries={"mode": "standard", "max_attempts": 4})
    return boto3.client(service, region_name=region, config=config)  # type: ignore[call-overload]


def facts(snapshot: Snapshot, settings: Settings) -> dict[str, Any]:
    """What the marker of the snapshot, and the job's summary line, say of it."""
    return {
        "regions": list(settings.regions),
        "rules": len(snapshot.rules),
        "groups": len(snapshot.groups),
        "interfaces": len(snapshot.interfaces),
        "prefix_lists": len(snapshot.prefix_lists),
        "configured_resources": len(snapshot.configured.found) if snapshot.configured else 0,
        "not_checked": list(snapshot.configured.unchecked) if snapshot.configured else [],
    }


def store_rules(table: Any, snapshot: Snapshot, day: date, settings: Settings) -> int:
    """Writes the current rules and marks those that are gone; returns how many are newly gone."""
    stored = {item["sg_rule_id"]: item for item in all_items(table)}
    names = {group.group_id: group for group in snapshot.groups}
    current = {
        rule.rule_id: rule_item(rule, names.get(rule.group_id), stored.get(rule.rule_id), day)
        for rule in snapshot.rules
    }
    gone = [
        gone_item(item, day, settings.retention_days)
        for rule_id, item in stored.items()
        if rule_id not in current
        and "gone_since" not in item
        and item["security_group_region"] in settings.regions
    ]
    put_items(table, [*current.values(), *gone])
    return len(gone)


def rule_item(
    rule: SecurityGroupRule,
    group: SecurityGroup | None,
    stored: Mapping[str, Any] | None,
    day: date,
) -> dict[str, Any]:
    """A current rule as the rules table holds it; an attribute that has no value is absent."""
    item = {
        "sg_rule_id": rule.rule_id,
        "security_group_id": rule.group_id,
        "security_group_name": group.name if group else rule.group_id,
        "security_group_region": rule.region,
        "rule_version": rule.version,
        "sg_rule_direction": rule.direction,
        "sg_rule_protocol": rule.protocol_text,
        "sg_rule_ports": rule.ports_text,
        "security_group_src": rule.source.value,
        "account_id": rule.account_id,
        "vpc_id": group.vpc_id if group else None,
        "description": rule.description,
        "tags": dict(rule.tags),
        "first_seen": min(str(day), stored["first_seen"]) if stored else str(day),
        "last_seen": max(str(day), stored["last_seen"]) if stored else str(day),
        "version_since": version_since(rule, stored, day),
    }
    return {name: value for name, value in item.items() if value is not None}


def version_since(rule: SecurityGroupRule, stored: Mapping[str, Any] | None, day: date) -> str:
    """The day of the first snapshot that had the rule as it is now.

    What was stored before there were versions is taken to be as it is now.
    """
    if stored is None or stored.get("rule_version", rule.version) != rule.version:
        return str(day)
    since: str = stored.get("version_since", stored["first_seen"])
    return min(str(day), since)


def gone_item(item: Mapping[str, Any], day: date, retention_days: int) -> dict[str, Any]:
    """A stored rule that the account no longer has: marked now, gone from here when it expires."""
    expiry = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=retention_days)
    return {**item, "gone_since": str(day), "expires_at": int(expiry.timestamp())}


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(levelname)s %(message)s")
    main(sys.argv)
