"""Bulk files: as many lines as asked for, every accepted request admitted, always the same."""

import gzip
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from simulation.formats import FORMATS, parquet_schema
from simulation.network import Network
from simulation.security import Request, admitting_rules
from tests.large_account.bulk_files import write_attributable_rows, write_bulk_flow_logs
from tests.large_account.network import edges, large_account

DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def account() -> Network:
    return large_account(200)


@pytest.mark.parametrize("rules", [20, 200, 2_000])
def test_size(rules: int) -> None:
    network = large_account(rules)
    assert len({rule.rule_id for rule in network.rules}) == rules
    assert len({interface.primary for interface in network.interfaces}) == rules // 2


def test_every_use_is_admitted(account: Network) -> None:
    for edge in edges(account):
        if edge.ipv6 is None:
            first = ".".join(str(edge.base >> shift & 255) for shift in (24, 16, 8, 0))
            request = Request("ingress", edge.protocol, edge.port, first)
            assert admitting_rules(account, account.interface[edge.server], request)


@pytest.mark.parametrize("name", ["default", "custom"])
def test_text(tmp_path: Path, account: Network, name: str) -> None:
    fields = FORMATS[name]
    paths = write_bulk_flow_logs(tmp_path, account, DAY, 3_000, fields)
    texts = [gzip.decompress(path.read_bytes()).decode().splitlines() for path in paths]
    assert {text[0] for text in texts} == {fields.fields}
    rows = [line.split() for text in texts for line in text[1:]]
    assert len(rows) == 3_000
    assert {len(row) for row in rows} == {len(fields.names)}
    assert {row[13] for row in rows} == {"OK", "NODATA"}
    assert {row[12] for row in rows} == {"ACCEPT", "REJECT", "-"}
    ends = [int(row[11]) for row in rows]
    assert 1795132800 <= min(ends) < max(ends) < 1795132800 + 86_400


def test_parquet_holds_the_same_records_in_the_documented_types(
    tmp_path: Path, account: Network
) -> None:
    fields = FORMATS["parquet"]
    (path,) = write_bulk_flow_logs(tmp_path / "parquet", account, DAY, 3_000, fields)
    (text,) = write_bulk_flow_logs(tmp_path / "text", account, DAY, 3_000, FORMATS["custom"])
    table = pq.ParquetFile(path).read()
    assert list(zip(table.schema.names, table.schema.types, strict=True)) == list(
        zip(parquet_schema(fields).names, parquet_schema(fields).types, strict=True)
    )
    lines = gzip.decompress(text.read_bytes()).decode().splitlines()[1:]
    shown = [
        " ".join("-" if value is None else str(value) for value in row.values())
        for row in table.to_pylist()
    ]
    assert shown == lines


def test_the_same_numbers_give_the_same_file(tmp_path: Path, account: Network) -> None:
    first, again = (
        write_bulk_flow_logs(tmp_path / name, account, DAY, 500)[0].read_bytes()
        for name in ("first", "again")
    )
    assert gzip.decompress(first) == gzip.decompress(again)


def test_attributable_rows(tmp_path: Path, account: Network) -> None:
    (path,) = write_attributable_rows(tmp_path, account, DAY, 5_000)
    rows = pq.ParquetFile(path).read().to_pylist()
    assert len(rows) == 5_000
    assert {row["opener"] for row in rows} == {"ingress", "egress", "unknown"}
    for row in rows:
        has_own, has_peer = row["own_port"] is not None, row["peer_port"] is not None
        expected = {"ingress": (True, False), "egress": (False, True), "unknown": (True, True)}
        assert (has_own, has_peer) == expected[row["opener"]]
        assert (row["own"] is not None) == (row["opener"] == "unknown")
