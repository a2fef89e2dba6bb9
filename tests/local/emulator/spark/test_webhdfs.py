"""Spark reads unchanged s3:// paths, with the rights of the job's role, and nothing else."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local.emulator.server import Emulator
from tests.local.emulator.glue.jobs import READ_ALL, make_job, run
from tests.local.emulator.roles import Grant

pytestmark = pytest.mark.spark

READ = """
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
files = spark.read.parquet("s3://warehouse-of-spark/usage/day=2026-11-01/usage.parquet")
assert files.count() == 2, files.count()
days = spark.read.option("basePath", "s3://warehouse-of-spark/usage/").parquet(
    "s3://warehouse-of-spark/usage/day=2026-11-01/", "s3://warehouse-of-spark/usage/day=2026-11-02/"
)
found = sorted((str(row.day), row.n) for row in days.collect())
assert found == [("2026-11-01", 1), ("2026-11-01", 2), ("2026-11-02", 3)], found
for path in ("s3://warehouse-of-spark/usage/day=2026-11-09/", "s3://warehouse-of-spark/other/x"):
    try:
        spark.read.parquet(path)
    except Exception as error:
        print(path, type(error).__name__, str(error)[:300])
try:
    files.write.parquet("s3://warehouse-of-spark/usage/new/")
except Exception as error:
    assert "read-only" in str(error), error
else:
    raise AssertionError("written")
"""

GRANTS: list[Grant] = [
    *READ_ALL,
    (
        ["s3:GetObject"],
        ["arn:aws:s3:::warehouse-of-spark/usage", "arn:aws:s3:::warehouse-of-spark/usage/*"],
    ),
    (["s3:ListBucket"], ["arn:aws:s3:::warehouse-of-spark"]),
]


def test_spark_reads_s3_as_its_role_may(aws: Emulator) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="warehouse-of-spark")
    for day, numbers in (("2026-11-01", [1, 2]), ("2026-11-02", [3])):
        content = io.BytesIO()
        pq.write_table(pa.table({"n": numbers}), content)
        key = f"usage/day={day}/usage.parquet"
        s3.put_object(Bucket="warehouse-of-spark", Key=key, Body=content.getvalue())
    job = make_job(aws, READ, grants=GRANTS)
    ended = run(aws, job)
    assert ended["JobRunState"] == "SUCCEEDED", ended
    (log,) = (aws.folder / "jobs").glob(f"{job}-*/job.log")
    said = log.read_text()
    assert "PATH_NOT_FOUND" in said
    assert "not authorized to perform: s3:GetObject" in said
