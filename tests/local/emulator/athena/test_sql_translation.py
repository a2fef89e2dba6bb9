"""Every SQL function that the engine lets through answers as the Trino manual says."""

import pytest

from local.emulator.server import Emulator
from tests.local.emulator.athena.warehouse import Warehouse, make_warehouse


@pytest.fixture(scope="module")
def warehouse(aws: Emulator) -> Warehouse:
    return make_warehouse(aws)


ARRAY = "CAST(ARRAY[1, 2] AS array(bigint))"

FACTS = [
    # integers out of text
    ("try_cast('443' AS integer)", "443"),
    ("try_cast('-' AS integer)", None),
    ("try_cast('' AS integer)", None),
    ("try_cast('1.5' AS integer)", None),
    ("try_cast('1e3' AS bigint)", None),
    ("try_cast('99999999999' AS integer)", None),
    ("try_cast('99999999999' AS bigint)", "99999999999"),
    ("try_cast('+7' AS bigint)", "7"),
    ("try_cast(7 AS bigint)", "7"),
    ("CAST(443 AS varchar)", "443"),
    # integers
    ("7 / 2", "3"),
    ("-7 / 2", "-3"),
    ("-7 % 2", "-1"),
    ("abs(-3)", "3"),
    ("bitwise_and(19, 18)", "18"),
    ("greatest(1, 3, 2)", "3"),
    ("greatest(1, NULL)", None),
    ("least(2, 1)", "1"),
    ("least(2, NULL)", None),
    # text
    ("lower('2001:DB8::A')", "2001:db8::a"),
    ("upper('a')", "A"),
    ("nullif('-', '-')", None),
    ("nullif('a', '-')", "a"),
    ("coalesce(NULL, 'b')", "b"),
    ("'a' || NULL", None),
    ("concat('a', 'b')", "ab"),
    ("concat('a', NULL)", None),
    ("length('abc')", "3"),
    ("trim(' a ')", "a"),
    # conditions
    ("CASE WHEN NULL THEN 1 ELSE 2 END", "2"),
    ("if(1 = 2, 'a')", None),
    ("NULL IN (1, 2)", None),
    ("3 IN (1, NULL)", None),
    ("NULL OR TRUE", "true"),
    # days
    ("CAST(CAST(CAST('2026-03-01' AS date) - interval '1' day AS date) AS varchar)", "2026-02-28"),
    ("current_date > CAST('2026-01-01' AS date)", "true"),
    # arrays
    (f"contains({ARRAY}, 2)", "true"),
    (f"contains({ARRAY}, 3)", "false"),
    (f"any_match({ARRAY}, x -> x > 1)", "true"),
    (f"any_match({ARRAY}, x -> x > 2)", "false"),
    ("any_match(CAST(ARRAY[] AS array(bigint)), x -> x > 2)", "false"),
    (f"cardinality({ARRAY})", "2"),
    # addresses
    ("contains('10.0.0.0/8', CAST('10.1.2.3' AS ipaddress))", "true"),
    ("contains('10.0.0.0/8', CAST('11.1.2.3' AS ipaddress))", "false"),
    ("contains('0.0.0.0/0', CAST('192.0.2.1' AS ipaddress))", "true"),
    ("contains('2001:db8::/32', CAST('2001:db8::1' AS ipaddress))", "true"),
    ("contains('2001:db8::/32', CAST('192.0.2.1' AS ipaddress))", "false"),
    ("contains('::/0', CAST('192.0.2.1' AS ipaddress))", "false"),
    ("contains('192.0.2.7/32', CAST('192.0.2.7' AS ipaddress))", "true"),
]


@pytest.mark.parametrize(("expression", "answer"), FACTS, ids=[fact[0] for fact in FACTS])
def test_expression(warehouse: Warehouse, expression: str, answer: str | None) -> None:
    assert warehouse.rows(f"SELECT {expression}") == [(answer,)]


VALUES = (
    "(VALUES (1, 'a', TRUE), (2, 'a', FALSE), (3, 'b', NULL), (NULL, 'b', NULL)) AS t (n, k, b)"
)

AGGREGATES = [
    ("count(*)", [("a", "2"), ("b", "2")]),
    ("count(n)", [("a", "2"), ("b", "1")]),
    ("count(DISTINCT b)", [("a", "2"), ("b", "0")]),
    ("count_if(b)", [("a", "1"), ("b", "0")]),
    ("sum(n)", [("a", "3"), ("b", "3")]),
    ("min(n)", [("a", "1"), ("b", "3")]),
    ("max(n)", [("a", "2"), ("b", "3")]),
    ("bool_or(b)", [("a", "true"), ("b", None)]),
    ("bool_and(b)", [("a", "false"), ("b", None)]),
    ("bitwise_or_agg(n)", [("a", "3"), ("b", "3")]),
]


@pytest.mark.parametrize(("expression", "answer"), AGGREGATES, ids=[a[0] for a in AGGREGATES])
def test_aggregate(
    warehouse: Warehouse, expression: str, answer: list[tuple[str, str | None]]
) -> None:
    assert warehouse.rows(f"SELECT k, {expression} FROM {VALUES} GROUP BY 1 ORDER BY k") == answer


def test_window_counts_the_rows_of_a_partition(warehouse: Warehouse) -> None:
    query = f"SELECT n, count(*) OVER (PARTITION BY k) FROM {VALUES} WHERE n < 4 ORDER BY n"
    assert warehouse.rows(query) == [("1", "2"), ("2", "2"), ("3", "1")]


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_null_sorts_last_in_both_directions(warehouse: Warehouse, direction: str) -> None:
    query = f"SELECT n FROM {VALUES} ORDER BY n {direction}"
    assert warehouse.rows(query)[-1] == (None,)


def test_unnest_makes_a_row_of_each_element(warehouse: Warehouse) -> None:
    values = "(VALUES ('a', ARRAY[1, 2]), ('b', ARRAY[])) AS t (k, es)"
    query = f"SELECT k, e FROM {values} CROSS JOIN UNNEST(es) AS u (e) ORDER BY e"
    assert warehouse.rows(query) == [("a", "1"), ("a", "2")]


@pytest.mark.parametrize(
    "expression",
    [
        "format('%s', 1)",
        "date_diff('day', now(), now())",
        "approx_distinct(1)",
        "zip_with(a, b, f)",
    ],
)
def test_function_that_may_answer_otherwise_is_refused(
    warehouse: Warehouse, expression: str
) -> None:
    assert warehouse.reason(f"SELECT {expression}").startswith("FUNCTION_NOT_FOUND")


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELEC 1", "SYNTAX_ERROR"),
        ("SELECT nothing", "COLUMN_NOT_FOUND"),
        ("SELECT * FROM nowhere", "TABLE_NOT_FOUND"),
        ("SELECT CAST('x' AS ipaddress)", "INVALID_CAST_ARGUMENT"),
        ("SELECT 1 WHERE 1 = ?", "SYNTAX_ERROR: Incorrect number of parameters"),
    ],
)
def test_error_says_what_is_wrong(warehouse: Warehouse, sql: str, reason: str) -> None:
    assert warehouse.reason(sql).startswith(reason)


def test_parameters_are_literals_in_the_order_of_the_marks(warehouse: Warehouse) -> None:
    query = f"WITH w AS (SELECT n FROM {VALUES} WHERE k = ?) SELECT n FROM w WHERE n > ? -- why?"
    assert warehouse.rows(query, "'a'", "1") == [("2",)]


def test_parameter_without_quotes_is_no_text(warehouse: Warehouse) -> None:
    assert "COLUMN_NOT_FOUND" in warehouse.reason(f"SELECT n FROM {VALUES} WHERE k = ?", "oops")
