"""What a run analyses: exports, flow logs and days, read and checked together."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from local.account.cli_exports import InputError
from local.account.exports import Exports, read_earlier_exports, read_exports
from local.account.flow_logs import FlowLogs, read_flow_logs
from local.account.inventory import regions_of

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

    exports: Exports
    earlier: dict[datetime, Exports]
    """Those of earlier times, oldest first."""
    flow_logs: FlowLogs
    region: str
    days: list[date]

    @property
    def has_next_hour(self) -> bool:
        """Are there flow logs of the hour after the last day? They have the last records of it."""
        return any(file.day > self.days[-1] for file in self.flow_logs.files)


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
    exports, earlier = read_exports(files.inventory), read_earlier_exports(files.inventory)
    logs = read_flow_logs(files.flow_logs, files.first, files.last)
    region = _region([exports, *earlier.values()], logs, files)
    kept = tuple(file for file in logs.files if file.region == region)
    logs = FlowLogs(kept, logs.prefix)
    return Input(exports, earlier, logs, region, days)


def _region(exports: list[Exports], logs: FlowLogs, files: Files) -> str:
    """The region that all exports and the flow logs have in common."""
    named = [regions for e in exports if (regions := regions_of(e.inventory))]
    common = set(logs.regions).intersection(*named)
    if len(common) != 1:
        exported = ", ".join(sorted(set().union(*named))) or "no region"
        raise InputError(
            f"{files.inventory} has exports of {exported}, {files.flow_logs} has flow logs of "
            f"{', '.join(logs.regions)}; give exports and flow logs of one region"
        )
    return common.pop()


def days_between(first: date, last: date) -> list[date]:
    """All days from first to last, both inclusive."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
