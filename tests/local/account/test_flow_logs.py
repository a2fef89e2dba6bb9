"""A synced flow-log bucket: what is wrong with it is said by name, with what to do."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local.account.cli_exports import InputError
from local.account.flow_logs import read_flow_logs
from tests.local.account.samples import DAY, DEFAULT, HEADER, HIVE, log


def parquet(folder: Path, key: str) -> Path:
    path = folder / key
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"interface_id": ["eni-1"], "tcp_flags": [2]}), path)
    return path


def test_text_logs_say_their_layout_and_format(tmp_path: Path) -> None:
    log(tmp_path, f"some/prefix/{DEFAULT}", HEADER)
    found = read_flow_logs(tmp_path, DAY, DAY)
    assert (found.accounts, found.regions) == (["123456789012"], ["eu-west-1"])
    assert (found.prefix, found.hive, found.file_format) == ("some/prefix", False, "text")
    assert found.log_format == " ".join(f"${{{field}}}" for field in HEADER.split())


def test_hive_parquet_logs_say_their_layout_and_format(tmp_path: Path) -> None:
    parquet(tmp_path, HIVE)
    found = read_flow_logs(tmp_path, DAY, DAY)
    assert (found.prefix, found.hive, found.file_format) == ("", True, "parquet")
    assert found.log_format == "${interface-id} ${tcp-flags}"


def test_the_folder_may_be_awslogs_itself(tmp_path: Path) -> None:
    log(tmp_path, DEFAULT, HEADER)
    assert read_flow_logs(tmp_path / "AWSLogs", DAY, DAY).files[0].key == DEFAULT


def log_file(folder: Path) -> object:
    return log(folder, DEFAULT, HEADER)


def parquet_file(folder: Path) -> object:
    return parquet(folder, HIVE)


Damage = Callable[[Path], object]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda f: f.rmdir(), "no such folder"),
        (lambda f: log(f, "2026/11/01/x.log.gz", HEADER), "holds no folder AWSLogs"),
        (lambda f: log(f, "AWSLogs/123456789012/elb/x.log.gz", "a"), "holds no flow log"),
        (lambda f: log(f, DEFAULT.replace("11/01", "11/07"), HEADER), "only from 2026-11-07"),
        (lambda f: [make(f) for make in (log_file, parquet_file)], "default and Hive prefixes"),
        (lambda f: log(f, DEFAULT, "2 123456789012 eni-1"), "header line"),
        (lambda f: log(f, DEFAULT, HEADER).write_bytes(b"plain"), "is damaged"),
        (lambda f: log(f, DEFAULT, HEADER).write_bytes(gzip.compress(b"x")[:5]), "is damaged"),
    ],
    ids=["folder", "no AWSLogs", "other logs", "other days", "mixed", "no header", "plain", "cut"],
)
def test_flow_logs_that_cannot_be_used(tmp_path: Path, make: Damage, said: str) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    make(folder)
    with pytest.raises(InputError, match=said) as error:
        read_flow_logs(folder, DAY, DAY)
    assert str(folder) in str(error.value)
