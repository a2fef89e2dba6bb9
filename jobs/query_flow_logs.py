"""Glue job 2: reduce the flow logs of each day to attributable rows, in Athena.

Before a day is queried, each of its objects is compared with the table, by its first or last bytes:
a flow log in another format must not become a wrong answer. What cannot be read is left out of the
query and named in the day's manifest. Athena unloads a day into a folder of its own; the manifest
names exactly the files that count, and what was there before goes. A day that is too large for one
query is queried in shares of its interfaces.
"""

import logging
import sys
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import product
from string import Template
from typing import Any
from urllib.parse import urlsplit

import boto3
from awsglue.utils import getResolvedOptions
from botocore.exceptions import ClientError

from aws_network.flow_logs import objects as flow_log_objects
from aws_network.flow_logs.day_failures import raise_failures
from aws_network.flow_logs.days import midnight, parse_days
from aws_network.flow_logs.formats import EXTRA_FIELDS, FlowLogFormat, FormatError
from aws_network.flow_logs.interface_shares import SHARES, conditions
from aws_network.flow_logs.objects import SETTINGS_DO_NOT_FIT, FlowLogObject, Unreadable
from aws_network.network.inventory import snapshots_around
from aws_network.stores import flow_log_objects as in_s3
from aws_network.stores.athena import QueryFailedError, QueryTooLargeError, finished
from aws_network.stores.lake import Lake, manifest_key
from aws_network.stores.lake_tables import FLOWS
from aws_network.stores.retries import RETRIES

logger = logging.getLogger("query_flow_logs")

OPTIONAL_COLUMNS = (
    *("pkt_srcaddr", "pkt_dstaddr", "tcp_flags", "flow_direction", "log_status"),
    *("vpc_id", "start", "end"),
)
"""Columns that the SQL can do without: flow logs in the default format lack most of them."""

QUERIES_AT_ONCE = 4
LOOKS_AT_ONCE = 16
LONGEST_STATEMENT = 262_144
"""Bytes of a query's text. Source: "Service quotas", Amazon Athena user guide."""
MOST_LEFT_OUT = 900
"""Objects that a query can leave out. Trino simplifies a condition of more than 1,000 values
(`domain-compaction-threshold`) and then opens the objects all the same."""

READING_FAILED = (
    "HIVE_CURSOR_ERROR",
    "HIVE_BAD_DATA",
    "HIVE_CANNOT_OPEN_SPLIT",
    "GENERIC_INTERNAL",
)
"""How Athena begins to say that it could not read an object; it does not always say which."""


class TooManyUnreadableError(RuntimeError):
    """More objects of a day cannot be read than a query can leave out."""


class NoFlowLogsError(RuntimeError):
    """There is not one flow log object in the days asked for."""


DAY_ERRORS = (FormatError, QueryFailedError, TooManyUnreadableError, ClientError)
"""What fails a day and not the others."""


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
    shows_extra_fields: bool = False

    def places(self, day: date) -> list[tuple[str, str, str, str]]:
        """Account, region, bucket and key prefix of a day's logs."""
        return [
            (account, region, *self._prefix(day, account, region))
            for account, region in product(self.accounts, self.regions)
        ]

    def prefixes(self, day: date) -> list[tuple[str, str]]:
        """Bucket and key prefix of each account's and region's logs of a day."""
        return [(bucket, prefix) for _, _, bucket, prefix in self.places(day)]

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
    """Queries the days, a few at a time; a day may fail on its own."""
    settings = read_settings(arguments)
    s3 = boto3.client("s3", config=RETRIES)
    table = flow_log_table(boto3.client("glue", config=RETRIES), settings)
    if not any(is_filled(s3, bucket, prefix) for bucket, prefix in prefixes(table, settings)):
        first, last = settings.days[0], settings.days[-1]
        places = ", ".join(f"s3://{bucket}/{prefix}" for bucket, prefix in table.prefixes(first))
        raise NoFlowLogsError(f"no flow logs from {first} to {last}; looked under {places} and on")
    query = DayQuery(Lake(s3, settings.lake_bucket), table, settings)
    raise_failures(query_days(query, settings.days), settings.days)


def query_days(query: "DayQuery", days: list[date]) -> dict[date, Exception]:
    """Queries every day; those that failed, with why."""
    failures: dict[date, Exception] = {}
    with ThreadPoolExecutor(QUERIES_AT_ONCE) as pool:
        for day, future in [(day, pool.submit(query.run, day)) for day in days]:
            try:
                manifest = future.result()
                lists = {name: len(manifest[name]) for name in ("files", "unreadable")}
                logger.info("queried %s", manifest | lists)
            except DAY_ERRORS as error:
                failures[day] = error
    return failures


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
        columns=tuple(c["Name"] for c in descriptor["Columns"] if c["Name"] != EXTRA_FIELDS),
        location_template=parameters["storage.location.template"],
        accounts=tuple(parameters["projection.delivery_account.values"].split(",")),
        regions=tuple(parameters["projection.delivery_region.values"].split(",")),
        is_parquet="parquet" in descriptor["InputFormat"].lower(),
        shows_extra_fields=any(c["Name"] == EXTRA_FIELDS for c in descriptor["Columns"]),
    )


def prefixes(table: FlowLogTable, settings: Settings) -> Iterator[tuple[str, str]]:
    """All bucket and key prefixes that hold the days' logs."""
    for day in settings.days:
        yield from table.prefixes(day)


def is_filled(s3: Any, bucket: str, prefix: str) -> bool:
    """Whether there is any object below a prefix."""
    return bool(s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1).get("Contents"))


@dataclass
class DayObjects:
    """The objects of a day, and those among them that cannot be read, by their addresses."""

    objects: list[FlowLogObject]
    unreadable: dict[str, Unreadable] = field(default_factory=dict)

    @property
    def readable(self) -> list[FlowLogObject]:
        """What the query reads."""
        return [each for each in self.objects if each.uri not in self.unreadable]

    def add(self, found: Iterable[Unreadable | None]) -> bool:
        """Adds what is not None; whether there was any."""
        fresh = {each.object: each for each in found if each}
        self.unreadable |= fresh
        return bool(fresh)


def objects_of(s3: Any, table: FlowLogTable, day: date) -> DayObjects:
    """A day's objects, judged by the listing and by their headers.

    Raises FormatError when none of them is in the table's format: then the setting is wrong.
    """
    objects = [
        each
        for account, region, bucket, prefix in table.places(day)
        for each in in_s3.listed(s3, account, region, bucket, prefix)
    ]
    found = DayObjects(objects, flow_log_objects.judged_by_listing(objects, table.is_parquet))
    expected = FlowLogFormat(table.columns)
    with ThreadPoolExecutor(LOOKS_AT_ONCE) as pool:
        found.add(
            pool.map(
                lambda each: in_s3.checked(s3, each, expected, table.is_parquet),
                found.readable,
            )
        )
    unfit = [each for each in found.unreadable.values() if each.hides_records]
    if unfit and not found.readable and all(each.reason in SETTINGS_DO_NOT_FIT for each in unfit):
        raise FormatError(f"{unfit[0].object}: {unfit[0].detail}")
    return found


class DayQuery:
    """The query of one day, from the SQL to the manifest."""

    def __init__(self, lake: Lake, table: FlowLogTable, settings: Settings) -> None:
        self.lake = lake
        self.settings = settings
        self.table = table
        self.athena = boto3.client("athena", config=RETRIES)
        self.snapshot_days = lake.snapshot_days()
        self.sql = read_text(lake.s3, settings.query_sql)

    def run(self, day: date) -> dict[str, Any]:
        """Queries a day and puts its manifest, which is returned.

        Raises FormatError, QueryFailedError, TooManyUnreadableError.
        """
        found = objects_of(self.lake.s3, self.table, day)
        executions = self.unload(day, found)
        scanned = sum(each["Statistics"]["DataScannedInBytes"] for each in executions)
        manifest = {
            "day": str(day),
            "query_execution_ids": [each["QueryExecutionId"] for each in executions],
            "scanned_bytes": scanned,
            "files": sorted(file for each in executions for file in self.written_files(each)),
            "objects": len(found.objects),
            "unreadable": flow_log_objects.to_rows(found.unreadable.values()),
        }
        before = list(self.lake.keys(FLOWS.day_prefix(day)))
        self.lake.put_manifest(day, manifest)
        named = {urlsplit(file).path.lstrip("/") for file in manifest["files"]}
        self.lake.delete(superseded(before, named, day))
        return manifest

    def unload(self, day: date, found: DayObjects) -> list[Mapping[str, Any]]:
        """The executions that unloaded the day: one, or one for each share of its interfaces."""
        for shares in SHARES[:-1]:
            try:
                return self.unload_shares(day, shares, found)
            except QueryTooLargeError as error:
                logger.warning("%s: %s; querying smaller shares of the interfaces", day, error)
        return self.unload_shares(day, SHARES[-1], found)

    def unload_shares(self, day: date, shares: int, found: DayObjects) -> list[Mapping[str, Any]]:
        """The executions that unloaded so many shares. Raises QueryFailedError."""
        return [self.unload_share(day, each, found) for each in conditions(shares)]

    def unload_share(self, day: date, share: str, found: DayObjects) -> Mapping[str, Any]:
        """The execution that unloaded a share of the interfaces.

        Athena fails a query at the first damaged object, and asks nothing for a failed query. So
        that object is left out and the query run again. Raises QueryFailedError.
        """
        for named_only in (True, False):
            try:
                return self.unload_once(day, share, found)
            except QueryFailedError as error:
                if not self.finds_damage(error, found, named_only):
                    raise
        return self.unload_once(day, share, found)

    def unload_once(self, day: date, share: str, found: DayObjects) -> Mapping[str, Any]:
        """The execution that unloaded a share into a folder of its own. Raises QueryFailedError."""
        prefix = f"{FLOWS.day_prefix(day)}{uuid.uuid4()}/"
        return finished(self.athena, self.start(day, prefix, share, found))

    def finds_damage(self, error: QueryFailedError, found: DayObjects, named_only: bool) -> bool:
        """Reads the objects that may have failed a query, and adds those that are damaged.

        What Athena names is read first, so that a refusal or a slow S3 does not pass for damage.
        """
        if error.reason is None or not error.reason.startswith(READING_FAILED):
            return False
        named = [each for each in found.readable if each.uri in (error.reason or "")]
        suspects = named if named and named_only else found.readable
        with ThreadPoolExecutor(LOOKS_AT_ONCE) as pool:
            looked_at = pool.map(
                lambda each: in_s3.damage(self.lake.s3, each, self.table.is_parquet),
                suspects,
            )
            return found.add(looked_at)

    def start(self, day: date, prefix: str, share: str, found: DayObjects) -> str:
        """Starts the UNLOAD of a share into an empty folder; returns the query's id."""
        around = snapshots_around(day, self.snapshot_days)
        parameters = [around[0], around[-1], f"{day:%Y}", f"{day:%m}", f"{day:%d}"]
        answer = self.athena.start_query_execution(
            QueryString=self.statement(day, prefix, share, found),
            ExecutionParameters=[f"'{value}'" for value in parameters],
            QueryExecutionContext={"Database": self.settings.database},
            WorkGroup=self.settings.workgroup,
        )
        return answer["QueryExecutionId"]

    def statement(self, day: date, prefix: str, share: str, found: DayObjects) -> str:
        """The UNLOAD. Raises TooManyUnreadableError."""
        select = select_statement(self.sql, self.table, day, share, found.unreadable)
        statement = (
            f"UNLOAD ({select}) TO '{self.lake.uri(prefix)}' "
            "WITH (format = 'PARQUET', compression = 'ZSTD')"
        )
        is_too_long = len(statement.encode()) > LONGEST_STATEMENT
        if is_too_long or len(found.unreadable) > MOST_LEFT_OUT:
            first = next(iter(found.unreadable.values()))
            raise TooManyUnreadableError(
                f"{len(found.unreadable)} of {len(found.objects)} objects cannot be read, too many "
                f"to leave out; the first: {first.object}: {first.reason}: {first.detail}"
            )
        return statement

    def written_files(self, execution: Mapping[str, Any]) -> list[str]:
        """The files that an UNLOAD wrote, from Athena's own manifest; none for no rows."""
        location = execution["Statistics"].get("DataManifestLocation")
        return read_text(self.lake.s3, location).split() if location else []


def select_statement(
    sql: str, table: FlowLogTable, day: date, share: str = "TRUE", unreadable: Iterable[str] = ()
) -> str:
    """The SQL with the columns that the flow logs have, and NULL for those they lack.

    `share` is a condition on the lines to read. Objects in `unreadable` are not opened: Athena
    skips files by a condition on their path.
    """
    columns = {
        name: f'"{name}"' if name in table.columns else "CAST(NULL AS varchar)"
        for name in OPTIONAL_COLUMNS
    }
    return Template(without_comments(sql)).substitute(
        columns,
        # A text line that ends early has no last field; in Parquet every value has its column.
        last_field="''" if table.is_parquet else f'"{table.columns[-1]}"',
        extra_fields=EXTRA_FIELDS if table.shows_extra_fields else "CAST(NULL AS varchar)",
        day=day,
        midnight=midnight(day),
        share=share,
        readable=_without(unreadable),
    )


def without_comments(sql: str) -> str:
    """The SQL without the lines that are comments: no semicolon or apostrophe of a sentence
    reaches the parsers between here and the engine."""
    return "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--"))


def _without(uris: Iterable[str]) -> str:
    listed = ", ".join("'" + uri.replace("'", "''") + "'" for uri in sorted(uris))
    return f'\n    AND "$path" NOT IN ({listed})' if listed else ""


def superseded(keys: list[str], named: Collection[str], day: date) -> list[str]:
    """What is left of earlier queries of a day: all but its manifest and the files named there."""
    return [key for key in keys if key not in named and key != manifest_key(day)]


def read_text(s3: Any, uri: str) -> str:
    """The text of an s3:// object."""
    place = urlsplit(uri)
    answer = s3.get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))
    text: str = answer["Body"].read().decode()
    return text


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(levelname)s %(message)s")
    main(sys.argv)
