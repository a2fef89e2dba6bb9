"""What AWS Glue answers, and moto does not; Trino insists on it.

Source: "Table", "StorageDescriptor" and "GetColumnStatisticsForTable", AWS Glue web API reference.
"""

from typing import Any

import pytest
from moto.core.responses import ActionResult
from moto.glue.models import FakeTable
from moto.glue.responses import GlueResponse

_OF_STORAGE = {
    "NumberOfBuckets": 0,
    "Compressed": False,
    "StoredAsSubDirectories": False,
    "BucketColumns": [],
    "SortColumns": [],
    "Parameters": {},
}


def complete(patch: pytest.MonkeyPatch) -> None:
    """Makes the emulator's answers as complete as Glue's."""
    incomplete = FakeTable.as_dict

    def as_dict(table: FakeTable, *args: Any, **kwargs: Any) -> dict[str, Any]:
        answer = incomplete(table, *args, **kwargs)
        storage = {**_OF_STORAGE, **answer.get("StorageDescriptor", {})}
        return {"Parameters": {}, "Retention": 0, **answer, "StorageDescriptor": storage}

    patch.setattr(FakeTable, "as_dict", as_dict)
    for place in ("table", "partition"):
        for verb in ("get", "update"):
            operation = f"{verb}_column_statistics_for_{place}"
            patch.setattr(GlueResponse, operation, _no_statistics, raising=False)


def _no_statistics(_response: GlueResponse) -> ActionResult:
    """Nobody has had Glue collect statistics of these tables."""
    return ActionResult({"ColumnStatisticsList": [], "Errors": []})
