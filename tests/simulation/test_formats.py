"""Files as AWS delivers them."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simulation.connections import tcp_connection
from simulation.deliveries import deliveries, write_flow_logs
from simulation.formats import FORMATS, FlowLogFormat, line
from simulation.history import still
from simulation.logs import Logs, observe
from simulation.records import midnight
from tests.simulation.small_network import DAY, NETWORK, NOON, logged

CONNECTION = tcp_connection(("10.0.0.10", 50000), ("10.0.1.21", 443), NOON)
LOGGING = logged(60, skipped={("eni-09", NOON)})
LOGS: Logs = observe(still(NETWORK), [CONNECTION], [DAY], LOGGING)


def written(folder: Path, log_format: str, *hours: int) -> list[Path]:
    """The files of the logs, in another format, of which one begins at each of the hours."""
    (flow_log,) = LOGGING.flow_logs
    logging = replace(
        LOGGING,
        flow_logs=(replace(flow_log, log_format=FORMATS[log_format]),),
        object_hours=hours,
    )
    return write_flow_logs(folder, NETWORK, deliveries(NETWORK, LOGS, logging))


def test_default_format_line() -> None:
    request = next(each for each in LOGS.records if each.is_request)
    at = f"{NOON} {NOON + 1}"
    assert line(request, NETWORK, FORMATS["default"]) == (
        f"2 123456789012 eni-05 10.0.0.10 10.0.1.20 50000 443 6 7 580 {at} ACCEPT OK"
    )


def test_skipdata_line() -> None:
    (skipped,) = [each for each in LOGS.records if each.log_status == "SKIPDATA"]
    at = f"{skipped.start} {skipped.end}"
    assert skipped.end - skipped.start == 59
    assert line(skipped, NETWORK, FORMATS["default"]) == (
        f"2 123456789012 eni-09 - - - - - - - {at} - SKIPDATA"
    )


def test_custom_format_line() -> None:
    request = next(each for each in LOGS.records if each.is_request)
    assert (
        line(request, NETWORK, FORMATS["custom"]).split()[14:]
        == (
            "vpc-0aaaaaaaaaaaaaaaa subnet-0b i-05 3 IPv4 10.0.0.10 10.0.1.21 us-east-1 use1-az1 "
            "ingress -"
        ).split()
    )


@pytest.mark.parametrize(
    ("fields", "version"),
    [
        ("version srcaddr", 2),
        ("srcaddr tcp-flags", 3),
        ("region tcp-flags", 4),
        ("flow-direction srcaddr", 5),
    ],
)
def test_version_is_the_highest_of_the_fields(fields: str, version: int) -> None:
    assert FlowLogFormat(fields).version == version


def test_log_format_string() -> None:
    assert FlowLogFormat("version tcp-flags").log_format == "${version} ${tcp-flags}"


@pytest.mark.parametrize(
    ("name", "folder", "ending"),
    [
        ("default", "123456789012/vpcflowlogs/us-east-1/2026/11/20", ".log.gz"),
        ("custom", "123456789012/vpcflowlogs/us-east-1/2026/11/20", ".log.gz"),
        (
            "parquet",
            "aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/"
            "year=2026/month=11/day=20",
            ".log.parquet",
        ),
    ],
)
def test_where_files_lie(tmp_path: Path, name: str, folder: str, ending: str) -> None:
    paths = written(tmp_path, name, 0, 6, 12, 18)
    (path,) = {each.relative_to(tmp_path) for each in paths if "T1200Z" in each.name}
    assert str(path.parent) == f"AWSLogs/{folder}"
    flow_log_id = LOGGING.flow_logs[0].flow_log_id
    assert path.name.startswith(f"123456789012_vpcflowlogs_us-east-1_{flow_log_id}_20261120T")
    assert path.name.endswith(ending)


def test_text_files_have_a_header_and_every_record_once(tmp_path: Path) -> None:
    fields = FORMATS["custom"]
    paths = written(tmp_path, "custom", 0, 6)
    texts = [gzip.decompress(path.read_bytes()).decode().splitlines() for path in paths]
    assert {text[0] for text in texts} == {fields.fields}
    lines = [each for text in texts for each in text[1:]]
    assert sorted(lines) == sorted(line(each, NETWORK, fields) for each in LOGS.records)


def test_parquet_types_are_those_that_aws_documents(tmp_path: Path) -> None:
    (path,) = written(tmp_path, "parquet", 0)
    table = pq.ParquetFile(path).read()
    types = dict(zip(table.schema.names, table.schema.types, strict=True))
    assert {name for name, kind in types.items() if kind == pa.int32()} == {
        "version", "srcport", "dstport", "protocol", "tcp_flags", "traffic_path",
    }  # fmt: skip
    assert {name for name, kind in types.items() if kind == pa.int64()} == {
        "packets", "bytes", "start", "end",
    }  # fmt: skip
    rows = table.to_pylist()
    (request,) = [
        row for row in rows if row["interface_id"] == "eni-05" and row["srcport"] == 50000
    ]
    assert (request["tcp_flags"], request["pkt_dstaddr"]) == (3, "10.0.1.21")
    (skipped,) = [row for row in rows if row["log_status"] == "SKIPDATA"]
    assert (skipped["srcport"], skipped["action"]) == (None, "-")


@pytest.mark.parametrize(
    ("fact", "by_interval", "expected"),
    [
        ("the last packet decides", False, {"T0000Z": 1, "T0600Z": 1}),
        ("the end of the interval decides", True, {"T0600Z": 2}),
    ],
)
def test_in_which_file_a_record_lies(
    fact: str, by_interval: bool, expected: dict[str, int]
) -> None:
    before_six = midnight(DAY) + 21_599
    connection = tcp_connection(
        ("198.51.100.3", 50000), ("10.0.1.20", 22), before_six, exchanges=[], closed_after=None
    )
    reply_after_six = replace(
        connection, bursts=(connection.bursts[0], replace(connection.bursts[1], at=before_six + 1))
    )
    logging = replace(logged(600), by_interval=by_interval, object_hours=(0, 6))
    logs = observe(still(NETWORK), [reply_after_six], [DAY], logging)
    found = {
        each.key.name.split("_")[4][8:]: sum(record.flow is not None for record in each.records)
        for each in deliveries(NETWORK, logs, logging)
    }
    assert {name: count for name, count in found.items() if count} == expected, fact
