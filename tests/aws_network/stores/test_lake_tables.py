"""The registry of the lake, against what is written."""

import gzip
import json
from datetime import date

from aws_network.flow_logs.objects import Unreadable, to_rows
from aws_network.stores.lake_tables import (
    ALL_FOLDERS,
    ALL_TABLES,
    FLOW_UNREADABLE_DAILY,
    INVENTORY,
    INVENTORY_INTERFACES,
    RULE_USAGE_DAILY,
)
from aws_network.stores.snapshot_files import dump_snapshot
from tests.aws_network.samples import SNAPSHOT


def test_a_folder_and_a_table_are_registered_once() -> None:
    folders = [folder.folder for folder in ALL_FOLDERS]
    names = [table.name for table in ALL_TABLES]
    assert (len(set(folders)), len(set(names))) == (len(folders), len(names))
    assert {table.folder for table in ALL_TABLES} <= set(folders)
    assert INVENTORY_INTERFACES.folder == INVENTORY.folder
    assert INVENTORY_INTERFACES.retention == INVENTORY.retention


def test_no_table_has_a_column_twice_or_one_that_is_its_partition() -> None:
    for table in ALL_TABLES:
        names = [column.name for column in table.columns]
        assert len({*names, "day"}) == len(names) + 1, table.name


def test_where_a_day_lies() -> None:
    assert RULE_USAGE_DAILY.day_key(date(2026, 11, 5)) == "usage/day=2026-11-05/usage.parquet"


def test_an_interface_is_stored_with_the_declared_columns() -> None:
    lines = gzip.decompress(dump_snapshot(SNAPSHOT)["interfaces"]).decode().split("\n")[:-1]
    assert lines
    declared = sorted(column.name for column in INVENTORY_INTERFACES.columns)
    assert {tuple(json.loads(line)) for line in lines} == {tuple(declared)}


def test_what_could_not_be_read_is_stored_with_the_declared_columns() -> None:
    [row] = to_rows([Unreadable("123456789012", "us-east-1", "s3://a/b", "damaged", True)])
    assert list(row) == [column.name for column in FLOW_UNREADABLE_DAILY.columns]
