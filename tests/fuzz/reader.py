"""The query job on an emulated account: objects in, the manifest and the rows of a day out."""

import io
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from pyarrow import parquet

from aws_network.flow_logs.flow_log_tables import FLOW_LOG_TABLES
from aws_network.flow_logs.formats import DEFAULT_FIELDS, FlowLogFormat
from aws_network.network.snapshot import Snapshot
from aws_network.stores.lake import Lake
from aws_network.stores.lake_tables import INVENTORY_INTERFACES
from jobs import query_flow_logs as job
from local.emulator.server import Emulator, running_emulator
from tests.attribution.networks import network
from tests.local.emulator.athena.warehouse import JSON, PARQUET, TEXT

ACCOUNT, REGION, DAY = "123456789012", "us-east-1", date(2026, 11, 5)
FORMAT = FlowLogFormat(tuple(DEFAULT_FIELDS))
HEADER = " ".join(DEFAULT_FIELDS)
NETWORK = network(
    ["sgr-443 sg-web ingress tcp 443 0.0.0.0/0", "sgr-app sg-app ingress tcp 8080 10.0.0.0/8"],
    ["eni-web sg-web 10.0.0.4", "eni-app sg-app 10.0.0.5"],
)
_SQL = (Path(job.__file__).parent / "query_flow_logs.sql").read_text()
_NUMBERS = itertools.count()


@dataclass(frozen=True)
class Reading:
    """What the job made of a day's objects."""

    manifest: Mapping[str, Any]
    rows: list[dict[str, Any]]

    @property
    def outcomes(self) -> dict[str, int]:
        """outcome to records"""
        counted: Counter[str] = Counter()
        for row in self.rows:
            counted[row["outcome"]] += row["records_in"] + row["records_out"]
        return dict(counted)

    @property
    def faults(self) -> dict[tuple[str, str], int]:
        """(object, fault) to lines"""
        counted: Counter[tuple[str, str]] = Counter()
        for row in self.rows:
            if row["fault"]:
                name = row["object"].rsplit("/", 1)[-1]
                counted[name, row["fault"]] += row["records_in"] + row["records_out"]
        return dict(counted)

    @property
    def unreadable(self) -> dict[str, str]:
        """object to reason, of those left out"""
        return {
            found["object"].rsplit("/", 1)[-1]: found["reason"]
            for found in self.manifest["unreadable"]
        }


@dataclass(frozen=True)
class Reader:
    """Reads days of hostile objects, each in buckets of its own."""

    aws: Emulator

    def read(
        self,
        objects: Mapping[str, bytes],
        *,
        next_day: Mapping[str, bytes] | None = None,
        day: date = DAY,
        expected: FlowLogFormat | None = FORMAT,
        snapshot: Snapshot = NETWORK,
    ) -> Reading:
        """Puts the objects (name to content) into DAY and the next one, and runs the job on `day`,
        one of the two. `expected`: the setting flow_log_format."""
        name = f"hostile{next(_NUMBERS)}"
        s3 = self.aws.client("s3")
        s3.create_bucket(Bucket=name)
        for folder, put in ((DAY, objects), (DAY + timedelta(days=1), next_day or {})):
            prefix = f"AWSLogs/{ACCOUNT}/vpcflowlogs/{REGION}/{folder:%Y/%m/%d}/"
            for key, content in put.items():
                s3.put_object(Bucket=name, Key=prefix + key, Body=content)
        s3.put_object(Bucket=name, Key="q.sql", Body=_SQL.encode())
        lake = Lake(s3, name)
        lake.put_snapshot(DAY, snapshot, datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC), {})
        self._catalog(name)
        settings = job.Settings(name, name, name, f"s3://{name}/q.sql", expected, [day], 1)
        folders = job.flow_log_folders(self.aws.client("glue"), name)
        manifest = job.DayQuery(lake, folders, settings).run(day)
        return Reading(manifest, _rows(s3, manifest["files"]))

    def _catalog(self, name: str) -> None:
        """The tables as the stack declares them, and a workgroup."""
        glue = self.aws.client("glue")
        below = "${delivery_account}/vpcflowlogs/${delivery_region}/${year}/${month}/${day}"
        integers = {"year": "2015,2099", "month": "1,12", "day": "1,31"}
        projection = {
            "projection.enabled": "true",
            "projection.delivery_account.type": "enum",
            "projection.delivery_account.values": ACCOUNT,
            "projection.delivery_region.type": "enum",
            "projection.delivery_region.values": REGION,
        }
        for key, span in integers.items():
            digits = "4" if key == "year" else "2"
            words = {"type": "integer", "range": span, "digits": digits}
            projection |= {f"projection.{key}.{word}": value for word, value in words.items()}
        glue.create_database(DatabaseInput={"Name": name})
        keys = ("delivery_account", "delivery_region", "year", "month", "day")
        for table in FLOW_LOG_TABLES:
            is_text = table.file_format == "text"
            place = f"s3://{name}/{'hive' if table.is_hive else 'AWSLogs'}/{below}"
            parameters = {**projection, "storage.location.template": place}
            if is_text:
                parameters["skip.header.line.count"] = "1"
            columns = [{"Name": c.name, "Type": c.type} for c in table.columns]
            serde = TEXT if is_text else PARQUET
            _table(glue, name, table.name, columns, keys, serde, parameters)
        days = {"type": "date", "format": "yyyy-MM-dd", "range": "2020-01-01,NOW"}
        _table(glue, name, "sg_inventory_interfaces",
               [{"Name": c.name, "Type": c.type} for c in INVENTORY_INTERFACES.columns],
               ("day",), JSON,
               {"projection.enabled": "true",
                **{f"projection.day.{word}": value for word, value in days.items()},
                "storage.location.template": f"s3://{name}/inventory/day=${{day}}/interfaces/"},
               )  # fmt: skip
        self.aws.client("athena").create_work_group(
            Name=name,
            Configuration={
                "ResultConfiguration": {"OutputLocation": f"s3://{name}/athena-results/"}
            },
        )


def _table(
    glue: Any,
    database: str,
    name: str,
    columns: list[dict[str, str]],
    keys: tuple[str, ...],
    serde: str,
    parameters: dict[str, str],
) -> None:
    glue.create_table(
        DatabaseName=database,
        TableInput={
            "Name": name,
            "PartitionKeys": [{"Name": key, "Type": "string"} for key in keys],
            "Parameters": parameters,
            "StorageDescriptor": {
                "Columns": columns,
                "Location": f"s3://{database}/",
                "InputFormat": "parquet" if serde == PARQUET else "text",
                "SerdeInfo": {
                    "SerializationLibrary": serde,
                    "Parameters": {"field.delim": " "} if serde == TEXT else {},
                },
            },
        },
    )


def _rows(s3: Any, files: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for uri in files:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        content = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        found += parquet.read_table(io.BytesIO(content)).to_pylist()
    return found


@contextmanager
def reader() -> Iterator[Reader]:
    """A reader on an emulator of its own."""
    with running_emulator() as aws, pytest.MonkeyPatch.context() as patch:
        for name, value in aws.environment().items():
            patch.setenv(name, value)
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        yield Reader(aws)
