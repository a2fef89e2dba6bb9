"""What the rows of a table are: text, JSON and Parquet files."""

import json

import pytest

from tests.local.emulator.athena.warehouse import JSON, PARQUET, Warehouse, parquet, text_table


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        (["a b c", "1 2 3"], [("1", "2", "3")]),
        (["a b c", "1 2"], [("1", "2", None)]),
        (["a b c", "1 2 3 4 5"], [("1", "2", "3")]),
        (["a b c", '1 "2 3'], [("1", '"2', "3")]),
        (["a b c", "1  3"], [("1", "", "3")]),
        (["a b c"], []),
    ],
    ids=["as many fields", "too few", "too many", "a quote is a letter", "empty field", "no line"],
)
def test_text_line_is_split_as_lazy_simple_serde_does(
    warehouse: Warehouse, lines: list[str], rows: list[tuple[str | None, ...]]
) -> None:
    text_table(warehouse, *lines)
    assert warehouse.rows("SELECT a, b, c FROM t") == rows


def test_path_names_the_object_of_a_row(warehouse: Warehouse) -> None:
    text_table(warehouse, "a b c", "1 2 3")
    assert warehouse.rows('SELECT "$path" FROM t') == [(f"s3://{warehouse.name}/t/one.log.gz",)]


def test_json_lines_are_typed(warehouse: Warehouse) -> None:
    warehouse.table("j", "id string, ips array<string>, n bigint, s struct<x:int>", JSON)
    rows = [{"id": "eni-1", "ips": ["192.0.2.1"], "n": 5, "s": {"x": 1}}, {"id": "eni-2"}]
    warehouse.put_lines("j/x.jsonl.gz", *[json.dumps(row) for row in rows])
    query = "SELECT id, n, s.x, cardinality(ips) FROM j ORDER BY id"
    assert warehouse.rows(query) == [("eni-1", "5", "1", "1"), ("eni-2", None, None, None)]


def test_damaged_json_fails_the_query_and_is_named(warehouse: Warehouse) -> None:
    warehouse.table("j", "id string", JSON)
    warehouse.put_lines("j/x.jsonl.gz", '{"id": "a"}', '{"id": ')
    reason = warehouse.reason("SELECT * FROM j")
    assert reason.startswith("HIVE_CURSOR_ERROR")
    assert f"s3://{warehouse.name}/j/x.jsonl.gz" in reason


def test_parquet_columns_are_found_by_name(warehouse: Warehouse) -> None:
    warehouse.table("p", "a string, b bigint", PARQUET)
    warehouse.put("p/1.parquet", parquet(b=[1], a=["x"]))
    warehouse.put("p/2.parquet", parquet(a=["y"], other=[3.5]))
    assert warehouse.rows("SELECT a, b FROM p ORDER BY a") == [("x", "1"), ("y", None)]


@pytest.mark.parametrize("catalog", ["", "awsdatacatalog.", "AwsDataCatalog."])
def test_a_table_named_with_its_database_and_catalog(warehouse: Warehouse, catalog: str) -> None:
    text_table(warehouse, "a b c", "1 2 3")
    query = f'WITH w AS (SELECT a FROM {catalog}"{warehouse.name}".t) SELECT w.a FROM w'
    assert warehouse.rows(query) == [("1",)]


def test_another_catalog_is_not_there(warehouse: Warehouse) -> None:
    text_table(warehouse, "a b c", "1 2 3")
    reason = warehouse.reason(f'SELECT a FROM other."{warehouse.name}".t')
    assert reason.startswith("CATALOG_NOT_FOUND")
