"""Exports, flow logs and days must fit together."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from local.account.cli_exports import InputError
from local.account.input import Files, read_input
from tests.local.account.samples import DAY, DEFAULT, HEADER, RULE, log, write


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 11, 2), date(2026, 11, 1), "swap them"),
        (date(2026, 11, 1), date(2999, 1, 1), "a day that is over"),
        (date(2024, 1, 1), date(2026, 11, 1), "at most 400 days"),
    ],
)
def test_days_that_cannot_be_analysed(
    inventory: Path, tmp_path: Path, first: date, last: date, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        read_input(Files(inventory, tmp_path, first, last))


def test_exports_and_logs_must_be_of_one_region(inventory: Path, tmp_path: Path) -> None:
    log(tmp_path, DEFAULT.replace("eu-west-1", "us-east-1"), HEADER)
    with pytest.raises(InputError, match=r"exports of eu-west-1.*flow logs of us-east-1"):
        read_input(Files(inventory, tmp_path, DAY, DAY))


def test_logs_of_other_regions_are_left_out(inventory: Path, tmp_path: Path) -> None:
    log(tmp_path, DEFAULT, HEADER)
    log(tmp_path, DEFAULT.replace("eu-west-1", "us-east-1"), HEADER)
    found = read_input(Files(inventory, tmp_path, DAY, DAY))
    assert found.region == "eu-west-1"
    assert [file.key for file in found.flow_logs.files] == [DEFAULT]


def test_snapshots_must_be_of_the_same_region(inventory: Path, tmp_path: Path) -> None:
    log(tmp_path, DEFAULT, HEADER)
    arn = RULE["SecurityGroupRuleArn"].replace("eu-west-1", "us-east-1")
    place = inventory / "snapshots/2026-11-01T05:00:00Z"
    shutil.copytree(inventory, place, ignore=shutil.ignore_patterns("snapshots"))
    rules = {"SecurityGroupRules": [{**RULE, "SecurityGroupRuleArn": arn}]}
    write(place / "security-group-rules.json", rules)
    with pytest.raises(InputError, match=r"exports of eu-west-1, us-east-1.*of one region"):
        read_input(Files(inventory, tmp_path, DAY, DAY))


def test_the_hour_after_the_last_day_is_looked_for(inventory: Path, tmp_path: Path) -> None:
    log(tmp_path, DEFAULT, HEADER)
    files = Files(inventory, tmp_path, DAY, DAY)
    assert not read_input(files).has_next_hour
    name = "123456789012_vpcflowlogs_eu-west-1_fl-1_20261102T0005Z_x.log.gz"
    log(tmp_path, DEFAULT.replace("11/01/x.log.gz", f"11/02/{name}"), HEADER)
    assert read_input(files).has_next_hour
