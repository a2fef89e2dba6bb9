"""Spark's answers, remembered: the same flows and the same inventory have the same answer.

Attribution takes seconds, however few records there are, and a job that is killed and run again
asks the same as before. What the job reads and writes around it is done anew each time.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from pyspark.sql import SparkSession

from aws_network.network.inventory import Inventory
from aws_network.stores.day_results import manifest_digest
from aws_network.stores.lake import Lake
from aws_network.stores.lake_folders import LakeTable
from jobs import compute_rule_usage as job
from local.emulator.s3 import MissingObjectError, split_uri
from tests.reliability.account import DEPLOYER_STORE, rows_of

Writing = Callable[[Lake, str], None]
"""Writes rows into a lake again; those of the usage name their source."""


class _Recorder:
    """A lake that notes the rows that are put into it."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self.written: list[Writing] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lake, name)

    def put_rows(self, table: LakeTable, day: date, rows: Iterable[Mapping[str, Any]]) -> None:
        kept = [dict(row) for row in rows]
        self._lake.put_rows(table, day, kept)
        self.written.append(lambda lake, _source: lake.put_rows(table, day, kept))

    def put_rows_of(
        self, source: str, key: str, table: LakeTable, rows: Iterable[Mapping[str, Any]]
    ) -> None:
        kept = [dict(row) for row in rows]
        self._lake.put_rows_of(source, key, table, kept)
        self.written.append(lambda lake, source: lake.put_rows_of(source, key, table, kept))


@contextmanager
def spark_remembered() -> Iterator[None]:
    """The compute job asks Spark about each day apart, and about none twice."""
    known: dict[str, list[Writing]] = {}
    put_days = job.put_days

    def remembered(
        lake: Lake,
        spark: SparkSession,
        manifests: Mapping[date, Mapping[str, Any]],
        inventories: Mapping[date, Inventory],
    ) -> None:
        for day, inventory in inventories.items():
            question = _digest(day, manifests[day], inventory)
            if question is None:
                put_days(lake, spark, {day: manifests[day]}, {day: inventory})
            elif question in known:
                for write in known[question]:
                    write(lake, manifest_digest(manifests[day]))
            else:
                recorder: Any = _Recorder(lake)
                put_days(recorder, spark, {day: manifests[day]}, {day: inventory})
                known[question] = recorder.written

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job, "put_days", remembered)
        yield


def _digest(day: date, manifest: Mapping[str, Any], inventory: Inventory) -> str | None:
    """What is asked; None when a file is missing: then Spark is to say so."""
    try:
        rows = [
            row
            for uri in manifest["files"]
            for row in rows_of(DEPLOYER_STORE.read(*split_uri(uri)))
        ]
    except MissingObjectError:
        return None
    said = repr((day, sorted(rows, key=repr), manifest["unreadable"], inventory))
    return hashlib.sha256(said.encode()).hexdigest()
