"""Athena on this machine: tables, partitions, damaged files, UNLOAD, limits, rights."""

import gzip
import io
import json
import random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local.emulator import Emulator
from tests.local import athena_fixture
from tests.local.athena_fixture import JSON, PARQUET, TEXT, Warehouse
from tests.local.roles import client_of_role


@pytest.fixture
def warehouse(aws: Emulator) -> Warehouse:
    return athena_fixture.make(aws)


def text_table(warehouse: Warehouse, *lines: str) -> None:
    warehouse.table("t", "a string, b string, c string", TEXT, skip__header__line__count="1")
    warehouse.put_lines("t/one.log.gz", *lines)


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        (["a b c", "1 2 3"], [("1", "2", "3")]),
        (["a b c", "1 2"], [("1", "2", None)]),
        (["a b c", "1 2 3 4 5"], [("1", "2", "3")]),
        (["a b c", '1 "2 3'], [("1", '"2', "3")]),
        (["a b c", "1  3"], [("1", "", "3")]),
        (["a b c"], []),
    ],
    ids=["as many fields", "too few", "too many", "a quote is a letter", "empty field", "no line"],
)
def test_text_line_is_split_as_lazy_simple_serde_does(
    warehouse: Warehouse, lines: list[str], rows: list[tuple[str | None, ...]]
) -> None:
    text_table(warehouse, *lines)
    assert warehouse.rows("SELECT a, b, c FROM t") == rows


def test_path_names_the_object_of_a_row(warehouse: Warehouse) -> None:
    text_table(warehouse, "a b c", "1 2 3")
    assert warehouse.rows('SELECT "$path" FROM t') == [(f"s3://{warehouse.name}/t/one.log.gz",)]


def test_files_that_begin_with_underscore_or_dot_are_hidden(warehouse: Warehouse) -> None:
    text_table(warehouse, "a b c", "1 2 3")
    for hidden in ("t/_SUCCESS", "t/.x.gz"):
        warehouse.put_lines(hidden, "a b c", "7 7 7")
    assert warehouse.rows("SELECT count(*) FROM t") == [("1",)]


HEADER, LINE = b"a b c\n", b"1 2 3\n"
NOISE = random.Random(1).randbytes(2_000_000).hex().encode()


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (gzip.compress(HEADER + LINE), [("1", "2", "3")]),
        (gzip.compress(HEADER + LINE[:-1]), [("1", "2", "3")]),
        (gzip.compress(HEADER) + gzip.compress(LINE), [("1", "2", "3")]),
        (gzip.compress(HEADER[:3]) + gzip.compress(HEADER[3:] + LINE), [("1", "2", "3")]),
        (gzip.compress(HEADER + b"1 2 3\r\n"), [("1", "2", "3")]),
        (gzip.compress(HEADER + b"1 2 3\r1 2 4\n"), [("1", "2", "3"), ("1", "2", "4")]),
        (gzip.compress(HEADER + b"1 2 \xff\n"), [("1", "2", "?")]),
        (gzip.compress(HEADER + b"1 \x02 3\n"), [("1", "?", "3")]),
        (gzip.compress(HEADER + LINE) + bytes(100), [("1", "2", "3")]),
        (gzip.compress(HEADER + b"x" * 5_000_000 + b"\n" + LINE), [("1", "2", "3")]),
        (gzip.compress(HEADER + NOISE + b"\n" + LINE), [("1", "2", "3")]),
        (gzip.compress(HEADER), []),
        (gzip.compress(b""), []),
    ],
    ids=[
        "one member", "no end of line", "two members", "members that share a line", "CR LF", "CR",
        "no UTF-8", "a control character", "zeros behind it",
        "a line that is too long", "one that packs badly", "a header alone", "nothing",
    ],
)  # fmt: skip
def test_gzip_is_read_as_athena_reads_it(
    warehouse: Warehouse, content: bytes, rows: list[tuple[str, ...]]
) -> None:
    text_table(warehouse, "a b c", "7 7 7")
    warehouse.put("t/two.log.gz", content)
    found = warehouse.rows("SELECT a, b, c FROM t WHERE a <> '7' AND b IS NOT NULL")
    assert sorted(found, key=str) == rows


PACKED = gzip.compress(HEADER + b"".join(b"%d 2 3\n" % n for n in range(500)))


@pytest.mark.parametrize(
    "content",
    [
        PACKED[:-20],
        PACKED[:-3],
        PACKED[:-8] + bytes(8),
        PACKED + b"more",
        HEADER + LINE,
    ],
    ids=["truncated", "end cut off", "wrong checksum", "more behind it", "not gzip at all"],
)
def test_damaged_gzip_fails_the_query_and_is_named(warehouse: Warehouse, content: bytes) -> None:
    text_table(warehouse, "a b c", "1 2 3")
    warehouse.put("t/two.log.gz", content)
    reason = warehouse.reason("SELECT count(*) FROM t")
    assert reason.startswith("HIVE_CURSOR_ERROR")
    assert f"s3://{warehouse.name}/t/two.log.gz" in reason


def test_json_lines_are_typed(warehouse: Warehouse) -> None:
    warehouse.table("j", "id string, ips array<string>, n bigint, s struct<x:int>", JSON)
    rows = [{"id": "eni-1", "ips": ["192.0.2.1"], "n": 5, "s": {"x": 1}}, {"id": "eni-2"}]
    warehouse.put_lines("j/x.jsonl.gz", *[json.dumps(row) for row in rows])
    query = "SELECT id, n, s.x, cardinality(ips) FROM j ORDER BY id"
    assert warehouse.rows(query) == [("eni-1", "5", "1", "1"), ("eni-2", None, None, None)]


def test_damaged_json_fails_the_query_and_is_named(warehouse: Warehouse) -> None:
    warehouse.table("j", "id string", JSON)
    warehouse.put_lines("j/x.jsonl.gz", '{"id": "a"}', '{"id": ')
    reason = warehouse.reason("SELECT * FROM j")
    assert reason.startswith("HIVE_CURSOR_ERROR")
    assert f"s3://{warehouse.name}/j/x.jsonl.gz" in reason


def parquet(**columns: list[Any]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def test_parquet_columns_are_found_by_name(warehouse: Warehouse) -> None:
    warehouse.table("p", "a string, b bigint", PARQUET)
    warehouse.put("p/1.parquet", parquet(b=[1], a=["x"]))
    warehouse.put("p/2.parquet", parquet(a=["y"], other=[3.5]))
    assert warehouse.rows("SELECT a, b FROM p ORDER BY a") == [("x", "1"), ("y", None)]


def test_damaged_parquet_fails_the_query_and_is_named(warehouse: Warehouse) -> None:
    warehouse.table("p", "a string", PARQUET)
    warehouse.put("p/1.parquet", parquet(a=["x"])[:-9])
    reason = warehouse.reason("SELECT a FROM p")
    assert reason.startswith("HIVE_BAD_DATA")
    assert f"s3://{warehouse.name}/p/1.parquet" in reason


def projected(warehouse: Warehouse) -> None:
    warehouse.table(
        "f",
        "a string",
        TEXT,
        "account string, region string, year string, month string, day string",
        projection__enabled="true",
        projection__account__type="enum",
        projection__account__values="123456789012",
        projection__region__type="enum",
        projection__region__values="us-east-1, eu-west-1",
        projection__year__type="integer",
        projection__year__range="2020,2099",
        projection__year__digits="4",
        projection__month__type="integer",
        projection__month__range="1,12",
        projection__month__digits="2",
        projection__day__type="integer",
        projection__day__range="1,31",
        projection__day__digits="2",
        storage__location__template=f"s3://{warehouse.name}/AWSLogs/${{account}}/vpcflowlogs/"
        "${region}/${year}/${month}/${day}",
    )
    for path in (
        "123456789012/vpcflowlogs/us-east-1/2026/11/01/a.gz",
        "123456789012/vpcflowlogs/us-east-1/2026/11/02/07/b.gz",
        "123456789012/vpcflowlogs/eu-west-1/2026/11/01/c.gz",
        "123456789012/vpcflowlogs/ap-south-1/2026/11/01/d.gz",
        "111122223333/vpcflowlogs/us-east-1/2026/11/01/e.gz",
        "123456789012/vpcflowlogs/us-east-1/2026/11/1/f.gz",
        "123456789012/elasticloadbalancing/us-east-1/2026/11/01/g.gz",
    ):
        warehouse.put_lines(f"AWSLogs/{path}", path.rsplit("/", 1)[-1])


@pytest.mark.parametrize(
    ("where", "files"),
    [
        ("", ["a.gz", "b.gz", "c.gz"]),
        ("WHERE day = '01'", ["a.gz", "c.gz"]),
        ("WHERE day IN ('02', '03')", ["b.gz"]),
        ("WHERE year = '2026' AND month = '11' AND day = '01' AND region = 'eu-west-1'", ["c.gz"]),
        ("WHERE day = '09'", []),
    ],
    ids=["all", "day", "days", "region", "none"],
)
def test_partition_projection_finds_the_files(
    warehouse: Warehouse, where: str, files: list[str]
) -> None:
    projected(warehouse)
    assert warehouse.rows(f"SELECT a FROM f {where} ORDER BY a") == [(name,) for name in files]


def test_only_the_partitions_asked_for_are_scanned(warehouse: Warehouse) -> None:
    projected(warehouse)
    size = len(gzip.compress(b"c.gz\n"))
    found = warehouse.run("SELECT a FROM f WHERE day = ? AND region = ?", "'01'", "'eu-west-1'")
    assert found["Statistics"]["DataScannedInBytes"] == size


def test_date_projection_in_hive_folders(warehouse: Warehouse) -> None:
    warehouse.table(
        "d",
        "a string",
        TEXT,
        "day string",
        projection__enabled="true",
        projection__day__type="date",
        projection__day__format="yyyy-MM-dd",
        projection__day__range="2026-01-01,NOW",
    )
    for day in ("2026-01-01", "2026-11-02", "2025-12-31", "latest"):
        warehouse.put_lines(f"d/day={day}/x.gz", day)
    assert warehouse.rows("SELECT day FROM d ORDER BY day") == [("2026-01-01",), ("2026-11-02",)]


UNLOAD = """
-- comments may come first
UNLOAD (
  SELECT a, sum(n) AS n FROM (VALUES ('x', 1), ('x', 2)) AS t (a, n) {} GROUP BY 1
) TO 's3://{}/out/' WITH (format = 'PARQUET', compression = 'ZSTD')
"""


def test_unload_writes_parquet_and_a_manifest(warehouse: Warehouse) -> None:
    found = warehouse.run(UNLOAD.format("", warehouse.name))
    assert found["Status"]["State"] == "SUCCEEDED"
    s3 = warehouse.aws.client("s3")
    (key,) = warehouse.keys("out/")
    manifest = found["Statistics"]["DataManifestLocation"]
    assert manifest == f"s3://{warehouse.name}/results/{found['QueryExecutionId']}-manifest.csv"
    listed = s3.get_object(Bucket=warehouse.name, Key=manifest.split("/", 3)[3])["Body"].read()
    assert listed.decode().splitlines() == [f"s3://{warehouse.name}/{key}"]
    table = pq.read_table(io.BytesIO(s3.get_object(Bucket=warehouse.name, Key=key)["Body"].read()))
    assert table.schema.field("n").type == pa.int64()
    assert table.to_pylist() == [{"a": "x", "n": 3}]


def test_unload_of_no_rows_writes_no_file(warehouse: Warehouse) -> None:
    found = warehouse.run(UNLOAD.format("WHERE FALSE", warehouse.name))
    assert found["Status"]["State"] == "SUCCEEDED"
    assert warehouse.keys("out/") == []


def test_unload_into_a_folder_that_is_not_empty_fails(warehouse: Warehouse) -> None:
    warehouse.put("out/earlier", b"x")
    reason = warehouse.reason(UNLOAD.format("", warehouse.name))
    assert reason.startswith("HIVE_PATH_ALREADY_EXISTS")
    assert warehouse.keys("out/") == ["out/earlier"]


def test_query_over_the_limit_of_its_workgroup_is_cancelled(aws: Emulator) -> None:
    warehouse = athena_fixture.make(aws, cutoff=10_000_000)
    text_table(warehouse, "a b c", "1 2 3")
    warehouse.put("t/two.log", b"a b c\n" * 2_000_000)
    status = warehouse.run("SELECT count(*) FROM t")["Status"]
    assert status["State"] == "CANCELLED"
    assert "Bytes scanned limit was exceeded" in status["StateChangeReason"]


def grants(warehouse: Warehouse) -> dict[str, tuple[list[str], list[str]]]:
    bucket = f"arn:aws:s3:::{warehouse.name}"
    glue = "arn:aws:glue:us-east-1:123456789012:"
    name = warehouse.name
    return {
        "athena": (
            ["athena:StartQueryExecution", "athena:GetQueryExecution"],
            [f"arn:aws:athena:us-east-1:123456789012:workgroup/{name}"],
        ),
        "catalog": (
            ["glue:GetTable"],
            [f"{glue}catalog", f"{glue}database/{name}", f"{glue}table/{name}/t"],
        ),
        "list": (["s3:ListBucket", "s3:GetBucketLocation"], [bucket]),
        "read": (["s3:GetObject"], [f"{bucket}/t/*"]),
        "write": (["s3:PutObject"], [f"{bucket}/results/*"]),
    }


@pytest.mark.parametrize(
    ("missing", "action"),
    [
        (None, None),
        ("catalog", "glue:GetTable"),
        ("list", "s3:GetBucketLocation"),
        ("read", "s3:GetObject"),
        ("write", "s3:PutObject"),
    ],
)
def test_query_has_the_rights_of_its_caller_and_no_others(
    warehouse: Warehouse, missing: str | None, action: str | None
) -> None:
    text_table(warehouse, "a b c", "1 2 3")
    allowed = [grant for name, grant in grants(warehouse).items() if name != missing]
    client = client_of_role(warehouse.aws, "athena", allowed)
    status = warehouse.run("SELECT count(*) FROM t", client=client)["Status"]
    if action is None:
        assert status["State"] == "SUCCEEDED"
    else:
        assert status["State"] == "FAILED"
        assert f"not authorized to perform: {action}" in status["StateChangeReason"]
