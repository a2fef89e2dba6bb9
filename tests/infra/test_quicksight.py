"""The dashboard's parts: what the service's own model says, and that they fit each other."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import boto3
import duckdb
import pytest
import sqlglot
from botocore.validate import ParamValidator
from sqlglot import exp

from aws_network.flow_logs.formats import Column
from aws_network.stores import lake_folders
from aws_network.stores import lake_tables as schemas
from aws_network.usage.statuses import Status
from infra.dashboard import QUERIED, data_set_sql, load, refresh_time
from report.statuses import ATTENTION
from tests.infra.stacks import FULL, Template, only, plain, resources, template

HIVE_TO_DUCKDB = {"string": "VARCHAR", "bigint": "BIGINT", "int": "INTEGER"}
QUICKSIGHT_TYPES = {"VARCHAR": "STRING", "DATE": "DATETIME", "BOOLEAN": "BOOLEAN"}

Row = dict[str, Any]


def walk(part: Any) -> Iterator[dict[str, Any]]:
    """Every object within a part."""
    if isinstance(part, dict):
        yield part
        for value in part.values():
            yield from walk(value)
    elif isinstance(part, list):
        for value in part:
            yield from walk(value)


@pytest.fixture(scope="module")
def definition(full: Template) -> dict[str, Any]:
    found: dict[str, Any] = only(full, "AWS::QuickSight::Dashboard")["Definition"]
    return found


def test_nothing_of_quicksight_without_a_principal(shipped: Template) -> None:
    kinds = {resource["Type"] for resource in shipped["Resources"].values()}
    assert not {kind for kind in kinds if "QuickSight" in kind}


@pytest.mark.parametrize(
    ("kind", "operation"),
    [
        ("DataSource", "CreateDataSource"),
        ("DataSet", "CreateDataSet"),
        ("Dashboard", "CreateDashboard"),
    ],
)
def test_a_part_is_what_the_service_takes(full: Template, kind: str, operation: str) -> None:
    request = plain(only(full, f"AWS::QuickSight::{kind}"))
    model = boto3.client("quicksight", region_name="eu-central-1").meta.service_model
    shape = model.operation_model(operation).input_shape
    report = ParamValidator().validate(request, shape)
    assert not report.has_errors(), report.generate_report()


@pytest.mark.parametrize(("mode", "refreshes"), [("SPICE", ["05:00"]), ("DIRECT_QUERY", [])])
def test_spice_is_refreshed_after_the_night(mode: str, refreshes: list[str]) -> None:
    made = template(**FULL, quicksight_import_mode=mode)
    assert only(made, "AWS::QuickSight::DataSet")["ImportMode"] == mode
    found = resources(made, "AWS::QuickSight::RefreshSchedule").values()
    times = [r["Schedule"]["ScheduleFrequency"]["TimeOfTheDay"] for r in found]
    assert times == refreshes


@pytest.mark.parametrize(
    ("schedule", "time"),
    [
        ("cron(0 2 * * ? *)", "05:00"),
        ("cron(30 22 * * ? *)", "01:30"),
        ("cron(0/15 * * * ? *)", "06:00"),
    ],
)
def test_refresh_time(schedule: str, time: str) -> None:
    assert refresh_time(schedule) == time


def test_the_heat_map_is_that_of_the_reference(definition: dict[str, Any]) -> None:
    heat = visual(definition, "use-by-rule")["ChartConfiguration"]
    wells = heat["FieldWells"]["HeatMapAggregatedFieldWells"]
    assert [column(field) for field in (*wells["Rows"], *wells["Columns"], *wells["Values"])] == [
        "rule",
        "flow_direction",
        "used_times",
    ]
    (value,) = wells["Values"]
    aggregation = value["NumericalMeasureField"]["AggregationFunction"]
    assert aggregation == {"SimpleNumericalAggregation": "SUM"}
    none, *some = heat["ColorScale"]["Colors"]
    assert none["DataValue"] == 0
    assert is_grey(none["Color"])
    assert not any(is_grey(colour["Color"]) for colour in some)
    shown = [item for item in walk(heat["Tooltip"]) if "Label" in item]
    assert [item["Label"] for item in shown][:3] == ["Rule", "Direction", "Used"]


def visual(definition: dict[str, Any], visual_id: str) -> dict[str, Any]:
    (found,) = [part for part in walk(definition) if part.get("VisualId") == visual_id]
    return found


def column(field: dict[str, Any]) -> str:
    (inner,) = field.values()
    return str(inner["Column"]["ColumnName"])


def is_grey(colour: str) -> bool:
    parts = [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
    return max(parts) - min(parts) < 16


@pytest.mark.parametrize(
    ("visual_id", "rows", "columns"),
    [("use-by-port", "ports", "protocol"), ("use-by-day", "rule", "day")],
)
def test_the_other_heat_maps(
    definition: dict[str, Any], visual_id: str, rows: str, columns: str
) -> None:
    chart = visual(definition, visual_id)["ChartConfiguration"]
    wells = chart["FieldWells"]["HeatMapAggregatedFieldWells"]
    assert [column(f) for f in (*wells["Rows"], *wells["Columns"])] == [rows, columns]
    if visual_id == "use-by-port":
        assert chart["SortConfiguration"]["HeatMapRowItemsLimitConfiguration"]["ItemsLimit"] == 50


def test_the_stale_rules_say_what_is_needed_to_decide(definition: dict[str, Any]) -> None:
    wells = visual(definition, "stale-rules")["ChartConfiguration"]["FieldWells"]
    shown = {column(field) for field in wells["TableAggregatedFieldWells"]["GroupBy"]}
    assert shown >= {
        "sg_name",
        "sg_rule_id",
        "source",
        "ports",
        "description",
        "last_used",
        "days_used",
        "status",
        "status_reason",
        "findings",
    }


def test_every_column_is_one_of_the_data_set(full: Template, definition: dict[str, Any]) -> None:
    declared = {c["Name"] for c in declared_columns(full)}
    used = {part["ColumnName"] for part in walk(definition) if "ColumnName" in part}
    assert used
    assert used <= declared


def declared_columns(full: Template) -> list[dict[str, str]]:
    (table,) = only(full, "AWS::QuickSight::DataSet")["PhysicalTableMap"].values()
    found: list[dict[str, str]] = table["CustomSql"]["Columns"]
    return found


def test_ids_are_unique_and_references_lead_somewhere(definition: dict[str, Any]) -> None:
    for key in ("FilterId", "VisualId", "FilterControlId", "ParameterControlId"):
        ids = [part[key] for part in walk(definition) if key in part]
        assert len(ids) == len(set(ids)), key
    for sheet in definition["Sheets"]:
        made = {
            value
            for part in walk({key: v for key, v in sheet.items() if "Layout" not in key})
            for key, value in part.items()
            if key in ("VisualId", "FilterControlId", "ParameterControlId")
        }
        placed = {part["ElementId"] for part in walk(sheet) if "ElementId" in part}
        assert placed == made
    filters = {part["FilterId"] for part in walk(definition) if "FilterId" in part}
    sources = {part["SourceFilterId"] for part in walk(definition) if "SourceFilterId" in part}
    assert sources <= filters
    for chart in (part for part in walk(definition) if "FieldWells" in part):
        wells = {p["FieldId"] for p in walk(chart["FieldWells"]) if "FieldId" in p}
        assert {p["FieldId"] for p in walk(chart) if "FieldId" in p} <= wells


def test_a_month_by_default_and_filters_for_people(definition: dict[str, Any]) -> None:
    filters = {part["FilterId"]: part for part in walk(definition) if "FilterId" in part}
    period = filters["period-filter"]
    assert (period["RelativeDateType"], period["RelativeDateValue"]) == ("LAST", 31)
    assert period["TimeGranularity"] == "DAY"
    use = definition["Sheets"][0]
    controlled = {part["SourceFilterId"] for part in walk(use) if "SourceFilterId" in part}
    columns = {filters[name]["Column"]["ColumnName"] for name in controlled}
    assert columns == {"day", "account_id", "region", "sg_name", "protocol"}


# The data set's SQL, run over rows as the compute job writes them.

LAST_DAY = datetime.now(UTC).date() - timedelta(days=1)
"""The bound of the query counts back from today."""

WINDOW = {"window_from": str(LAST_DAY - timedelta(days=6)), "window_to": str(LAST_DAY)}


def usage_row(day: date, **overrides: Any) -> Row:
    row = {
        "sg_rule_id": "sgr-0a",
        "sg_id": "sg-0a",
        "sg_name": "web",
        "account_id": "123456789012",
        "region": "eu-central-1",
        "vpc_id": "vpc-0a",
        "flow_direction": "ingress",
        "protocol": "tcp",
        "ports": "443",
        "source": "192.0.2.0/24",
        "description": "from the office",
        "used_times": 0,
        "sole_times": 0,
        "ambiguous_times": 0,
        "interfaces": 2,
        "interfaces_logged": 2,
        "interfaces_skipped": 0,
        "interfaces_active": 2,
        "never_logged": None,
        "day": day.isoformat(),
    }
    return {**row, **overrides}


def days_back(*numbers: int) -> list[date]:
    return [LAST_DAY - timedelta(days=n) for n in numbers]


def verdict_row(**overrides: Any) -> Row:
    row = {
        "sg_rule_id": "sgr-0a",
        "sg_id": "sg-0a",
        "sg_name": "web",
        "description": None,
        "used_times": 0,
        "sole_times": 0,
        "ambiguous_times": 0,
        "days_used": 0,
        "days_observed": 7,
        "sg_rule_last_used": None,
        "status": "unused",
        "reason_code": "never_used",
        "status_reason": "it admitted no request",
        "judged_status": "unused",
        "findings": "shadowed",
        "gone_since": None,
        **WINDOW,
    }
    return {**row, **overrides}


def run_data_set_sql(
    rows: list[Row], verdicts: list[Row], window_days: int = 7
) -> tuple[list[Row], list[Any]]:
    """(rows, description) of the query, translated from Athena's dialect."""
    database = duckdb.connect()
    database.execute("ATTACH ':memory:' AS awsdatacatalog")
    database.execute("CREATE SCHEMA awsdatacatalog.sg_analysis; USE awsdatacatalog.sg_analysis")
    fill_table(
        database, "sg_rule_usage_daily", [*schemas.RULE_USAGE_DAILY.columns, lake_folders.DAY], rows
    )
    fill_table(database, "sg_rule_verdicts", schemas.RULE_VERDICTS.columns, verdicts)
    database.execute("USE memory")  # as in QuickSight, where no table has a default place
    query = data_set_sql("sg_analysis", window_days)
    (sql,) = sqlglot.transpile(query, read="athena", write="duckdb")
    result = database.execute(sql)
    description = result.description
    names = [item[0] for item in description]
    return [dict(zip(names, values, strict=True)) for values in result.fetchall()], description


def fill_table(
    database: duckdb.DuckDBPyConnection, name: str, columns: Sequence[Column], rows: list[Row]
) -> None:
    types = ", ".join(f"{c.name} {HIVE_TO_DUCKDB[c.type]}" for c in columns)
    database.execute(f"CREATE TABLE {name} ({types})")
    marks = ", ".join("?" for _ in columns)
    values = [[row.get(c.name) for c in columns] for row in rows]
    database.executemany(f"INSERT INTO {name} VALUES ({marks})", values)


def test_the_declared_columns_are_those_of_the_query(full: Template) -> None:
    _, description = run_data_set_sql([usage_row(LAST_DAY)], [verdict_row()])
    found = [(name, QUICKSIGHT_TYPES.get(str(kind), "INTEGER")) for name, kind, *_ in description]
    assert found == [(c["Name"], c["Type"]) for c in declared_columns(full)]


def test_every_rule_and_day_of_the_window_has_a_row_also_with_zero() -> None:
    used = [usage_row(day, used_times=5) for day in days_back(0, 1, 8)]
    unused = [usage_row(day, sg_rule_id="sgr-0b") for day in days_back(0, 1, 8)]
    verdicts = [verdict_row(status="used"), verdict_row(sg_rule_id="sgr-0b")]
    rows, _ = run_data_set_sql(used + unused, verdicts)
    counted = {(row["sg_rule_id"], row["day"]): (row["used_times"], row["status"]) for row in rows}
    yesterday, today = days_back(1, 0)
    assert counted == {
        ("sgr-0a", yesterday): (5, "used"),
        ("sgr-0a", today): (5, "used"),
        ("sgr-0b", yesterday): (0, "unused"),
        ("sgr-0b", today): (0, "unused"),
    }


def test_each_status_has_its_place_in_the_order_of_attention() -> None:
    statuses = [*Status, "gone"]
    verdicts = [
        verdict_row(sg_rule_id=status, status=status, gone_since=None if status != "gone" else "x")
        for status in statuses
    ]
    rows, _ = run_data_set_sql([usage_row(LAST_DAY, sg_rule_id=s) for s in statuses], verdicts)
    ranks = {row["status"]: row["status_rank"] for row in rows}
    assert sorted(ranks, key=ranks.__getitem__) == [*ATTENTION, "gone"]


def test_last_use_and_names_of_a_rule() -> None:
    days = [usage_row(day, sg_name="old name") for day in days_back(2, 1, 0)]
    found, _ = run_data_set_sql(
        days, [verdict_row(sg_name="new name", sg_rule_last_used=str(days_back(2)[0]))]
    )
    (names,) = {(row["sg_name"], row["rule"], row["last_used"]) for row in found}
    label = "new name: tcp 443 from 192.0.2.0/24 [unused] sgr-0a"
    assert names == ("new name", label, days_back(2)[0])


def test_a_rule_that_is_gone_is_no_stale_rule() -> None:
    found, _ = run_data_set_sql([usage_row(LAST_DAY)], [verdict_row(gone_since=str(LAST_DAY))])
    assert {row["status"] for row in found} == {"gone"}
    texts = json.dumps(load("dashboard"))
    assert '"DOES_NOT_EQUAL", "CategoryValue": "gone"' in texts


def test_every_table_is_named_with_its_catalog_and_database(full: Template) -> None:
    query = sqlglot.parse_one(data_set_of(full), read="athena")
    inner = {cte.alias for cte in query.find_all(exp.CTE)}
    tables = {
        f"{table.catalog}.{table.db}.{table.name}"
        for table in query.find_all(exp.Table)
        if table.name not in inner
    }
    assert tables == {
        "awsdatacatalog.sg_analysis.sg_rule_usage_daily",
        "awsdatacatalog.sg_analysis.sg_rule_verdicts",
    }
    assert {table.rpartition(".")[2] for table in tables} == {table.name for table in QUERIED}


def data_set_of(full: Template) -> str:
    """The SQL of the data set, as it is deployed."""
    (table,) = only(full, "AWS::QuickSight::DataSet")["PhysicalTableMap"].values()
    return str(plain(table["CustomSql"]["SqlQuery"]))


def test_days_are_bounded_without_a_look_at_another_table(full: Template) -> None:
    """Athena leaves out partitions by conditions whose values it knows when it plans."""
    query = sqlglot.parse_one(data_set_of(full), read="athena")
    (where,) = [found for found in query.find_all(exp.Where) if found.parent is query]
    bounds = [
        condition
        for condition in where.this.flatten()
        if {column.sql() for column in condition.find_all(exp.Column)} == {"daily.day"}
    ]
    (bound,) = bounds
    assert isinstance(bound, exp.GTE)
    assert isinstance(bound.this, exp.Column)
    assert "180" in bound.expression.sql()


@pytest.mark.parametrize(("window_days", "rows"), [(7, 1), (3, 0)])
def test_days_before_twice_the_window_are_not_read(window_days: int, rows: int) -> None:
    old = days_back(9)[0]
    verdict = verdict_row(window_from=str(old), window_to=str(old))
    found, _ = run_data_set_sql([usage_row(old)], [verdict], window_days)
    assert len(found) == rows
