"""A user's files: what is wrong with them is said by name, with what to do."""

import gzip
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local.exports import InputError, read_configured_resources, read_inventory
from local.flow_logs import read_flow_logs
from local.run import Files, check

RULE = {
    "SecurityGroupRuleId": "sgr-1",
    "SecurityGroupRuleArn": "arn:aws:ec2:eu-west-1:123456789012:security-group-rule/sgr-1",
}
DAY = date(2026, 11, 1)
HEADER = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes "
    "start end action log-status"
)


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    folder = tmp_path / "inventory"
    write(folder / "security-group-rules.json", {"SecurityGroupRules": [RULE]})
    write(folder / "security-groups.json", {"SecurityGroups": [{"GroupId": "sg-1"}]})
    write(folder / "network-interfaces.json", {"NetworkInterfaces": []})
    write(folder / "managed-prefix-lists.json", {"PrefixLists": [{"PrefixListId": "pl-1"}]})
    entries = {"Entries": [{"Cidr": "192.0.2.0/24"}]}
    write(folder / "managed-prefix-list-entries/pl-1.json", entries)
    return folder


def write(path: Path, document: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))


def test_exports_are_read_unchanged(inventory: Path) -> None:
    found = read_inventory(inventory)
    assert found.security_group_rules == [RULE]
    assert found.prefix_list_entries == {"pl-1": [{"Cidr": "192.0.2.0/24"}]}


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("security-groups.json", None, "no such file"),
        ("security-groups.json", "", "not the JSON"),
        ("security-groups.json", "GROUPS\tsg-1", "not the JSON"),
        ("security-groups.json", "[]", "no list 'SecurityGroups'"),
        ("security-groups.json", '{"SecurityGroupRules": []}', "no list 'SecurityGroups'"),
        ("security-groups.json", '{"SecurityGroups": [{}]}', "no 'GroupId'"),
        ("security-groups.json", '{"SecurityGroups": [], "NextToken": "x"}', "only the first page"),
        ("managed-prefix-list-entries/pl-1.json", None, "get-managed-prefix-list-entries"),
    ],
)
def test_export_that_cannot_be_used(
    inventory: Path, file: str, content: str | None, said: str
) -> None:
    path = inventory / file
    path.unlink() if content is None else path.write_text(content)
    with pytest.raises(InputError) as error:
        read_inventory(inventory)
    assert str(error.value).startswith(str(path))
    assert said in str(error.value)
    assert "aws ec2 " in str(error.value)


def log(folder: Path, key: str, *lines: str) -> Path:
    path = folder / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))
    return path


DEFAULT = "AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/11/01/x.log.gz"
HIVE = (
    "AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=eu-west-1/"
    "year=2026/month=11/day=01/hour=07/x.log.parquet"
)


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


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 11, 2), date(2026, 11, 1), "swap them"),
        (date(2026, 11, 1), date(2999, 1, 1), "a day that is over"),
        (date(2024, 1, 1), date(2026, 11, 1), "at most 400 days"),
    ],
)
def test_days_that_cannot_be_analysed(
    inventory: Path, tmp_path: Path, first: date, last: date, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        check(Files(inventory, tmp_path, first, last))


def test_exports_and_logs_must_be_of_one_region(inventory: Path, tmp_path: Path) -> None:
    log(tmp_path, DEFAULT.replace("eu-west-1", "us-east-1"), HEADER)
    with pytest.raises(InputError, match=r"exports of eu-west-1.*flow logs of us-east-1"):
        check(Files(inventory, tmp_path, DAY, DAY))


def test_logs_of_other_regions_are_left_out(inventory: Path, tmp_path: Path) -> None:
    log(tmp_path, DEFAULT, HEADER)
    log(tmp_path, DEFAULT.replace("eu-west-1", "us-east-1"), HEADER)
    found = check(Files(inventory, tmp_path, DAY, DAY))
    assert found.region == "eu-west-1"
    assert [file.key for file in found.flow_logs.files] == [DEFAULT]


def test_exports_of_carriers_are_optional(inventory: Path) -> None:
    assert read_configured_resources(inventory) == {}
    functions = [{"FunctionName": "f", "VpcConfig": {"SecurityGroupIds": ["sg-1"]}}]
    write(inventory / "configured-resources/lambda-list-functions.json", {"Functions": functions})
    assert read_configured_resources(inventory) == {
        "lambda-list-functions.json": {"Functions": functions}
    }


def test_a_damaged_export_of_carriers_is_named_with_its_command(inventory: Path) -> None:
    write(inventory / "configured-resources/glue-get-connections.json", {"Functions": []})
    with pytest.raises(InputError, match="aws glue get-connections --hide-password") as error:
        read_configured_resources(inventory)
    assert "has no list 'ConnectionList'" in str(error.value)
