"""Glue job 1: collect every security group rule, group, network interface and prefix list.

Flow logs, VPCs and what connects them are collected where EC2 lets the job ask for them. The
snapshot goes into the lake, under the UTC day on which it was taken; the rules also go into the
rules table. A rule that disappeared stays there, marked, until it expires.
"""

import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import boto3
from awsglue.utils import getResolvedOptions

from aws_network.flow_logs.days import parse_days, parse_time
from aws_network.network.snapshot import Snapshot
from aws_network.stores.configured_resource_apis import configured_resources
from aws_network.stores.ec2_inventory import read_snapshot
from aws_network.stores.lake import Lake
from aws_network.stores.optional_ec2_calls import OPTIONAL_CALLS, not_looked_at
from aws_network.stores.retries import QUICK, RETRIES
from aws_network.stores.rules_table import put_rules, read_rules
from aws_network.stores.snapshot_files import PARTS
from aws_network.usage.tracked_rules import track

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
    snapshot = read_snapshot(settings.regions)
    if settings.check_configured_resources:
        configured = configured_resources(settings.regions, quick_client)
        snapshot = replace(snapshot, configured=configured)
    lake = Lake(boto3.client("s3", config=RETRIES), settings.lake_bucket)
    collected = facts(snapshot, settings)
    lake.put_snapshot(day, snapshot, settings.snapshot_time, collected)
    table = boto3.resource("dynamodb", config=RETRIES).Table(settings.rules_table)
    stored = read_rules(table)
    rules = track(snapshot, stored, day, settings.regions, settings.retention_days)
    put_rules(table, [*rules.current, *rules.newly_gone])
    logger.info("collected %s", collected | {"rules_newly_gone": len(rules.newly_gone)})


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


def quick_client(service: str, region: str) -> Any:
    """A client for what the snapshot can do without."""
    return boto3.client(service, region_name=region, config=QUICK)  # type: ignore[call-overload]


def facts(snapshot: Snapshot, settings: Settings) -> dict[str, Any]:
    """What the marker of the snapshot, and the job's summary line, say of it.

    An optional part that was not looked at has no number, and is among `not_checked`.
    """
    configured = snapshot.configured
    return {
        "regions": list(settings.regions),
        **{part: len(getattr(snapshot, part)) for part in PARTS},
        **{call.part: _count(getattr(snapshot, call.part)) for call in OPTIONAL_CALLS},
        "configured_resources": _count(configured.found if configured else None),
        "not_checked": [*not_looked_at(snapshot), *(configured.unchecked if configured else ())],
    }


def _count(items: Sequence[Any] | None) -> int | None:
    return None if items is None else len(items)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(levelname)s %(message)s")
    main(sys.argv)
