"""A query in its workgroup: UNLOAD, limits, and the rights of its caller."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local.emulator.server import Emulator
from tests.local.emulator.athena.warehouse import Warehouse, make_warehouse, text_table
from tests.local.emulator.roles import client_of_role

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
    warehouse = make_warehouse(aws, cutoff=10_000_000)
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
