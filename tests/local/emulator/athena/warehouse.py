"""Buckets, tables and queries for the tests of the Athena engine."""

import gzip
import io
import itertools
import time
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from local.emulator.server import Emulator

_NUMBERS = itertools.count()

TEXT = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
JSON = "org.openx.data.jsonserde.JsonSerDe"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"


@dataclass(frozen=True)
class Warehouse:
    """A bucket, a Glue database and a workgroup of a test's own."""

    aws: Emulator
    name: str

    def put(self, key: str, content: bytes) -> None:
        """Puts an object into the bucket."""
        self.aws.client("s3").put_object(Bucket=self.name, Key=key, Body=content)

    def put_lines(self, key: str, *lines: str) -> None:
        """Puts a gzip text object."""
        self.put(key, gzip.compress("".join(f"{line}\n" for line in lines).encode()))

    def keys(self, prefix: str) -> list[str]:
        """The keys below a prefix."""
        listed = self.aws.client("s3").list_objects_v2(Bucket=self.name, Prefix=prefix)
        return [item["Key"] for item in listed.get("Contents", [])]

    def table(self, name: str, columns: str, serde: str, keys: str = "", **parameters: str) -> None:
        """Makes a table over s3://bucket/name/; columns and keys are "name type, name type"."""
        delimiter = {"field.delim": " "} if serde == TEXT else {}
        self.aws.client("glue").create_table(
            DatabaseName=self.name,
            TableInput={
                "Name": name,
                "PartitionKeys": _columns(keys),
                "Parameters": {key.replace("__", "."): value for key, value in parameters.items()},
                "StorageDescriptor": {
                    "Columns": _columns(columns),
                    "Location": f"s3://{self.name}/{name}/",
                    "SerdeInfo": {"SerializationLibrary": serde, "Parameters": delimiter},
                },
            },
        )

    def run(self, sql: str, *parameters: str, client: Any = None) -> dict[str, Any]:
        """Runs a query to its end: the QueryExecution, with its id."""
        athena = client or self.aws.client("athena")
        extra = {"ExecutionParameters": list(parameters)} if parameters else {}
        execution = athena.start_query_execution(
            QueryString=sql,
            WorkGroup=self.name,
            QueryExecutionContext={"Database": self.name},
            **extra,
        )["QueryExecutionId"]
        while True:
            found = athena.get_query_execution(QueryExecutionId=execution)["QueryExecution"]
            if found["Status"]["State"] not in ("QUEUED", "RUNNING"):
                return dict(found)
            time.sleep(0.01)

    def rows(self, sql: str, *parameters: str) -> list[tuple[str | None, ...]]:
        """The rows of a query that must succeed, as GetQueryResults gives them, header left out."""
        found = self.run(sql, *parameters)
        assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
        answer = self.aws.client("athena").get_query_results(
            QueryExecutionId=found["QueryExecutionId"]
        )
        rows = answer["ResultSet"]["Rows"][1:]
        return [tuple(cell.get("VarCharValue") for cell in row["Data"]) for row in rows]

    def reason(self, sql: str, *parameters: str) -> str:
        """Why a query that must fail failed."""
        status = self.run(sql, *parameters)["Status"]
        assert status["State"] in ("FAILED", "CANCELLED"), status
        return str(status["StateChangeReason"])


def _columns(text: str) -> list[dict[str, str]]:
    pairs = [column.strip().split(" ", 1) for column in text.split(", ") if column]
    return [{"Name": name, "Type": kind} for name, kind in pairs]


def make_warehouse(aws: Emulator, cutoff: int | None = None) -> Warehouse:
    """A new bucket, database and workgroup, all of one name."""
    name = f"warehouse{next(_NUMBERS)}"
    aws.client("s3").create_bucket(Bucket=name)
    aws.client("glue").create_database(DatabaseInput={"Name": name})
    limit = {"BytesScannedCutoffPerQuery": cutoff} if cutoff else {}
    aws.client("athena").create_work_group(
        Name=name,
        Configuration={
            "EnforceWorkGroupConfiguration": True,
            "ResultConfiguration": {"OutputLocation": f"s3://{name}/results/"},
            **limit,
        },
    )
    return Warehouse(aws, name)


def text_table(warehouse: Warehouse, *lines: str) -> None:
    """A table t of three columns, over one object of these lines."""
    warehouse.table("t", "a string, b string, c string", TEXT, skip__header__line__count="1")
    warehouse.put_lines("t/one.log.gz", *lines)


def parquet(**columns: list[Any]) -> bytes:
    """A Parquet file of these columns."""
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def dated_table(warehouse: Warehouse, bounds: str) -> None:
    """A table d with a column a, in folders d/day=YYYY-MM-DD/; `bounds` as projection has them."""
    warehouse.table(
        "d",
        "a string",
        TEXT,
        "day string",
        projection__enabled="true",
        projection__day__type="date",
        projection__day__format="yyyy-MM-dd",
        projection__day__range=bounds,
    )


def projected_table(warehouse: Warehouse) -> None:
    """A table f, partitioned as flow logs are; each line of its files is the name of the file."""
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
