"""Shares of the interfaces: every line is in exactly one."""

import duckdb
import pytest

from aws_network.flow_logs.interface_shares import SHARES, conditions
from local.emulator.athena import sql_translation

IDS = [f"eni-0a1b2c3d4e5f6071{digit}" for digit in "0123456789abcdef"]
LINES: list[str | None] = [
    *IDS,
    "-",
    "",
    "interface-id",
    "eni-torn-li",
    "ENI-0A1B2C3D4E5F6071F",
    None,
]


@pytest.mark.parametrize("shares", SHARES)
def test_every_line_is_in_exactly_one_share(shares: int) -> None:
    found = [_lines_of(condition) for condition in conditions(shares)]
    assert len(found) == shares
    assert sorted((line for lines in found for line in lines), key=str) == sorted(LINES, key=str)
    assert {len(set(lines) & set(IDS)) for lines in found} == {len(IDS) // shares}


def _lines_of(condition: str) -> list[str | None]:
    """The lines of a share, by the SQL that Athena gets."""
    values = ", ".join("(NULL)" if line is None else f"('{line}')" for line in LINES)
    sql = f"SELECT interface_id FROM (VALUES {values}) AS t (interface_id) WHERE {condition}"
    return [row[0] for row in duckdb.sql(sql_translation.parse(sql, []).duckdb()).fetchall()]
