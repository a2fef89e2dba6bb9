"""The query job: formats checked, queries started and waited for, days replaced whole."""

import gzip
import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber

from aws_network.flow_logs.day_objects import Selection
from aws_network.flow_logs.flow_log_tables import FLOW_LOG_TABLES, OPTIONAL_FIELDS, FlowLogTable
from aws_network.flow_logs.formats import AS_DESCRIBED, DEFAULT_FIELDS, FlowLogFormat, FormatError
from aws_network.flow_logs.statement import select_statement
from aws_network.stores.athena import QueryFailedError
from aws_network.stores.lake import Lake
from jobs import query_flow_logs as job
from local.emulator.athena.query import EXHAUSTED
from tests.aws_network.samples import EMPTY
from tests.jobs.names import LAKE, LOGS

SQL = (Path(job.__file__).parent / "query_flow_logs.sql").read_text()
DAY = date(2026, 11, 5)
MORNING = datetime(2026, 11, 5, 2, tzinfo=UTC)
PREFIX = "AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/05/"
BELOW = "${delivery_account}/vpcflowlogs/${delivery_region}/${year}/${month}/${day}/"
FOLDERS = job.FlowLogFolders(
    {False: f"s3://{LOGS}/AWSLogs/{BELOW}", True: f"s3://{LOGS}/AWSLogs/hive/{BELOW}"},
    accounts=("123456789012",),
    regions=("us-east-1",),
)
V2 = FlowLogFormat(tuple(DEFAULT_FIELDS))
FULL = FlowLogFormat((*DEFAULT_FIELDS, *(f for f in OPTIONAL_FIELDS if f not in DEFAULT_FIELDS)))
TEXT, PARQUET = FlowLogTable("text", is_hive=False), FlowLogTable("parquet", is_hive=True)
SETTINGS = job.Settings("sg_analysis", "sg-analysis", LAKE, f"s3://{LAKE}/q.sql", V2, [DAY], 3)
HEADER = " ".join(DEFAULT_FIELDS)


def statement(
    table: FlowLogTable, form: FlowLogFormat | None, of_day: Any = None, of_next_day: Any = ()
) -> str:
    return select_statement(SQL, Selection(table, form, (), of_day, of_next_day), DAY)


NULL = "CAST(NULL AS varchar)"
SELECTED: list[tuple[str, FlowLogTable, FlowLogFormat | None, list[str]]] = [
    ("the default format", TEXT, V2,
     ['"field_3" AS "interface_id"', f'{NULL} AS "tcp_flags"', '"field_14" AS "log_status"',
      '"field_14" AS "last_field"', '"field_15" AS "extra_fields"', "FROM flow_logs_text\n"]),
    ("a full format", TEXT, FULL,
     ['"field_17" AS "tcp_flags"', '"field_20" AS "extra_fields"']),
    ("Parquet", PARQUET, None,
     ['"tcp_flags" AS "tcp_flags"', '"vpc_id" AS "vpc_id"', "'' AS \"last_field\"",
      f'{NULL} AS "extra_fields"', "FROM flow_logs_parquet_hive\n"]),
]  # fmt: skip


def test_a_header_may_be_spelled_with_underscores() -> None:
    underscored = FlowLogFormat(tuple(field.replace("-", "_") for field in FULL.fields))
    assert statement(TEXT, underscored) == statement(TEXT, FULL)


@pytest.mark.parametrize(
    ("table", "form", "columns"), [s[1:] for s in SELECTED], ids=[s[0] for s in SELECTED]
)
def test_the_sql_reads_fields_where_they_are(
    table: FlowLogTable, form: FlowLogFormat | None, columns: list[str]
) -> None:
    sql = statement(table, form)
    assert [column for column in columns if column not in sql] == []
    assert "$" not in sql.replace('"$path"', "")


def test_the_sql_names_the_objects_to_read() -> None:
    day, early = (
        [("s3://l/a", "s3://l/c"), ("s3://l/o'b", "s3://l/o'b")],
        [("s3://l/z", "s3://l/z")],
    )
    sql = statement(TEXT, V2, day, early)
    assert """AND ("$path" BETWEEN 's3://l/a' AND 's3://l/c' OR "$path" = 's3://l/o''b')""" in sql
    assert """AND ("$path" = 's3://l/z')""" in sql
    whole = statement(TEXT, V2)
    assert whole.count("$path") == 3
    assert """AND ("$path" = '')""" in whole


def test_the_places_of_a_day() -> None:
    folders = replace(FOLDERS, accounts=("111111111111", "222222222222"), regions=("r1", "r2"))
    assert list(folders.places(DAY)) == [
        (
            account,
            region,
            LOGS,
            f"AWSLogs/{hive}{account}/vpcflowlogs/{region}/2026/11/05/",
            is_hive,
        )
        for account in ("111111111111", "222222222222")
        for region in ("r1", "r2")
        for is_hive, hive in ((False, ""), (True, "hive/"))
    ]


ARGUMENTS = {
    "database": "sg_analysis",
    "workgroup": "sg-analysis",
    "lake_bucket": LAKE,
    "query_sql": f"s3://{LAKE}/q.sql",
    "flow_log_format": "default",
    "revisit_days": "3",
    "from_day": "2025-11-05",
    "to_day": "2025-11-06",
}
ARGV = ["job.py", *(word for name, value in ARGUMENTS.items() for word in (f"--{name}", value))]


def test_settings() -> None:
    days = [date(2025, 11, 5), date(2025, 11, 6)]
    assert job.read_settings(ARGV) == replace(SETTINGS, days=days)


def test_no_format_need_be_given() -> None:
    given = [AS_DESCRIBED if word == "default" else word for word in ARGV]
    assert job.read_settings(given).flow_log_format is None


def test_no_comment_is_sent_to_athena() -> None:
    sql = statement(TEXT, V2)
    assert "--" not in sql
    assert ";" not in sql
    assert sql.count("'") % 2 == 0
    assert sql.lstrip().startswith("WITH own_address AS (")


def test_the_folders_are_what_the_catalog_says(aws: None) -> None:
    glue = boto3.client("glue")
    glue.create_database(DatabaseInput={"Name": "sg_analysis"})
    for table in FLOW_LOG_TABLES:
        parameters = {
            "storage.location.template": FOLDERS.templates[table.is_hive],
            "projection.delivery_account.values": "123456789012",
            "projection.delivery_region.values": "us-east-1",
        }
        given: Any = {"Name": table.name, "Parameters": parameters}
        glue.create_table(DatabaseName="sg_analysis", TableInput=given)
    assert job.flow_log_folders(glue, "sg_analysis") == FOLDERS


def test_no_logs_at_all_is_an_error_and_asks_athena_nothing(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "flow_log_folders", lambda glue, database: FOLDERS)
    monkeypatch.setattr(job, "DayQuery", None)
    lake.s3.put_object(Bucket=LOGS, Key="AWSLogs/elsewhere.log.gz")
    with pytest.raises(job.NoFlowLogsError) as raised:
        job.main(ARGV)
    assert "from 2025-11-05 to 2025-11-06" in str(raised.value)
    assert f"s3://{LOGS}/AWSLogs/123456789012/vpcflowlogs/us-east-1/2025/11/05/" in str(
        raised.value
    )


class Queries:
    """Takes the place of DayQuery: some days fail."""

    def __init__(self, failures: dict[date, Exception]) -> None:
        self.failures = failures
        self.done: list[date] = []

    def run(self, day: date) -> dict[str, Any]:
        if day in self.failures:
            raise self.failures[day]
        self.done.append(day)
        return {"day": str(day), "files": [], "unreadable": []}


MONTH = [date(2026, 11, number) for number in range(1, 31)]


def test_a_day_that_fails_does_not_keep_the_others_from_being_queried() -> None:
    denied = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetObject")
    failures = {
        MONTH[0]: FormatError("no header"),
        MONTH[5]: QueryFailedError("no"),
        MONTH[29]: denied,
    }
    queries: Any = Queries(failures)
    assert job.query_days(queries, MONTH) == failures
    assert sorted(queries.done) == [day for day in MONTH if day not in failures]


def test_what_nobody_foresaw_fails_the_job() -> None:
    queries: Any = Queries({MONTH[0]: KeyError("bug")})
    with pytest.raises(KeyError, match="bug"):
        job.query_days(queries, MONTH[:2])


@pytest.fixture
def query(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> job.DayQuery:
    """The query of a day after two snapshots, on a clock that sleeping moves."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", lambda pause: now.__setitem__(0, now[0] + pause))
    for taken in (date(2026, 11, 4), date(2026, 11, 7)):
        lake.put_snapshot(taken, EMPTY, MORNING, {})
    lake.s3.put_object(Bucket=LAKE, Key="q.sql", Body=b"SELECT $columns$of_day")
    return job.DayQuery(lake, FOLDERS, SETTINGS)


def execution(state: str, reason: str | None = None, manifest: str | None = None) -> Any:
    status: dict[str, Any] = {"State": state} | ({"StateChangeReason": reason} if reason else {})
    if reason == EXHAUSTED:
        status["AthenaError"] = {"ErrorCategory": 2, "ErrorType": 0}
    statistics = {"DataScannedInBytes": 42} | (
        {"DataManifestLocation": manifest} if manifest else {}
    )
    return {
        "QueryExecution": {"QueryExecutionId": "q-1", "Status": status, "Statistics": statistics}
    }


Run = Callable[[Any], dict[str, Any]]


@pytest.fixture
def run(lake: Lake, query: job.DayQuery) -> Run:
    """Runs the query of DAY, which has one object; Athena answers with the execution given."""
    put_log(lake, "a.log.gz", GOOD)

    def answered(finished: Any) -> dict[str, Any]:
        with Stubber(query.athena) as athena:
            started = {
                "QueryString": ANY,
                "ExecutionParameters": [
                    f"'{each}'"
                    for each in ("2026-11-04", "2026-11-07", "2026", "11", "05", "2026", "11", "06")
                ],
                "QueryExecutionContext": {"Database": "sg_analysis"},
                "WorkGroup": "sg-analysis",
            }
            athena.add_response("start_query_execution", {"QueryExecutionId": "q-1"}, started)
            athena.add_response("get_query_execution", finished)
            return query.run(DAY)

    return answered


def unloaded(lake: Lake) -> Any:
    """A finished execution that wrote two files, as Athena's manifest lists them."""
    files = "\n".join(f"s3://{LAKE}/flows/day={DAY}/f/{name}" for name in ("2", "1"))
    lake.s3.put_object(Bucket=LAKE, Key="results/q-1-manifest.csv", Body=f"{files}\n".encode())
    return execution("SUCCEEDED", manifest=f"s3://{LAKE}/results/q-1-manifest.csv")


def test_the_manifest_names_the_files_that_athena_wrote(lake: Lake, run: Run) -> None:
    manifest = run(unloaded(lake))
    assert manifest == {
        "day": "2026-11-05",
        "query_execution_ids": ["q-1"],
        "scanned_bytes": 42,
        "files": [f"s3://{LAKE}/flows/day=2026-11-05/f/{name}" for name in ("1", "2")],
        "objects": 1,
        "listing": manifest["listing"],
        "unreadable": [],
    }
    assert lake.manifest(DAY) == manifest


def test_a_day_without_rows_has_a_manifest_without_files(lake: Lake, run: Run) -> None:
    run(execution("SUCCEEDED"))
    manifest = lake.manifest(DAY)
    assert manifest is not None
    assert manifest["files"] == []


def put_log(lake: Lake, name: str, data: bytes) -> str:
    lake.s3.put_object(Bucket=LOGS, Key=PREFIX + name, Body=data)
    return f"s3://{LOGS}/{PREFIX}{name}"


GOOD = gzip.compress(f"{HEADER}\n{os.urandom(9000).hex()}\n".encode())
CUT = GOOD[:-30]
OTHER = gzip.compress(f"{HEADER} vpc-id\n".encode())


def asked(query: job.DayQuery, *reasons: str | None) -> tuple[dict[str, Any] | None, list[str]]:
    """The manifest, and the statements that Athena got; it fails for these reasons, one by one."""
    statements: list[str] = []
    query.athena.meta.events.register(
        "before-parameter-build.athena.StartQueryExecution",
        lambda params, **_: statements.append(params["QueryString"]),
    )
    with Stubber(query.athena) as athena:
        for reason in reasons:
            athena.add_response("start_query_execution", {"QueryExecutionId": "q-1"})
            state = "FAILED" if reason else "SUCCEEDED"
            athena.add_response("get_query_execution", execution(state, reason))
        try:
            return query.run(DAY), statements
        except QueryFailedError:
            athena.assert_no_pending_responses()
            return None, statements


def reasons_of(manifest: dict[str, Any] | None) -> dict[str, str]:
    assert manifest is not None
    return {row["object"].rsplit("/", 1)[-1]: row["reason"] for row in manifest["unreadable"]}


def test_what_does_not_fit_is_left_out_and_named(lake: Lake, query: job.DayQuery) -> None:
    put_log(lake, "a.log.gz", GOOD)
    put_log(lake, "o'b.log.gz", OTHER)
    put_log(lake, "notes.txt", b"hello")
    manifest, (sql,) = asked(query, None)
    assert reasons_of(manifest) == {"o'b.log.gz": "other_format", "notes.txt": "not_a_flow_log"}
    assert f"""\n    AND ("$path" = 's3://{LOGS}/{PREFIX}a.log.gz')""" in sql
    assert manifest is not None
    assert manifest["objects"] == 3


NAMED = "HIVE_CURSOR_ERROR: Failed to read file at {}: Unexpected end of ZLIB input stream"
NAMELESS = "HIVE_CURSOR_ERROR: Unexpected end of input stream"


@pytest.mark.parametrize("reason", [NAMED, NAMELESS, "GENERIC_INTERNAL_ERROR: incorrect data"])
def test_a_damaged_object_is_left_out_of_a_second_query(
    lake: Lake, query: job.DayQuery, reason: str
) -> None:
    put_log(lake, "a.log.gz", GOOD)
    cut = put_log(lake, "cut.log.gz", CUT)
    manifest, (first, second) = asked(query, reason.format(cut), None)
    assert reasons_of(manifest) == {"cut.log.gz": "damaged"}
    assert "$path" not in first
    assert "a.log.gz" in second
    assert cut not in second


def test_several_damaged_objects_take_three_queries(lake: Lake, query: job.DayQuery) -> None:
    put_log(lake, "a.log.gz", GOOD)
    cut = [put_log(lake, f"{name}.log.gz", CUT[:-name]) for name in range(1, 9)]
    manifest, statements = asked(query, NAMED.format(cut[3]), NAMED.format(cut[5]), None)
    assert ["$path" in each for each in statements] == [False, True, True]
    assert [sum(uri in each for uri in cut) for each in statements] == [0, 3, 0]
    assert len(reasons_of(manifest)) == 8


@pytest.mark.parametrize(
    "reason",
    [NAMED, NAMELESS, "HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split {} : Slow Down"],
)
def test_a_readable_object_is_never_left_out(lake: Lake, query: job.DayQuery, reason: str) -> None:
    good = put_log(lake, "a.log.gz", GOOD)
    manifest, statements = asked(query, reason.format(good))
    assert manifest is None
    assert len(statements) == 1
    assert lake.manifest(DAY) is None


@pytest.mark.parametrize("reason", ["SYNTAX_ERROR: {}", "PERMISSION_DENIED: {}", "HIVE_BAD {}"])
def test_other_failures_are_failures(lake: Lake, query: job.DayQuery, reason: str) -> None:
    cut = put_log(lake, "cut.log.gz", CUT)
    manifest, statements = asked(query, reason.format(cut))
    assert manifest is None
    assert len(statements) == 1


def test_a_day_in_another_format_is_an_error(lake: Lake, query: job.DayQuery) -> None:
    put_log(lake, "a.log.gz", OTHER)
    put_log(lake, "notes.txt", b"hello")
    early = "123456789012_vpcflowlogs_us-east-1_fl-1_20261106T0005Z_x.log.gz"
    lake.s3.put_object(Bucket=LOGS, Key=PREFIX.replace("11/05", "11/06") + early, Body=GOOD)
    with pytest.raises(FormatError, match=r"a\.log\.gz: it should have 14 fields, has 15"):
        query.run(DAY)


def test_a_day_of_nothing_but_damage_is_a_day(lake: Lake, query: job.DayQuery) -> None:
    put_log(lake, "a.log.gz", b"")
    manifest, statements = asked(query)
    assert (reasons_of(manifest), statements) == ({"a.log.gz": "empty"}, [])


def test_each_format_is_a_statement_of_its_own(lake: Lake, query: job.DayQuery) -> None:
    query.settings = replace(SETTINGS, flow_log_format=None)
    put_log(lake, "a.log.gz", GOOD)
    put_log(lake, "b.log.gz", OTHER)
    manifest, statements = asked(query, None, None)
    assert reasons_of(manifest) == {}
    assert [[name in sql for name in ("a.log.gz", "b.log.gz")] for sql in statements] == [
        [True, False],
        [False, True],
    ]
    assert len(manifest_ids(manifest)) == 2


def test_the_early_objects_of_the_next_day_are_read(lake: Lake, query: job.DayQuery) -> None:
    query.sql = "SELECT $of_day$of_next_day"
    put_log(lake, "a.log.gz", GOOD)
    for hour, content in (("00", GOOD), ("05", GOOD[:-9])):
        name = f"123456789012_vpcflowlogs_us-east-1_fl-1_20261106T{hour}05Z_x.log.gz"
        key = PREFIX.replace("11/05", "11/06") + name
        lake.s3.put_object(Bucket=LOGS, Key=key, Body=content + hour.encode())
    manifest, (sql,) = asked(query, None)
    assert "T0005Z" in sql
    assert "T0505Z" not in sql
    assert manifest is not None
    assert manifest["objects"] == 2


def test_what_an_earlier_query_left_goes_and_another_days_stays(lake: Lake, run: Run) -> None:
    lake.put_manifest(DAY, {"files": ["old"]})
    for key in (f"flows/day={DAY}/old/1", "flows/day=2026-11-06/other/1"):
        lake.s3.put_object(Bucket=LAKE, Key=key)
    run(execution("SUCCEEDED"))
    assert list(lake.keys("flows/")) == [
        f"flows/day={DAY}/manifest.json",
        "flows/day=2026-11-06/other/1",
    ]


def test_a_query_that_fails_leaves_the_day_as_it_was(lake: Lake, run: Run) -> None:
    lake.put_manifest(DAY, {"files": ["old"]})
    lake.s3.put_object(Bucket=LAKE, Key=f"flows/day={DAY}/old/1")
    with pytest.raises(QueryFailedError):
        run(execution("FAILED", "no"))
    assert lake.manifest(DAY) == {"files": ["old"]}
    assert f"flows/day={DAY}/old/1" in lake.keys("flows/")


def test_each_query_unloads_into_a_folder_of_its_own(query: job.DayQuery) -> None:
    query.sql = "SELECT $table"
    statement = (
        "UNLOAD (SELECT flow_logs_text) "
        f"TO 's3://{LAKE}/flows/day={DAY}/1/' WITH (format = 'PARQUET', compression = 'ZSTD')"
    )
    asked = dict.fromkeys(["ExecutionParameters", "QueryExecutionContext", "WorkGroup"], ANY)
    with Stubber(query.athena) as athena:
        athena.add_response(
            "start_query_execution", {"QueryExecutionId": "q"}, {"QueryString": statement, **asked}
        )
        selection = Selection(TEXT, V2, (), None, ())
        assert query.start(DAY, f"flows/day={DAY}/1/", "TRUE", selection) == "q"


def test_superseded_is_all_but_the_files_named_and_the_manifest() -> None:
    day = f"flows/day={DAY}/"
    keys = [f"{day}new/1", f"{day}new/2", f"{day}old/1", f"{day}manifest.json"]
    assert job.superseded(keys, {f"{day}new/1"}, DAY) == [f"{day}new/2", f"{day}old/1"]


@pytest.mark.parametrize(
    ("reasons", "executions"),
    [
        ([None], 1),
        ([EXHAUSTED, None, None, None, None], 4),
        ([EXHAUSTED, None, EXHAUSTED, *[None] * 16], 16),
        ([EXHAUSTED, None, None, EXHAUSTED, EXHAUSTED], None),
    ],
    ids=["fits", "in four shares", "in sixteen shares", "too large for all of them"],
)
def test_a_day_that_is_too_large_is_queried_in_shares(
    lake: Lake, query: job.DayQuery, reasons: list[str | None], executions: int | None
) -> None:
    put_log(lake, "a.log.gz", GOOD)
    manifest, statements = asked(query, *reasons)
    assert len(statements) == len(reasons)
    assert manifest is None if executions is None else len(manifest_ids(manifest)) == executions


def manifest_ids(manifest: dict[str, Any] | None) -> list[str]:
    assert manifest is not None
    ids: list[str] = manifest["query_execution_ids"]
    return ids


def test_what_shares_that_came_to_nothing_left_goes(lake: Lake, query: job.DayQuery) -> None:
    lake.s3.put_object(Bucket=LAKE, Key=f"flows/day={DAY}/of-a-share-that-was-too-large/1")
    put_log(lake, "a.log.gz", GOOD)
    asked(query, EXHAUSTED, None, None, None, None)
    assert list(lake.keys("flows/")) == [f"flows/day={DAY}/manifest.json"]


CHANGES: list[tuple[str, dict[str, bytes | None], bool]] = [
    ("nothing", {}, False),
    ("another object", {"b.log.gz": GOOD + b" "}, True),
    ("an object with other content", {"a.log.gz": GOOD[:-40]}, True),
    ("one gone", {"a.log.gz": None}, False),
    ("one gone and another there", {"a.log.gz": None, "b.log.gz": GOOD}, True),
]


@pytest.mark.parametrize(
    ("change", "is_seen"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES]
)
def test_a_day_whose_objects_have_changed_is_queried_again(
    lake: Lake, query: job.DayQuery, change: dict[str, bytes | None], is_seen: bool
) -> None:
    put_log(lake, "a.log.gz", GOOD)
    put_log(lake, "kept.log.gz", GOOD + b"kept")
    asked(query, None)
    for name, content in change.items():
        if content is None:
            lake.s3.delete_object(Bucket=LOGS, Key=PREFIX + name)
        else:
            put_log(lake, name, content)
    next_night = replace(SETTINGS, days=[DAY + timedelta(days=2)])
    assert job.changed_days(query, next_night) == ([DAY] if is_seen else [])
    assert job.changed_days(query, replace(next_night, revisit_days=1)) == []


def test_a_day_that_was_never_queried_is_not_queried_again(lake: Lake, query: job.DayQuery) -> None:
    put_log(lake, "a.log.gz", GOOD)
    assert job.changed_days(query, replace(SETTINGS, days=[DAY + timedelta(days=1)])) == []
