"""Glue job 2: reduce the flow logs of each day to attributable rows, in Athena.

Before a day is queried, the headers of its objects tell their formats. What cannot be read is left
out of the query and named in the day's manifest. Athena unloads a day into folders of its own, one
for each format; the manifest names exactly the files that count, and what was there before goes. A
day that is too large for one query is queried in shares of its interfaces.
"""

import logging
import sys
import uuid
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from string import Template
from typing import Any
from urllib.parse import urlsplit

import boto3
from awsglue.utils import getResolvedOptions
from botocore.exceptions import ClientError

from aws_network.flow_logs import objects as flow_log_objects
from aws_network.flow_logs.day_failures import raise_failures
from aws_network.flow_logs.day_objects import DayObjects, Selection, TooManyUnreadableError
from aws_network.flow_logs.days import days_before, parse_days
from aws_network.flow_logs.flow_log_tables import FLOW_LOG_TABLES
from aws_network.flow_logs.formats import AS_DESCRIBED, FlowLogFormat, FormatError, parse_format
from aws_network.flow_logs.interface_shares import SHARES, conditions
from aws_network.flow_logs.objects import FlowLogObject, listing_digest
from aws_network.flow_logs.statement import execution_parameters, select_statement
from aws_network.network.inventory import snapshots_around
from aws_network.stores import flow_log_objects as in_s3
from aws_network.stores.athena import QueryFailedError, QueryTooLargeError, finished
from aws_network.stores.lake import Lake, manifest_key
from aws_network.stores.lake_tables import FLOWS
from aws_network.stores.retries import RETRIES

logger = logging.getLogger("query_flow_logs")

QUERIES_AT_ONCE = 4
LOOKS_AT_ONCE = 16
READING_FAILED = (
    "HIVE_CURSOR_ERROR",
    "HIVE_BAD_DATA",
    "HIVE_CANNOT_OPEN_SPLIT",
    "GENERIC_INTERNAL",
)
"""How Athena begins to say that it could not read an object; it does not always say which."""


class NoFlowLogsError(RuntimeError):
    """There is not one flow log object in the days asked for."""


DAY_ERRORS = (FormatError, QueryFailedError, TooManyUnreadableError, ClientError)
"""What fails a day and not the others."""


@dataclass(frozen=True)
class Settings:
    """The job's arguments, checked."""

    database: str
    workgroup: str
    lake_bucket: str
    query_sql: str
    flow_log_format: FlowLogFormat | None
    """Of flow logs that EC2 does not describe; None: as their headers say."""
    days: list[date]
    revisit_days: int
    """Days before `days` that are queried again when their objects have changed."""


@dataclass(frozen=True)
class FlowLogFolders:
    """Where flow logs deliver to, as the catalog says."""

    templates: Mapping[bool, str]
    """Is a prefix Hive-compatible? To the s3:// address of a day's folder, with names after a $."""
    accounts: tuple[str, ...]
    regions: tuple[str, ...]

    def places(self, day: date) -> Iterator[tuple[str, str, str, str, bool]]:
        """Account, region, bucket, key prefix of a day's logs, and whether that is a Hive one."""
        for account, region, is_hive in product(self.accounts, self.regions, self.templates):
            yield account, region, *self._prefix(day, account, region, is_hive), is_hive

    def _prefix(self, day: date, account: str, region: str, is_hive: bool) -> tuple[str, str]:
        location = urlsplit(
            Template(self.templates[is_hive]).substitute(
                delivery_account=account,
                delivery_region=region,
                year=f"{day:%Y}",
                month=f"{day:%m}",
                day=f"{day:%d}",
            )
        )
        return location.netloc, location.path.strip("/") + "/"

    def listed(self, s3: Any, day: date) -> list[FlowLogObject]:
        """Every object of a day's folders."""
        with ThreadPoolExecutor(LOOKS_AT_ONCE) as pool:
            found = pool.map(lambda place: list(in_s3.listed(s3, *place)), self.places(day))
            return [each for objects in found for each in objects]

    def is_filled(self, s3: Any, day: date) -> bool:
        """Is there any object?"""
        return any(
            s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1).get("Contents")
            for _, _, bucket, prefix, _ in self.places(day)
        )


def main(arguments: list[str]) -> None:
    """Queries the days, a few at a time; a day may fail on its own."""
    settings = read_settings(arguments)
    s3 = boto3.client("s3", config=RETRIES)
    folders = flow_log_folders(boto3.client("glue", config=RETRIES), settings.database)
    if not any(folders.is_filled(s3, day) for day in settings.days):
        first, last = settings.days[0], settings.days[-1]
        places = ", ".join(f"s3://{place[2]}/{place[3]}" for place in folders.places(first))
        raise NoFlowLogsError(f"no flow logs from {first} to {last}; looked under {places} and on")
    query = DayQuery(Lake(s3, settings.lake_bucket), folders, settings)
    days = [*changed_days(query, settings), *settings.days]
    raise_failures(query_days(query, days), days)


def changed_days(query: "DayQuery", settings: Settings) -> list[date]:
    """The days just before, already queried, whose objects have changed since."""
    earlier = days_before(settings.days[0], settings.revisit_days)
    changed = [day for day in earlier if query.has_changed(day)]
    if changed:
        logger.info("objects arrived late; querying again: %s", ", ".join(map(str, changed)))
    return changed


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
    """Raises InvalidDayError, FormatError."""
    names = ["database", "workgroup", "lake_bucket", "query_sql", "flow_log_format"]
    given = getResolvedOptions(arguments, [*names, "from_day", "to_day", "revisit_days"])
    form = given["flow_log_format"]
    return Settings(
        database=given["database"],
        workgroup=given["workgroup"],
        lake_bucket=given["lake_bucket"],
        query_sql=given["query_sql"],
        flow_log_format=None if form == AS_DESCRIBED else parse_format(form),
        days=parse_days(given["from_day"], given["to_day"], today=datetime.now(UTC).date()),
        revisit_days=int(given["revisit_days"]),
    )


def flow_log_folders(glue: Any, database: str) -> FlowLogFolders:
    """Where flow logs deliver to; tables over the same prefix say the same of it."""
    templates = {}
    for table in FLOW_LOG_TABLES:
        parameters = glue.get_table(DatabaseName=database, Name=table.name)["Table"]["Parameters"]
        templates[table.is_hive] = parameters["storage.location.template"]
    return FlowLogFolders(
        templates,
        accounts=tuple(parameters["projection.delivery_account.values"].split(",")),
        regions=tuple(parameters["projection.delivery_region.values"].split(",")),
    )


class DayQuery:
    """The query of one day, from the SQL to the manifest."""

    def __init__(self, lake: Lake, folders: FlowLogFolders, settings: Settings) -> None:
        self.lake = lake
        self.settings = settings
        self.folders = folders
        self.athena = boto3.client("athena", config=RETRIES)
        self.snapshot_days = lake.snapshot_days()
        self.described = {log.flow_log_id: log for log in lake.flow_logs()}
        self.sql = read_text(lake.s3, settings.query_sql)

    def run(self, day: date) -> dict[str, Any]:
        """Queries a day and puts its manifest, which is returned.

        Raises FormatError, QueryFailedError, TooManyUnreadableError.
        """
        found = self.judged_objects(day)
        executions = self.unload(day, found)
        scanned = sum(each["Statistics"]["DataScannedInBytes"] for each in executions)
        manifest = {
            "day": str(day),
            "query_execution_ids": [each["QueryExecutionId"] for each in executions],
            "scanned_bytes": scanned,
            "files": sorted(file for each in executions for file in self.written_files(each)),
            "objects": len(found.objects),
            "listing": listing_digest(found.objects),
            "unreadable": flow_log_objects.to_rows(found.unreadable.values()),
        }
        before = list(self.lake.keys(FLOWS.day_prefix(day)))
        self.lake.put_manifest(day, manifest)
        named = {urlsplit(file).path.lstrip("/") for file in manifest["files"]}
        self.lake.delete(superseded(before, named, day))
        return manifest

    def has_changed(self, day: date) -> bool:
        """Have objects arrived, or changed, since the day was queried?

        Where there are fewer than then, some have been deleted: what the day had of them is kept.
        """
        manifest = self.lake.manifest(day)
        if manifest is None:
            return False
        objects = self.listed(day).objects
        is_whole = len(objects) >= manifest["objects"]
        return is_whole and listing_digest(objects) != manifest.get("listing")

    def listed(self, day: date) -> DayObjects:
        """The objects that may have records of a day."""
        s3 = self.lake.s3
        of_next_day = self.folders.listed(s3, day + timedelta(days=1))
        return DayObjects(self.folders.listed(s3, day), of_next_day)

    def judged_objects(self, day: date) -> DayObjects:
        """The same, judged by the listing and by their headers.

        Raises FormatError when none of the day's own objects has a format that can be read.
        """
        s3, found = self.lake.s3, self.listed(day)
        found.unreadable = flow_log_objects.judged_by_listing(found.objects)
        formats = in_s3.formats_of(
            s3, found.readable, self.described, self.settings.flow_log_format
        )
        found.formats = formats.by_object
        found.add(formats.unreadable)
        misfit = found.misfit
        if misfit:
            raise FormatError(f"{misfit.object}: {misfit.detail}")
        return found

    def unload(self, day: date, found: DayObjects) -> list[Mapping[str, Any]]:
        """The executions that unloaded the day: one for each format, or for each share of its
        interfaces."""
        for shares in SHARES[:-1]:
            try:
                return self.unload_shares(day, shares, found)
            except QueryTooLargeError as error:
                logger.warning("%s: %s; querying smaller shares of the interfaces", day, error)
        return self.unload_shares(day, SHARES[-1], found)

    def unload_shares(self, day: date, shares: int, found: DayObjects) -> list[Mapping[str, Any]]:
        """The executions that unloaded so many shares. Raises QueryFailedError."""
        return [
            self.unload_share(day, share, selection, found)
            for share in conditions(shares)
            for selection in found.selections()
        ]

    def unload_share(
        self, day: date, share: str, selection: Selection, found: DayObjects
    ) -> Mapping[str, Any]:
        """The execution that unloaded a share of the interfaces.

        Athena fails a query at the first damaged object, and asks nothing for a failed query. So
        that object is left out and the query run again. Raises QueryFailedError.
        """
        for named_only in (True, False):
            try:
                return self.unload_once(day, share, selection)
            except QueryFailedError as error:
                if not self.finds_damage(error, selection, found, named_only):
                    raise
                selection = found.again(selection)
        return self.unload_once(day, share, selection)

    def unload_once(self, day: date, share: str, selection: Selection) -> Mapping[str, Any]:
        """The execution that unloaded a share into a folder of its own. Raises QueryFailedError."""
        prefix = f"{FLOWS.day_prefix(day)}{uuid.uuid4()}/"
        return finished(self.athena, self.start(day, prefix, share, selection))

    def finds_damage(
        self, error: QueryFailedError, selection: Selection, found: DayObjects, named_only: bool
    ) -> bool:
        """Reads the objects that may have failed a query, and adds those that are damaged.

        What Athena names is read first, so that a refusal or a slow S3 does not pass for damage.
        """
        if error.reason is None or not error.reason.startswith(READING_FAILED):
            return False
        named = [each for each in selection.objects if each.uri in (error.reason or "")]
        suspects = named if named and named_only else selection.objects
        with ThreadPoolExecutor(LOOKS_AT_ONCE) as pool:
            return found.add(pool.map(lambda each: in_s3.damage(self.lake.s3, each), suspects))

    def start(self, day: date, prefix: str, share: str, selection: Selection) -> str:
        """Starts the UNLOAD of a share into an empty folder; returns the query's id."""
        select = select_statement(self.sql, selection, day, share)
        answer = self.athena.start_query_execution(
            QueryString=(
                f"UNLOAD ({select}) TO '{self.lake.uri(prefix)}' "
                "WITH (format = 'PARQUET', compression = 'ZSTD')"
            ),
            ExecutionParameters=execution_parameters(
                day, snapshots_around(day, self.snapshot_days)
            ),
            QueryExecutionContext={"Database": self.settings.database},
            WorkGroup=self.settings.workgroup,
        )
        return answer["QueryExecutionId"]

    def written_files(self, execution: Mapping[str, Any]) -> list[str]:
        """The files that an UNLOAD wrote, from Athena's own manifest; none for no rows."""
        location = execution["Statistics"].get("DataManifestLocation")
        return read_text(self.lake.s3, location).split() if location else []


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
