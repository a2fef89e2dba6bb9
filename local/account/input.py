"""What a run analyses: exports, flow logs and days, read and checked together."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from local.account.cli_exports import InputError
from local.account.configured_resources import read_configured_resources
from local.account.flow_logs import FlowLogs, read_flow_logs
from local.account.inventory import Inventory, read_inventory, regions_of

MOST_DAYS = 400


@dataclass(frozen=True)
class Files:
    """What to analyse: two folders, and the days, both inclusive."""

    inventory: Path
    flow_logs: Path
    first: date
    last: date


@dataclass(frozen=True)
class Input:
    """The same, read and checked."""

    inventory: Inventory
    configured_resources: dict[str, Any]
    """Exports of what may carry groups later, by file name."""
    flow_logs: FlowLogs
    region: str
    days: list[date]


def read_input(files: Files) -> Input:
    """Reads and checks the input. Raises InputError."""
    today = datetime.now(UTC).date()
    if files.first > files.last:
        raise InputError(f"--from {files.first} is after --to {files.last}; swap them")
    if files.last >= today:
        raise InputError(f"--to {files.last}: give a day that is over (UTC), before {today}")
    days = days_between(files.first, files.last)
    if len(days) > MOST_DAYS:
        raise InputError(f"--from {files.first} --to {files.last}: give at most {MOST_DAYS} days")
    inventory = read_inventory(files.inventory)
    logs = read_flow_logs(files.flow_logs, files.first, files.last)
    region = _region(inventory, logs, files)
    kept = tuple(file for file in logs.files if file.region == region)
    logs = FlowLogs(kept, logs.prefix, logs.hive, logs.file_format, logs.log_format)
    return Input(inventory, read_configured_resources(files.inventory), logs, region, days)


def _region(inventory: Inventory, logs: FlowLogs, files: Files) -> str:
    """The region that exports and flow logs have in common."""
    both = sorted((regions_of(inventory) or set(logs.regions)) & set(logs.regions))
    if len(both) != 1:
        exported = ", ".join(sorted(regions_of(inventory))) or "no region"
        raise InputError(
            f"{files.inventory} has exports of {exported}, {files.flow_logs} has flow logs of "
            f"{', '.join(logs.regions)}; give exports and flow logs of one region"
        )
    return both[0]


def days_between(first: date, last: date) -> list[date]:
    """All days from first to last, both inclusive."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
