"""The flow-log query in bare DuckDB: the same statement over the same files, and nothing else."""

import sys
import time
from pathlib import Path

import duckdb

from aws_network.flow_logs.formats import Column, parse_format
from aws_network.network.snapshot import Snapshot
from jobs.query_flow_logs import FlowLogTable, select_statement
from local.emulator.athena import sql_translation
from local.emulator.athena.query import INET
from simulation.formats import FORMATS
from tests.accuracy.played import snapshot_of
from tests.attribution.harness import SQL, interfaces_table
from tests.bench.child import say
from tests.bench.work import DAY, RULES, account

EVERY_CONVERSATION = """
SELECT interface_id, protocol, one, other, port, count(*) AS conversations, sum(records) AS records
FROM (
  SELECT interface_id, protocol, least(srcaddr, dstaddr) AS one,
    greatest(srcaddr, dstaddr) AS other, least(srcport, dstport) AS port,
    greatest(srcport, dstport) AS client_port, min("start") AS first, count(*) AS records
  FROM flow_logs
  WHERE action = 'ACCEPT'
  GROUP BY ALL
)
GROUP BY ALL
"""
"""What the query would be if it grouped every 5-tuple of the day."""


def connect(flow_logs: Path, log_format: str, snapshot: Snapshot) -> duckdb.DuckDBPyConnection:
    """DuckDB on two cores, with the files as the table flow_logs."""
    connection = duckdb.connect(config={"threads": 2, "preserve_insertion_order": "false"})
    connection.execute(f"LOAD '{INET}'; SET integer_division = true; {sql_translation.MACROS}")
    columns = columns_of(log_format)
    types = {"string": "VARCHAR", "int": "INTEGER", "bigint": "BIGINT"}
    wanted = ", ".join(f"'{column.name}': 'VARCHAR'" for column in columns)
    typed = ", ".join(
        f'TRY_CAST("{column.name}" AS {types[column.type]}) AS "{column.name}"'
        for column in columns
    )
    connection.execute(
        f"""CREATE VIEW flow_logs AS SELECT {typed}, '123456789012' AS delivery_account,
        'us-east-1' AS delivery_region, '{DAY:%Y}' AS year, '{DAY:%m}' AS month, '{DAY:%d}' AS day,
        filename AS "$path"
        FROM read_csv('{flow_logs}/**/*.log.gz', columns={{{wanted}}}, delim=' ', header=true,
        quote='', escape='', auto_detect=false, filename=true)"""
    )
    connection.register("sg_inventory_interfaces", interfaces_table(snapshot, DAY))
    return connection


def columns_of(log_format: str) -> list[Column]:
    """The columns of a format of the simulation, as text."""
    return list(parse_format(FORMATS[log_format].log_format).columns("text"))


def statement(log_format: str) -> str:
    """jobs/query_flow_logs.sql for DAY in DuckDB's words."""
    names = tuple(column.name for column in columns_of(log_format))
    table = FlowLogTable(names, "", (), (), is_parquet=False)
    values = (DAY, DAY, f"{DAY:%Y}", f"{DAY:%m}", f"{DAY:%d}")
    return sql_translation.parse(
        select_statement(SQL, table, DAY), [f"'{value}'" for value in values]
    ).duckdb()


def main(which: str, log_format: str, flow_logs: Path, target: Path) -> None:
    """Runs `ours` or `every-conversation`, its result into a Parquet file."""
    connection = connect(flow_logs, log_format, snapshot_of(account(RULES)))
    sql = statement(log_format) if which == "ours" else EVERY_CONVERSATION
    begun = time.monotonic()
    written = connection.execute(f"COPY ({sql}) TO '{target}' (FORMAT parquet)").fetchone()
    say(seconds=time.monotonic() - begun, rows=written[0] if written else 0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
