"""The lake's objects: put, listed, read back, deleted."""

import io
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from pyarrow import parquet

from aws_network.network.snapshot import Snapshot
from aws_network.stores.lake import Lake
from aws_network.stores.lake_tables import (
    FLOW_COVERAGE_DAILY,
    FLOWS,
    RULE_EVIDENCE_DAILY,
    RULE_USAGE_DAILY,
    RULE_VERDICTS,
)
from tests.aws_network.samples import EMPTY, SNAPSHOT

BUCKET = "lake-123456789012"
DAY, NEXT = date(2026, 11, 5), date(2026, 11, 6)


def body(lake: Lake, key: str) -> bytes:
    return lake.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()


def test_addresses(lake: Lake) -> None:
    assert lake.uri("usage/") == f"s3://{BUCKET}/usage/"
    assert lake.folder_uri(RULE_USAGE_DAILY) == f"s3://{BUCKET}/usage/"
    assert lake.folder_uri(FLOWS, DAY) == f"s3://{BUCKET}/flows/day=2026-11-05/"


def put(lake: Lake, day: date, snapshot: Snapshot, hour: int = 2) -> None:
    """Puts the snapshot that was taken at an hour of a day."""
    taken_at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    lake.put_snapshot(day, snapshot, taken_at, {"rules": len(snapshot.rules)})


def test_a_snapshot_is_read_back_and_has_its_facts(lake: Lake) -> None:
    put(lake, DAY, SNAPSHOT)
    assert lake.snapshots(DAY) == [SNAPSHOT]
    [marker] = [key for key in lake.keys(f"inventory/day={DAY}/") if key.endswith("snapshot.json")]
    assert json.loads(body(lake, marker)) == {"rules": 2, "taken_at": "2026-11-05T02:00:00+00:00"}


def test_a_later_snapshot_of_the_day_joins_it(lake: Lake) -> None:
    put(lake, DAY, EMPTY, hour=14)
    put(lake, DAY, SNAPSHOT, hour=2)
    assert lake.snapshots(DAY) == [SNAPSHOT, EMPTY]
    assert lake.snapshot_days() == [DAY]


def test_the_flow_logs_of_the_latest_day(lake: Lake) -> None:
    assert lake.flow_logs() == []
    put(lake, date(2026, 11, 4), SNAPSHOT)
    assert lake.flow_logs() == list(SNAPSHOT.flow_logs or ())
    put(lake, DAY, EMPTY)
    assert lake.flow_logs() == []


def test_the_same_snapshot_once_more_is_the_same_one_taken_later(lake: Lake) -> None:
    for hour, snapshot in ((2, SNAPSHOT), (8, EMPTY), (14, SNAPSHOT)):
        put(lake, DAY, snapshot, hour)
    assert lake.snapshots(DAY) == [EMPTY, SNAPSHOT]


def test_a_snapshot_without_its_marker_does_not_exist(lake: Lake) -> None:
    for day in (NEXT, DAY):
        put(lake, day, EMPTY)
    assert lake.snapshot_days() == [DAY, NEXT]
    lake.delete(
        [key for key in lake.keys(f"inventory/day={DAY}/") if key.endswith("snapshot.json")]
    )
    assert lake.snapshot_days() == [NEXT]
    assert lake.snapshots(DAY) == []


def test_the_marker_is_written_last_and_athena_finds_the_interfaces(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(lake.s3, "put_object", lambda **put: written.append(put["Key"]))
    put(lake, DAY, SNAPSHOT)
    assert written[-1].endswith("/snapshot.json")
    prefix = f"inventory/day={DAY}/interfaces/"
    assert [key.endswith(".jsonl.gz") for key in written if key.startswith(prefix)] == [True]
    assert len(written) == 5


def test_there_is_no_snapshot_of_another_day(lake: Lake) -> None:
    put(lake, DAY, SNAPSHOT)
    assert lake.snapshots(NEXT) == []


def test_manifests(lake: Lake) -> None:
    assert lake.manifest(DAY) is None
    lake.put_manifest(DAY, {"files": ["s3://a/b"]})
    lake.put_manifest(DAY, {"files": ["s3://a/c"]})
    assert lake.manifest(DAY) == {"files": ["s3://a/c"]}
    assert lake.manifest(NEXT) is None


def test_no_access_is_not_no_manifest(lake: Lake) -> None:
    with Stubber(lake.s3) as stub:
        stub.add_client_error("get_object", "AccessDenied", "no", 403)
        with pytest.raises(ClientError, match="AccessDenied"):
            lake.manifest(DAY)


def rows(*records: int) -> list[dict[str, Any]]:
    return [
        {"account_id": "123456789012", "region": "us-east-1", "outcome": "reply", "records": n,
         "interfaces": 1}
        for n in records
    ]  # fmt: skip


@pytest.mark.parametrize("records", [(1, 2), ()], ids=["two rows", "no rows"])
def test_a_day_of_rows_is_one_object_with_the_declared_columns(
    lake: Lake, records: tuple[int, ...]
) -> None:
    lake.put_rows(FLOW_COVERAGE_DAILY, DAY, rows(99))
    lake.put_rows(FLOW_COVERAGE_DAILY, DAY, rows(*records))
    [key] = lake.keys("coverage/")
    table = parquet.read_table(io.BytesIO(body(lake, key)))
    assert table.to_pylist() == rows(*records)
    types = {"string": "string", "int64": "bigint", "int32": "int"}
    found = [(field.name, types[str(field.type)]) for field in table.schema]
    assert found == [(column.name, column.type) for column in FLOW_COVERAGE_DAILY.columns]


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ({**rows(1)[0], "bytes": 9}, "bytes"),
        ({name: value for name, value in rows(1)[0].items() if name != "outcome"}, "outcome"),
    ],
    ids=["a name that the table lacks", "a column that the row lacks"],
)
def test_a_row_that_is_not_as_the_registry_says_is_refused(
    lake: Lake, row: dict[str, Any], named: str
) -> None:
    with pytest.raises(ValueError, match=f"sg_flow_coverage_daily differ in: {named}$"):
        lake.put_rows(FLOW_COVERAGE_DAILY, DAY, [row])
    assert list(lake.keys("coverage/")) == []


def test_a_table_without_days_is_one_object_with_the_declared_columns(lake: Lake) -> None:
    lake.put_table(RULE_VERDICTS, [{"sg_rule_id": "sgr-1", "expires_at": 1}])
    assert list(lake.keys("")) == ["verdicts/verdicts.parquet"]
    table = parquet.read_table(io.BytesIO(body(lake, "verdicts/verdicts.parquet")))
    assert table.schema.names == [column.name for column in RULE_VERDICTS.columns]
    assert table["sg_rule_id"].to_pylist() == ["sgr-1"]


def test_the_days_of_a_table(lake: Lake) -> None:
    for day in (NEXT, DAY):
        lake.put_rows(RULE_USAGE_DAILY, day, [])
    lake.put_rows(FLOW_COVERAGE_DAILY, date(2026, 1, 1), [])
    lake.s3.put_object(Bucket=BUCKET, Key="usage/day=2026-01-02/usage.parquet.tmp")
    lake.s3.put_object(Bucket=BUCKET, Key="usage/usage.parquet")
    assert lake.days_of(RULE_USAGE_DAILY) == [DAY, NEXT]
    assert lake.days_of(RULE_EVIDENCE_DAILY) == []


def test_all_pages_of_keys(lake: Lake) -> None:
    with Stubber(lake.s3) as stub:
        asked = {"Bucket": BUCKET, "Prefix": "flows/"}
        first = {
            "Contents": [{"Key": "flows/1"}],
            "IsTruncated": True,
            "NextContinuationToken": "n",
        }
        stub.add_response("list_objects_v2", first, asked)
        last = {"Contents": [{"Key": "flows/2"}], "IsTruncated": False}
        stub.add_response("list_objects_v2", last, asked | {"ContinuationToken": "n"})
        assert list(lake.keys("flows/")) == ["flows/1", "flows/2"]


def test_s3_deletes_a_thousand_objects_at_once_at_the_most(lake: Lake) -> None:
    keys = [f"flows/{number}" for number in range(2001)]
    with Stubber(lake.s3) as stub:
        for batch in (keys[:1000], keys[1000:2000], keys[2000:]):
            objects = {"Objects": [{"Key": key} for key in batch]}
            stub.add_response("delete_objects", {}, {"Bucket": BUCKET, "Delete": objects})
        lake.delete(keys)
        stub.assert_no_pending_responses()


def test_what_was_deleted_is_gone(lake: Lake) -> None:
    for name in ("flows/a", "flows/b"):
        lake.s3.put_object(Bucket=BUCKET, Key=name)
    lake.delete(["flows/a"])
    assert list(lake.keys("")) == ["flows/b"]


def test_what_s3_kept_is_an_error(lake: Lake) -> None:
    with Stubber(lake.s3) as stub:
        kept = {"Errors": [{"Key": "flows/a", "Code": "InternalError", "Message": "try again"}]}
        stub.add_response("delete_objects", kept)
        with pytest.raises(RuntimeError, match=f"s3://{BUCKET}/flows/a not deleted: try again"):
            lake.delete(["flows/a"])


def test_nothing_to_delete_asks_nothing(lake: Lake) -> None:
    with Stubber(lake.s3):
        lake.delete([])
