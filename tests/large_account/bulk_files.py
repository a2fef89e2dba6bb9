"""Millions of flow-log records of a large account in little time, and what a query leaves of them.

Every record is a function of its number: DuckDB computes them in parallel, nothing is kept in
memory, and the same numbers always give the same files. Six records in a row are a conversation:
three intervals, request and reply, as one of its ends logs it.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from simulation.formats import FORMATS, FlowLogFormat, delivery_path, parquet_schema
from simulation.network import Network
from simulation.records import midnight
from tests.large_account.network import Edge, edges

RECORDS_PER_FILE = 500_000

_RECORDS = """
WITH numbered AS (
  SELECT number, number // 6 AS conversation, number % 6 // 2 AS step, number % 2 = 1 AS is_reply,
    CAST(hash(number // 6) >> 1 AS BIGINT) AS dice,
    CAST(hash(number // 6, 1) >> 1 AS BIGINT) AS more,
    CAST(hash(number) >> 1 AS BIGINT) AS own_dice
  FROM range({first}, {last}) AS numbers (number)
),
placed AS (
  SELECT numbered.*, edge.*,
    client IS NOT NULL AND more % 2 = 0 AS at_client,
    more % 100 < 4 AS is_scan,
    number % 97 = 5 AS is_quiet,
    1024 + (more >> 8) % 64000 AS client_port,
    CASE WHEN ipv6 IS NULL THEN {dotted} ELSE ipv6 || printf('%x', more % span) END AS peer,
    {midnight} + conversation * 86200 // {conversations} + 60 * step AS start_time
  FROM numbered
  JOIN edge ON edge.id = CAST(floor(power((dice >> 11) / 4503599627370496.0, 2) * {edges}) AS INT)
),
directed AS (
  SELECT *, at_client = is_reply AS is_ingress,
    CASE WHEN is_reply THEN own ELSE peer END AS source,
    CASE WHEN is_reply THEN peer ELSE own END AS target,
    CASE WHEN is_scan THEN 'REJECT' ELSE 'ACCEPT' END AS verdict
  FROM placed
)
SELECT {columns} FROM directed
"""

_DOTTED = (
    "printf('%d.%d.%d.%d', address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255)"
).replace("address", "(base + (more >> 20) % span)")

_TRAFFIC = {
    "srcaddr": "source",
    "dstaddr": "target",
    "srcport": "CASE WHEN is_reply THEN port ELSE client_port END",
    "dstport": "CASE WHEN is_reply THEN client_port ELSE port END",
    "protocol": "protocol",
    "packets": "2 + own_dice % 40",
    "bytes": "120 + own_dice % 90000",
    "action": "verdict",
    "vpc-id": "'vpc-00000000000000001'",
    "subnet-id": "'subnet-00000000000000001'",
    "instance-id": "'i-00000000000000001'",
    "tcp-flags": "CASE WHEN protocol <> 6 OR step = 1 THEN 0 WHEN step = 2 THEN 1 "
    "WHEN is_reply THEN 18 ELSE 2 END",
    "type": "CASE WHEN ipv6 IS NULL THEN 'IPv4' ELSE 'IPv6' END",
    "pkt-srcaddr": "source",
    "pkt-dstaddr": "target",
    "region": "'us-east-1'",
    "az-id": "'use1-az1'",
    "flow-direction": "CASE WHEN is_ingress THEN 'ingress' ELSE 'egress' END",
    "traffic-path": "CASE WHEN NOT is_ingress THEN 1 END",
}
_ALWAYS = {
    "account-id": "'123456789012'",
    "interface-id": "CASE WHEN at_client THEN client ELSE server END",
    "start": "start_time",
    "end": "start_time + 59",
    "log-status": "CASE WHEN is_quiet THEN 'NODATA' ELSE 'OK' END",
}

_ROWS = """
WITH numbered AS (
  SELECT number, CAST(hash(number) >> 1 AS BIGINT) AS dice,
    CAST(hash(number, 1) >> 1 AS BIGINT) AS more
  FROM range({first}, {last}) AS numbers (number)
),
placed AS (
  SELECT numbered.*, edge.*,
    client IS NOT NULL AND more % 2 = 0 AS at_client,
    more % 100 < 3 AS is_open,
    CASE WHEN ipv6 IS NULL THEN {dotted} ELSE ipv6 || printf('%x', more % span) END AS other
  FROM numbered
  JOIN edge ON edge.id = CAST(floor(power((dice >> 11) / 4503599627370496.0, 2) * {edges}) AS INT)
)
SELECT
  '123456789012' AS delivery_account,
  'us-east-1' AS delivery_region,
  '{day}' AS day,
  CASE WHEN at_client THEN client ELSE server END AS interface_id,
  'accepted' AS outcome,
  TRUE AS is_sided,
  CAST(protocol AS INT) AS protocol,
  CASE WHEN is_open THEN CASE WHEN at_client THEN other ELSE own END END AS own,
  CASE WHEN at_client THEN own ELSE other END AS peer,
  CAST(CASE WHEN at_client THEN CASE WHEN is_open THEN 30000 END ELSE port END AS INT) AS own_port,
  CAST(CASE WHEN at_client THEN port WHEN is_open THEN 30000 END AS INT) AS peer_port,
  CASE WHEN is_open THEN 'unknown' WHEN at_client THEN 'egress' ELSE 'ingress' END AS opener,
  CASE WHEN is_open THEN 'none' WHEN protocol = 6 THEN 'observed' ELSE 'inferred' END AS evidence,
  CAST(1 + dice % 5 AS BIGINT) AS records_in,
  CAST(1 + more % 5 AS BIGINT) AS records_out
FROM placed
"""


def write_bulk_flow_logs(
    folder: Path,
    network: Network,
    day: date,
    records: int,
    log_format: FlowLogFormat = FORMATS["custom"],
    most_peers: int = 1_000_000,
) -> list[Path]:
    """Writes folder/AWSLogs/... with so many records of one UTC day; returns the files in order.

    A client connects again and again where `most_peers`, the addresses that use one service alike,
    are few.
    """
    members = edges(network, most_peers=most_peers)
    copies = []
    for first, last in _shares(records):
        at = midnight(day) + first * 86_400 // records
        path = folder / delivery_path(network, log_format, at - at % 300, part=first)
        path.parent.mkdir(parents=True, exist_ok=True)
        query = _RECORDS.format(
            first=first,
            last=last,
            dotted=_DOTTED,
            midnight=midnight(day),
            conversations=max(1, records // 6),
            edges=len(members),
            columns=_columns(log_format),
        )
        copies.append(_Copy(query, path, _options(log_format)))
    return _run(copies, members)


def write_attributable_rows(folder: Path, network: Network, day: date, rows: int) -> list[Path]:
    """Writes so many rows, as a flow-log query leaves them for attribution, as Parquet files.

    Each is a service, or with unknown opener (3 in 100) a pair of high ports, of one interface and
    one peer.
    """
    members = edges(network)
    folder.mkdir(parents=True, exist_ok=True)
    options = "FORMAT parquet, COMPRESSION zstd"
    copies = []
    for first, last in _shares(rows):
        query = _ROWS.format(first=first, last=last, dotted=_DOTTED, edges=len(members), day=day)
        copies.append(_Copy(query, folder / f"part-{first:012d}.parquet", options))
    return _run(copies, members)


@dataclass(frozen=True)
class _Copy:
    query: str
    path: Path
    options: str

    def run(self, connection: duckdb.DuckDBPyConnection) -> Path:
        connection.execute(f"COPY ({self.query}) TO '{self.path}' ({self.options})")
        return self.path


def _run(copies: list[_Copy], members: list[Edge]) -> list[Path]:
    """One file per core at a time: a gzip stream is the work of one thread."""
    connection = _with_edges(members)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda copy: copy.run(connection.cursor()), copies))


def _shares(count: int) -> Iterator[tuple[int, int]]:
    for first in range(0, count, RECORDS_PER_FILE):
        yield first, min(first + RECORDS_PER_FILE, count)


def _with_edges(members: list[Edge]) -> duckdb.DuckDBPyConnection:
    names = list(Edge.__dataclass_fields__)
    columns = zip(*(astuple(member) for member in members), strict=True)
    table = pa.table({"id": range(len(members)), **dict(zip(names, columns, strict=True))})
    connection = duckdb.connect(config={"threads": 1})
    connection.register("edges", table)
    connection.execute("CREATE TABLE edge AS FROM edges")
    return connection


def _columns(log_format: FlowLogFormat) -> str:
    constants = {**_ALWAYS, "version": str(log_format.version)}
    traffic = {name: f"CASE WHEN NOT is_quiet THEN {text} END" for name, text in _TRAFFIC.items()}
    known = {**traffic, **constants}
    is_parquet = log_format.file_format == "parquet"
    types = {"int32": "INT", "int64": "BIGINT", "string": "VARCHAR"}
    return ", ".join(
        f'CAST({known[name]} AS {types[str(kind)]}) AS "{column if is_parquet else name}"'
        for name, column, kind in zip(
            log_format.names,
            parquet_schema(log_format).names,
            parquet_schema(log_format).types,
            strict=True,
        )
    )


def _options(log_format: FlowLogFormat) -> str:
    if log_format.file_format == "parquet":
        return "FORMAT parquet, COMPRESSION gzip"
    return "FORMAT csv, DELIMITER ' ', HEADER, NULLSTR '-', QUOTE '', COMPRESSION gzip"
