"""Exports of one time or of several, each in a folder that is named after its time."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local.account.cli_exports import InputError
from local.account.configured_resources import FOLDER
from local.account.exports import read_earlier_exports, read_exports
from tests.local.account.samples import write


def add_snapshot(inventory: Path, name: str, group_id: str) -> Path:
    """Exports of the same account, in which another group is there."""
    place = inventory / "snapshots" / name
    shutil.copytree(inventory, place, ignore=shutil.ignore_patterns("snapshots"))
    write(place / "security-groups.json", {"SecurityGroups": [{"GroupId": group_id}]})
    return place


def test_exports_of_one_time(inventory: Path) -> None:
    assert read_exports(inventory).inventory.security_groups == [{"GroupId": "sg-1"}]
    assert read_earlier_exports(inventory) == {}


def test_earlier_exports_come_oldest_first(inventory: Path) -> None:
    for name, group_id in (
        ("2026-11-02T05:00:00Z", "sg-3"),
        ("2026-11-01T23:00:00-01:00", "sg-2"),
        ("2026-10-31T05:00:00+00:00", "sg-1"),
    ):
        add_snapshot(inventory, name, group_id)
    (inventory / "snapshots" / ".DS_Store").mkdir()
    (inventory / "snapshots" / "notes.txt").touch()
    found = read_earlier_exports(inventory)
    assert [(str(m), e.inventory.security_groups[0]["GroupId"]) for m, e in found.items()] == [
        ("2026-10-31 05:00:00+00:00", "sg-1"),
        ("2026-11-02 00:00:00+00:00", "sg-2"),
        ("2026-11-02 05:00:00+00:00", "sg-3"),
    ]


def test_every_snapshot_has_its_own_optional_files(inventory: Path) -> None:
    place = add_snapshot(inventory, "2026-11-01T05:00:00Z", "sg-2")
    write(inventory / "vpcs.json", {"Vpcs": []})
    write(place / "traffic-mirror-targets.json", {"TrafficMirrorTargets": []})
    write(place / FOLDER / "lambda-list-functions.json", {"Functions": []})
    now, [earlier] = read_exports(inventory), read_earlier_exports(inventory).values()
    assert (set(now.inventory.optional), set(now.configured_resources)) == ({"vpcs.json"}, set())
    assert set(earlier.inventory.optional) == {"traffic-mirror-targets.json"}
    assert set(earlier.configured_resources) == {"lambda-list-functions.json"}


def test_without_exports_of_its_own_the_latest_snapshot_is_the_account(inventory: Path) -> None:
    add_snapshot(inventory, "2026-11-02T05:00:00Z", "sg-3")
    add_snapshot(inventory, "2026-11-01T05:00:00Z", "sg-2")
    (inventory / "security-group-rules.json").unlink()
    assert read_exports(inventory).inventory.security_groups == [{"GroupId": "sg-3"}]


TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("yesterday", "yesterday: is no time; .* like 2026-11-01T05:00:00Z"),
        ("2026-11-01T05:00:00", "has no time zone"),
        (TOMORROW, "is still to come"),
    ],
)
def test_a_snapshot_without_a_time(inventory: Path, name: str, said: str) -> None:
    place = add_snapshot(inventory, name, "sg-2")
    with pytest.raises(InputError, match=said) as error:
        read_earlier_exports(inventory)
    assert str(error.value).startswith(str(place))


def test_a_snapshot_with_a_file_that_cannot_be_used(inventory: Path) -> None:
    place = add_snapshot(inventory, "2026-11-01T05:00:00Z", "sg-2")
    (place / "network-interfaces.json").unlink()
    with pytest.raises(InputError, match=r"network-interfaces.json: no such file") as error:
        read_earlier_exports(inventory)
    assert str(error.value).startswith(str(place))
