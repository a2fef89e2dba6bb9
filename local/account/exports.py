"""The exports of an account: as it is now, and as it was earlier."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.account.cli_exports import InputError
from local.account.configured_resources import read_configured_resources
from local.account.inventory import Inventory, read_inventory

SNAPSHOTS = "snapshots"
"""The folder of earlier exports, each in a folder that is named after its time."""
_HOW_TO_NAME = "name the folder after the time of its exports, like 2026-11-01T05:00:00Z"
_A_REQUIRED_FILE = "security-group-rules.json"


@dataclass(frozen=True)
class Exports:
    """What the AWS CLI printed at one time."""

    inventory: Inventory
    configured_resources: dict[str, Any]
    """By file name; each file is optional."""


def read_exports(folder: Path) -> Exports:
    """The exports in a folder, or the latest of its snapshots. Raises InputError."""
    earlier = _snapshot_folders(folder)
    if earlier and not (folder / _A_REQUIRED_FILE).exists():
        return _read(earlier[max(earlier)])
    return _read(folder)


def read_earlier_exports(folder: Path) -> dict[datetime, Exports]:
    """The exports below a folder's `snapshots`, oldest first. Raises InputError."""
    return {moment: _read(place) for moment, place in sorted(_snapshot_folders(folder).items())}


def _read(folder: Path) -> Exports:
    return Exports(read_inventory(folder), read_configured_resources(folder))


def _snapshot_folders(folder: Path) -> dict[datetime, Path]:
    found = sorted((folder / SNAPSHOTS).glob("[!.]*"))
    return {_moment(place): place for place in found if place.is_dir()}


def _moment(place: Path) -> datetime:
    """When the exports of a folder were made, by its name. Raises InputError."""
    try:
        moment = datetime.fromisoformat(place.name)
    except ValueError:
        raise InputError(f"{place}: is no time; {_HOW_TO_NAME}") from None
    if moment.tzinfo is None:
        raise InputError(f"{place}: has no time zone; {_HOW_TO_NAME}")
    if moment > datetime.now(UTC):
        raise InputError(f"{place}: is still to come; {_HOW_TO_NAME}")
    return moment.astimezone(UTC)
