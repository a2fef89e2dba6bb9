"""Glue job 2: reduce the flow logs of each day to attributable rows, in Athena.

Before a day is queried, an object of each of its prefixes is compared with the table: a flow log in
another format must be an error, not a wrong answer. Athena unloads a day into a folder of its own;
the day's manifest then names exactly the files of that folder, and what was there before goes.
"""

import logging
import sys
import time
import uuid
import zlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import product
from string import Template
from typing import Any
from urllib.parse import urlsplit

import boto3
from awsglue.utils import getResolvedOptions
from pyarrow import ArrowInvalid, parquet

from aws_network.days import parse_days
from aws_network.flow_log_format import FlowLogFormat, FormatError
from aws_network.inventory import snapshots_around
from aws_network.lake import Lake

logger = logging.getLogger("query_flow_logs")

OPTIONAL_COLUMNS = ("pkt_srcaddr", "pkt_dstaddr", "tcp_flags", "flow_direction", "log_status")
"""Columns that the SQL can do without: flow logs in the default format lack most of them."""

QUERIES_AT_ONCE = 4
DEADLINE_SECONDS = 3600
HEADER_BYTES = 65536


class QueryFailedError(RuntimeError):
    """Athena did not finish a query; the message holds its own reason."""


class NoFlowLogsError(RuntimeError):
    """There is not one flow log object in the days asked for."""


@dataclass(frozen=True)
class Settings:
    """The job's arguments, checked."""

    database: str
    table: str
    workgroup: str
    lake_bucket: str
    query_sql: str
    days: list[date]


@dataclass(frozen=True)
class FlowLogTable:
    """What the catalog says of the flow logs."""

    columns: tuple[str, ...]
    location_template: str
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    is_parquet: bool

    def prefixes(self, day: date) -> list[tuple[str, str]]:
        """Bucket and key prefix of each account's and region's logs of a day."""
        return [
            self._prefix(day, account, region)
            for account, region in product(self.accounts, self.regions)
        ]

    def _prefix(self, day: date, account: str, region: str) -> tuple[str, str]:
        location = urlsplit(
            Template(self.location_template).substitute(
                delivery_account=account,
                delivery_region=region,
                year=f"{day:%Y}",
                month=f"{day:%m}",
                day=f"{day:%d}",
            )
        )
        return location.netloc, location.path.strip("/") + "/"


def main(arguments: list[str]) -> None:
    """Checks the formats, then queries the days, a few at a time."""
    settings = read_settings(arguments)
    s3 = boto3.client("s3")
    table = flow_log_table(boto3.client("glue"), settings)
    checked = [
        check_format(s3, table, bucket, prefix) for bucket, prefix in prefixes(table, settings)
    ]
    if not any(checked):
        first, last = settings.days[0], settings.days[-1]
        places = ", ".join(f"s3://{bucket}/{prefix}" for bucket, prefix in table.prefixes(first))
        raise NoFlowLogsError(f"no flow logs from {first} to {last}; looked under {places} and on")
    query = DayQuery(Lake(s3, settings.lake_bucket), table, settings)
    with ThreadPoolExecutor(QUERIES_AT_ONCE) as pool:
        for manifest in pool.map(query.run, settings.days):
            logger.info("queried %s", {**manifest, "files": len(manifest["files"])})


def read_settings(arguments: list[str]) -> Settings:
    """Raises InvalidDayError."""
    names = ["database", "table", "workgroup", "lake_bucket", "query_sql", "from_day", "to_day"]
    given = getResolvedOptions(arguments, names)
    return Settings(
        database=given["database"],
        table=given["table"],
        workgroup=given["workgroup"],
        lake_bucket=given["lake_bucket"],
        query_sql=given["query_sql"],
        days=parse_days(given["from_day"], given["to_day"], today=datetime.now(UTC).date()),
    )


def flow_log_table(glue: Any, settings: Settings) -> FlowLogTable:
    """The flow log table as the Glue catalog declares it."""
    table = glue.get_table(DatabaseName=settings.database, Name=settings.table)["Table"]
    descriptor, parameters = table["StorageDescriptor"], table["Parameters"]
    return FlowLogTable(
        columns=tuple(column["Name"] for column in descriptor["Columns"]),
        location_template=parameters["storage.location.template"],
        accounts=tuple(parameters["projection.delivery_account.values"].split(",")),
        regions=tuple(parameters["projection.delivery_region.values"].split(",")),
        is_parquet="parquet" in descriptor["InputFormat"].lower(),
    )


def prefixes(table: FlowLogTable, settings: Settings) -> Iterator[tuple[str, str]]:
    """All bucket and key prefixes that hold the days' logs."""
    for day in settings.days:
        yield from table.prefixes(day)


def check_format(s3: Any, table: FlowLogTable, bucket: str, prefix: str) -> bool:
    """Compares the first object below a prefix with the table; False when there is none.

    Raises FormatError when it does not fit, or is not what its name says.
    """
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1).get("Contents", [])
    if not listed:
        return False
    key, expected = listed[0]["Key"], FlowLogFormat(table.columns)
    where = f"s3://{bucket}/{key}"
    with closing(s3.get_object(Bucket=bucket, Key=key)["Body"]) as body:
        if table.is_parquet:
            expected.check_parquet_columns(parquet_columns(body.read(), where), where)
        else:
            # Not a ranged request: S3 answers one for an empty object with an error.
            expected.check_header(first_line(body.read(HEADER_BYTES)).split(" "), where)
    return True


def parquet_columns(data: bytes, where: str) -> list[str]:
    """The names of a Parquet object's columns. Raises FormatError when it is none."""
    try:
        return list(parquet.read_schema(BytesIO(data)).names)
    except ArrowInvalid as error:
        raise FormatError(f"{where}: it is no Parquet file: {error}") from error


def first_line(gzipped: bytes) -> str:
    """The first line of the beginning of a gzip file; empty when it is no gzip file."""
    try:
        start = zlib.decompressobj(wbits=31).decompress(gzipped, HEADER_BYTES)
    except zlib.error:
        return ""
    return start.split(b"\n", 1)[0].decode("utf-8", "replace").rstrip("\r")


class DayQuery:
    """The query of one day, from the SQL to the manifest."""

    def __init__(self, lake: Lake, table: FlowLogTable, settings: Settings) -> None:
        self.lake = lake
        self.settings = settings
        self.athena = boto3.client("athena")
        self.snapshot_days = lake.snapshot_days()
        self.select = select_statement(read_text(lake.s3, settings.query_sql), table)

    def run(self, day: date) -> dict[str, Any]:
        """Queries a day and puts its manifest, which is returned. Raises QueryFailedError."""
        prefix = f"flows/day={day}/{uuid.uuid4()}/"
        execution = self.wait(self.start(day, prefix))
        files = self.written_files(execution)
        manifest = {
            "day": str(day),
            "query_execution_id": execution["QueryExecutionId"],
            "scanned_bytes": execution["Statistics"]["DataScannedInBytes"],
            "files": files,
        }
        before = list(self.lake.keys(f"flows/day={day}/"))
        self.lake.put_manifest(day, manifest)
        self.lake.delete(superseded(before, prefix, day))
        return manifest

    def start(self, day: date, prefix: str) -> str:
        """Starts the UNLOAD of a day into an empty folder; returns the query's id."""
        around = snapshots_around(day, self.snapshot_days)
        parameters = [around[0], around[-1], f"{day:%Y}", f"{day:%m}", f"{day:%d}"]
        answer = self.athena.start_query_execution(
            QueryString=(
                f"UNLOAD ({self.select}) TO '{self.lake.uri(prefix)}' "
                "WITH (format = 'PARQUET', compression = 'ZSTD')"
            ),
            ExecutionParameters=[f"'{value}'" for value in parameters],
            QueryExecutionContext={"Database": self.settings.database},
            WorkGroup=self.settings.workgroup,
        )
        return answer["QueryExecutionId"]

    def wait(self, query_id: str) -> Mapping[str, Any]:
        """The finished execution. Raises QueryFailedError: failed, cancelled, or out of time."""
        deadline, pause = time.monotonic() + DEADLINE_SECONDS, 0.2
        while time.monotonic() < deadline:
            execution = self.athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
            status = execution["Status"]
            if status["State"] == "SUCCEEDED":
                return execution
            if status["State"] in ("FAILED", "CANCELLED"):
                reason = status.get("StateChangeReason", "Athena gave no reason")
                raise QueryFailedError(f"query {query_id} {status['State'].lower()}: {reason}")
            time.sleep(pause)
            pause = min(pause * 1.5, 1)
        self.athena.stop_query_execution(QueryExecutionId=query_id)
        raise QueryFailedError(f"query {query_id} stopped: not done after {DEADLINE_SECONDS} s")

    def written_files(self, execution: Mapping[str, Any]) -> list[str]:
        """The files that an UNLOAD wrote, from Athena's own manifest; none for no rows."""
        location = execution["Statistics"].get("DataManifestLocation")
        return sorted(read_text(self.lake.s3, location).split()) if location else []


def select_statement(sql: str, table: FlowLogTable) -> str:
    """The SQL with the columns that the flow logs have, and NULL for those they lack."""
    columns = {
        name: name if name in table.columns else "CAST(NULL AS varchar)"
        for name in OPTIONAL_COLUMNS
    }
    return Template(sql).substitute(columns)


def superseded(keys: list[str], prefix: str, day: date) -> list[str]:
    """What is left of earlier queries of a day: all but the folder and the manifest of this one."""
    return [k for k in keys if not k.startswith(prefix) and k != f"flows/day={day}/manifest.json"]


def read_text(s3: Any, uri: str) -> str:
    """The text of an s3:// object."""
    place = urlsplit(uri)
    answer = s3.get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))
    text: str = answer["Body"].read().decode()
    return text


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(levelname)s %(message)s")
    main(sys.argv)
