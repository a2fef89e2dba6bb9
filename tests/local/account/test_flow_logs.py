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

GATEWAY = "version resource-type account-id tgw-id tgw-attachment-id srcaddr dstaddr srcport"
NAMES = HEADER.replace("-", "_").split()


def parquet(folder: Path, key: str, names: list[str] = NAMES) -> Path:
    path = folder / key
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({name: ["x"] for name in names}), path)
    return path


def test_paths_say_account_and_region(tmp_path: Path) -> None:
    log(tmp_path, f"some/prefix/{DEFAULT}", HEADER)
    found = read_flow_logs(tmp_path, DAY, DAY)
    assert (found.accounts, found.regions) == (["123456789012"], ["eu-west-1"])
    assert found.prefix == "some/prefix"


def test_layouts_file_formats_and_flow_logs_may_be_mixed(tmp_path: Path) -> None:
    log(tmp_path, DEFAULT, HEADER)
    parquet(tmp_path, HIVE)
    log(tmp_path, DEFAULT.replace("/01/", "/01/tgw-"), GATEWAY)
    assert len(read_flow_logs(tmp_path, DAY, DAY).files) == 3


def test_the_first_objects_of_the_next_day_are_taken(tmp_path: Path) -> None:
    folder = DEFAULT.rpartition("/")[0]
    log(tmp_path, DEFAULT, HEADER)
    for stamp in ("20261102T0005Z", "20261102T0055Z", "20261102T0100Z"):
        name = f"123456789012_vpcflowlogs_eu-west-1_fl-1_{stamp}_x.log.gz"
        log(tmp_path, f"{folder.replace('11/01', '11/02')}/{name}", HEADER)
    found = read_flow_logs(tmp_path, DAY, DAY)
    assert [file.key.split("_")[4][9:] for file in found.files[1:]] == ["0005Z", "0055Z"]


def test_the_folder_may_be_awslogs_itself(tmp_path: Path) -> None:
    log(tmp_path, DEFAULT, HEADER)
    assert read_flow_logs(tmp_path / "AWSLogs", DAY, DAY).files[0].key == DEFAULT


Damage = Callable[[Path], object]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda f: f.rmdir(), "no such folder"),
        (lambda f: log(f, "2026/11/01/x.log.gz", HEADER), "holds no folder AWSLogs"),
        (lambda f: log(f, "AWSLogs/123456789012/elb/x.log.gz", "a"), "holds no flow log"),
        (lambda f: log(f, DEFAULT.replace("11/01", "11/07"), HEADER), "only from 2026-11-07"),
        (lambda f: [log(f, f"{p}/{DEFAULT}", HEADER) for p in "ab"], "several AWSLogs folders"),
        (lambda f: log(f, DEFAULT, GATEWAY), "Transit Gateway flow log"),
        (lambda f: log(f, DEFAULT, HEADER.replace("action", "x")), "lacks action, without"),
        (lambda f: parquet(f, HIVE, NAMES[3:]), "lacks interface-id, without"),
        (lambda f: log(f, DEFAULT, "2 123456789012 eni-1"), "header line"),
        (lambda f: log(f, DEFAULT, HEADER).write_bytes(b"plain"), "is damaged"),
        (lambda f: log(f, DEFAULT, HEADER).write_bytes(gzip.compress(b"x")[:5]), "is damaged"),
    ],
    ids=[
        "folder",
        "no AWSLogs",
        "other logs",
        "other days",
        "two folders",
        "gateway",
        "no action",
        "Parquet without interface",
        "no header",
        "plain",
        "cut",
    ],
)
def test_flow_logs_that_cannot_be_used(tmp_path: Path, make: Damage, said: str) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    make(folder)
    with pytest.raises(InputError, match=said) as error:
        read_flow_logs(folder, DAY, DAY)
    assert str(folder) in str(error.value)
