"""An export of one region: the files of the AWS CLI, whole or not at all."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from aws_network.export.__main__ import main
from aws_network.export.folder import write
from aws_network.stores.configured_resource_apis import configured_resources
from aws_network.stores.ec2_inventory import read_snapshot
from aws_network.stores.optional_ec2_calls import not_looked_at
from local.account.configured_resources import EXPORTS
from local.account.exports import read_earlier_exports, read_exports
from local.account.inventory import OPTIONAL_EXPORTS
from local.emulator.server import Emulator
from local.snapshots import answer_with
from tests.aws_network.export.account import (
    DOCUMENTS,
    ENTRIES,
    REGION,
    Shell,
    actions_of,
    actions_used,
    answer,
    files_in,
    printed_policy,
    without,
)
from tests.local.grants import recorded_grants

pytestmark = pytest.mark.usefixtures("shell")

REQUIRED = {
    "security-group-rules.json": "DescribeSecurityGroupRules",
    "security-groups.json": "DescribeSecurityGroups",
    "network-interfaces.json": "DescribeNetworkInterfaces",
}


def test_the_files_are_read_as_those_of_the_account(account: Path, tmp_path: Path) -> None:
    assert main(["--out", str(tmp_path / "out")]) == 0
    assert set(files_in(tmp_path / "out")) == set(DOCUMENTS)
    assert read_exports(tmp_path / "out") == read_exports(account)


@pytest.mark.parametrize(
    "file", ["flow-logs.json", "vpcs.json", "managed-prefix-list-entries/pl-1.json"]
)
def test_a_file_is_what_the_aws_cli_prints(account: Path, tmp_path: Path, file: str) -> None:
    main(["--out", str(tmp_path / "out")])
    printed = json.dumps(DOCUMENTS[file], indent=4, ensure_ascii=False) + "\n"
    assert (tmp_path / "out" / file).read_text() == printed


def test_the_collect_job_takes_the_same_snapshot_of_the_export(
    account: Path, tmp_path: Path, aws: Emulator
) -> None:
    before = read_snapshot([REGION]), configured_resources((REGION,), aws.client)
    main(["--out", str(tmp_path / "out")])
    answer(tmp_path / "out")
    assert (read_snapshot([REGION]), configured_resources((REGION,), aws.client)) == before
    assert (not_looked_at(before[0]), before[1].unchecked) == ([], ())


Call = tuple[str, str, str]
"""Service, operation, and the parameters as JSON."""


def calls_of(session: boto3.Session) -> set[Call]:
    """A set that fills with all calls of a session."""
    made: set[Call] = set()

    def record(params: dict[str, Any], model: Any, **_: Any) -> None:
        service = model.service_model.service_name
        made.add((service, model.name, json.dumps(params, sort_keys=True)))

    session.events.register("provide-client-params", record)
    return made


def test_the_calls_are_those_of_the_collect_job(
    account: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one: Any = boto3.Session()
    other: Any = boto3.Session()
    asked, collected = calls_of(one), calls_of(other)
    monkeypatch.setattr(boto3, "Session", lambda profile_name: one)
    assert main(["--out", str(tmp_path / "out")]) == 0
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", other)
    read_snapshot([REGION])
    configured_resources((REGION,), other.client)
    assert asked == {*collected, ("sts", "GetCallerIdentity", "{}")}


def test_only_the_user_may_read_the_files(account: Path, tmp_path: Path) -> None:
    main(["--out", str(tmp_path / "out")])
    paths = [tmp_path / "out" / file for file in DOCUMENTS]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}


def test_progress_says_how_much_there_is(
    account: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--out", str(tmp_path / "out")])
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(
        f"123456789012 {REGION}: 12 security group rules, 1,001 security groups, "
        "1 network interface ("
    )


NOUNS = {
    "flow-logs.json": "flow logs",
    "vpcs.json": "VPCs",
    "vpc-peering-connections.json": "VPC peering connections",
    "transit-gateway-vpc-attachments.json": "Transit Gateway VPC attachments",
    "security-group-vpc-associations.json": "security group VPC associations",
    "traffic-mirror-targets.json": "traffic mirror targets",
    "vpc-endpoint-service-configurations.json": "VPC endpoint services",
}


@pytest.mark.parametrize("file", OPTIONAL_EXPORTS)
def test_an_optional_call_that_is_refused_is_named_and_leaves_no_file(
    account: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str
) -> None:
    (account / file).unlink()
    answer(account)
    assert main(["--out", str(tmp_path / "out")]) == 0
    assert set(files_in(tmp_path / "out")) == set(DOCUMENTS) - {file}
    assert f"; left out (UnauthorizedOperation): {NOUNS[file]} (" in capsys.readouterr().out


@pytest.mark.parametrize("action", ["DescribeManagedPrefixLists", "GetManagedPrefixListEntries"])
def test_prefix_lists_are_there_with_their_entries_or_not_at_all(
    account: Path, tmp_path: Path, shell: Shell, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    shell.become(without(printed_policy(capsys), f"ec2:{action}"))
    assert main(["--out", str(tmp_path / "out")]) == 0
    lists = {file for file in DOCUMENTS if file.startswith("managed-prefix-list")}
    assert set(files_in(tmp_path / "out")) == set(DOCUMENTS) - lists
    assert "left out (UnauthorizedOperation): managed prefix lists" in capsys.readouterr().out


def test_a_service_that_refuses_is_named_and_leaves_no_file(
    account: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = [export.file for export in EXPORTS if export.service in ("lambda", "rds")]
    for file in refused:
        (account / "configured-resources" / file).unlink()
    answer(account)
    assert main(["--out", str(tmp_path / "out")]) == 0
    assert read_exports(tmp_path / "out") == read_exports(account)
    said = capsys.readouterr().out
    assert "left out (AccessDeniedException): Lambda functions;" in said
    assert "left out (AccessDenied): RDS instances, RDS clusters (" in said


def test_without_configured_resources_they_are_not_asked_for(
    account: Path, tmp_path: Path, shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--out", str(tmp_path / "out")])
    option = "--without-configured-resources"
    policy = printed_policy(capsys, option)
    assert {action.partition(":")[0] for action in actions_of(policy)} == {"ec2"}
    shell.become(policy)
    assert main(["--out", str(tmp_path / "out"), option]) == 0
    assert not (tmp_path / "out/configured-resources").exists()
    assert "left out" not in capsys.readouterr().out


@pytest.mark.parametrize("operation", REQUIRED.values())
def test_a_required_call_that_is_refused_writes_nothing(
    account: Path,
    tmp_path: Path,
    shell: Shell,
    capsys: pytest.CaptureFixture[str],
    operation: str,
) -> None:
    shell.become(without(printed_policy(capsys), f"ec2:{operation}"))
    assert main(["--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith(
        f"error: 123456789012 {REGION}: {operation}: UnauthorizedOperation: User: arn:aws:iam"
    )
    assert not (tmp_path / "out").exists()


def test_an_export_that_fails_leaves_the_earlier_one(
    account: Path, tmp_path: Path, shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--out", str(tmp_path / "out")])
    before = files_in(tmp_path / "out")
    shell.become(without(printed_policy(capsys), "ec2:DescribeNetworkInterfaces"))
    assert main(["--out", str(tmp_path / "out")]) == 1
    assert files_in(tmp_path / "out") == before


def test_an_export_that_is_interrupted_leaves_the_earlier_one(
    account: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["--out", str(tmp_path / "out")])
    before = files_in(tmp_path / "out")

    def interrupted(folder: Path, documents: Any) -> None:
        write(folder, documents)
        if "vpcs.json" in documents:
            raise KeyboardInterrupt

    monkeypatch.setattr("aws_network.export.region.write", interrupted)
    assert main(["--out", str(tmp_path / "out")]) == 130
    assert files_in(tmp_path / "out") == before


def test_an_export_replaces_its_own_files_alone(account: Path, tmp_path: Path) -> None:
    """An earlier file stays nowhere, also not where its call is refused now."""
    out = tmp_path / "out"
    (account / "flow-logs.json").unlink()
    answer(account)
    stale = {"flow-logs.json", "managed-prefix-list-entries/pl-9.json"}
    others = {"notes.txt", "snapshots/2026-11-01T05:00:00Z/vpcs.json"}
    for path in (out / name for name in stale | others):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    main(["--out", str(out)])
    assert set(files_in(out)) == {*DOCUMENTS, *others} - {"flow-logs.json"}


def test_a_snapshot_has_a_folder_that_is_named_after_its_time(
    account: Path, tmp_path: Path
) -> None:
    begun = datetime.now(UTC).replace(microsecond=0)
    assert main(["--out", str(tmp_path / "out"), "--snapshot"]) == 0
    [(moment, exports)] = read_earlier_exports(tmp_path / "out").items()
    assert begun <= moment <= datetime.now(UTC)
    assert exports == read_exports(account)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["snapshots"]


def test_the_printed_policy_is_enough_and_each_action_is_needed(
    account: Path, tmp_path: Path, shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = printed_policy(capsys)
    role = shell.become(policy)
    with recorded_grants() as granted:
        assert main(["--out", str(tmp_path / "out")]) == 0
    assert "left out" not in capsys.readouterr().out
    assert actions_of(policy) == actions_used(granted, role)


def test_the_policy_names_every_action_and_reads_only(
    capsys: pytest.CaptureFixture[str],
) -> None:
    verbs = ("describe", "list", "get", "batchget")
    names = [action.partition(":")[2] for action in actions_of(printed_policy(capsys))]
    assert all(name.startswith(verbs) and name.isalpha() for name in names)


def test_a_prefix_list_that_vanishes_meanwhile_is_left_out(account: Path, tmp_path: Path) -> None:
    exports = read_exports(account)
    del exports.inventory.prefix_list_entries["pl-2"]
    answer_with(REGION, exports)
    assert main(["--out", str(tmp_path / "out")]) == 0
    assert read_exports(tmp_path / "out").inventory.prefix_list_entries == {"pl-1": ENTRIES["pl-1"]}
