"""The flow-log query in bare DuckDB: the same statement over the same files, and nothing else."""

import sys
import time
from pathlib import Path

import duckdb

from aws_network.flow_logs.formats import parse_format
from aws_network.flow_logs.statement import execution_parameters, select_statement
from aws_network.network.snapshot import Snapshot
from local.emulator.athena import sql_translation
from local.emulator.athena.query import INET
from simulation.formats import FORMATS
from tests.accuracy.played import snapshot_of
from tests.attribution.harness import (
    SQL,
    columns_of,
    interfaces_table,
    selection_of,
    stored_columns,
)
from tests.bench.child import say
from tests.bench.work import DAY, RULES, account

EVERY_CONVERSATION = """
SELECT interface_id, protocol, one, other, port, count(*) AS conversations, sum(records) AS records
FROM (
  SELECT interface_id, protocol, least(srcaddr, dstaddr) AS one,
    greatest(srcaddr, dstaddr) AS other, least(srcport, dstport) AS port,
    greatest(srcport, dstport) AS client_port, min("start") AS first, count(*) AS records
  FROM named
  WHERE action = 'ACCEPT'
  GROUP BY ALL
)
GROUP BY ALL
"""
"""What the query would be if it grouped every 5-tuple of the day."""


def connect(flow_logs: Path, log_format: str, snapshot: Snapshot) -> duckdb.DuckDBPyConnection:
    """DuckDB on two cores, with the files as the table flow_logs_text, and with named columns."""
    connection = duckdb.connect(config={"threads": 2, "preserve_insertion_order": "false"})
    connection.execute(f"LOAD '{INET}'; SET integer_division = true; {sql_translation.MACROS}")
    form = parse_format(FORMATS[log_format].log_format)
    wanted = ", ".join(f"'{column.name}': 'VARCHAR'" for column in columns_of(form, "text"))
    connection.execute(
        f"""CREATE VIEW named AS SELECT *, '123456789012' AS delivery_account,
        'us-east-1' AS delivery_region, '{DAY:%Y}' AS year, '{DAY:%m}' AS month, '{DAY:%d}' AS day,
        filename AS "$path"
        FROM read_csv('{flow_logs}/**/*.log.gz', columns={{{wanted}}}, delim=' ', header=true,
        quote='', escape='', auto_detect=false, filename=true)"""
    )
    connection.execute(
        f"""CREATE VIEW flow_logs_text AS SELECT {stored_columns(form, "text")}, "$path",
        delivery_account, delivery_region, year, month, day FROM named"""
    )
    connection.register("sg_inventory_interfaces", interfaces_table(snapshot, DAY))
    return connection


def statement(log_format: str) -> str:
    """jobs/query_flow_logs.sql for DAY in DuckDB's words."""
    form = parse_format(FORMATS[log_format].log_format)
    sql = select_statement(SQL, selection_of(form, "text"), DAY)
    return sql_translation.parse(sql, execution_parameters(DAY, [DAY])).duckdb()


def main(which: str, log_format: str, flow_logs: Path, target: Path) -> None:
    """Runs `ours` or `every-conversation`, its result into a Parquet file."""
    connection = connect(flow_logs, log_format, snapshot_of(account(RULES)))
    sql = statement(log_format) if which == "ours" else EVERY_CONVERSATION
    begun = time.monotonic()
    written = connection.execute(f"COPY ({sql}) TO '{target}' (FORMAT parquet)").fetchone()
    say(seconds=time.monotonic() - begun, rows=written[0] if written else 0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
