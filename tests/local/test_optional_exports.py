"""A run on exports of several times with every optional file, and a snapshot with none of them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aws_network.network.snapshot import OPTIONAL_PARTS, Snapshot
from aws_network.stores.lake import Lake
from aws_network.stores.snapshot_files import MARKER
from local import execution
from local.account.exports import Exports
from local.account.input import Files, Input, read_input
from local.emulator.server import Emulator, running_emulator
from local.run import deploy_account
from local.snapshots import collect_earlier_snapshots
from tests.local.account.samples import OPTIONAL_DOCUMENTS, log, write

pytestmark = pytest.mark.stack

REGION, ACCOUNT = "eu-west-1", "123456789012"
TODAY = datetime.now(UTC).date()
FIRST, LAST = TODAY - timedelta(days=2), TODAY - timedelta(days=1)
FIELDS = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start "
    "end action log-status vpc-id tcp-flags flow-direction"
)


def interface(name: str, address: str, group_id: str) -> dict[str, Any]:
    return {
        "NetworkInterfaceId": name,
        "OwnerId": ACCOUNT,
        "AvailabilityZone": f"{REGION}a",
        "VpcId": "vpc-1",
        "SubnetId": "subnet-1",
        "Groups": [{"GroupId": group_id, "GroupName": group_id}],
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"PrivateIpAddress": address, "Primary": True}],
        "Status": "in-use",
    }


def rule(name: str, port: int, **source: Any) -> dict[str, Any]:
    return {
        "SecurityGroupRuleId": name,
        "GroupId": "sg-server",
        "GroupOwnerId": ACCOUNT,
        "IsEgress": False,
        "IpProtocol": "tcp",
        "FromPort": port,
        "ToPort": port,
        "SecurityGroupRuleArn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group-rule/{name}",
        **source,
    }


SERVER = interface("eni-server", "10.0.1.5", "sg-server")
CLIENT = interface("eni-client", "10.0.2.7", "sg-client")
FROM_CLIENT = {"ReferencedGroupInfo": {"GroupId": "sg-client", "UserId": ACCOUNT}}
RULES = [rule("sgr-443", 443, **FROM_CLIENT), rule("sgr-22", 22, CidrIpv4="10.9.0.0/16")]
GROUPS = [
    {"GroupId": name, "GroupName": name, "OwnerId": ACCOUNT, "VpcId": "vpc-1"}
    for name in ("sg-server", "sg-client")
]


def write_exports(folder: Path, *interfaces: dict[str, Any]) -> None:
    write(folder / "security-group-rules.json", {"SecurityGroupRules": RULES})
    write(folder / "security-groups.json", {"SecurityGroups": GROUPS})
    write(folder / "network-interfaces.json", {"NetworkInterfaces": list(interfaces)})
    for file, document in OPTIONAL_DOCUMENTS.items():
        write(folder / file, document)


def write_day(folder: Path, day: date, *requests: tuple[str, int]) -> None:
    """A flow log of a day in which these (source, port) asked the server at noon."""
    noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
    lines = [
        f"2 {ACCOUNT} eni-server {source} 10.0.1.5 40000 {port} 6 3 180 {noon} {noon + 9} ACCEPT OK"
        " vpc-1 2 ingress"
        for source, port in requests
    ]
    name = f"{ACCOUNT}_vpcflowlogs_{REGION}_fl-1_{day:%Y%m%d}T1200Z_0a1b2c3d.log.gz"
    place = f"AWSLogs/{ACCOUNT}/vpcflowlogs/{REGION}/{day:%Y/%m/%d}"
    log(folder, f"{place}/{name}", FIELDS, *lines)


@dataclass
class Run:
    """The stack after a run, and what it says of each rule."""

    aws: Emulator
    given: Input
    outputs: dict[str, str]

    @property
    def lake(self) -> Lake:
        return Lake(self.aws.client("s3"), self.outputs["LakeBucketName"])

    def usage(self) -> dict[str, dict[str, Any]]:
        table = self.outputs["UsageTableName"]
        items = self.aws.client("dynamodb").scan(TableName=table)["Items"]
        return {item["sg_rule_id"]["S"]: item for item in items}

    def markers(self, day: date) -> list[dict[str, Any]]:
        """What the markers of the snapshots of a day say, oldest first."""
        keys = [key for key in self.lake.keys(f"inventory/day={day}/") if key.endswith(MARKER)]
        said = [json.loads(self.lake.text(key) or "") for key in keys]
        return sorted(said, key=lambda marker: str(marker["taken_at"]))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("optional")
    inventory, logs = folder / "inventory", folder / "logs"
    write_exports(inventory, SERVER)
    write_exports(inventory / f"snapshots/{FIRST}T05:00:00Z", SERVER, CLIENT)
    write_exports(inventory / f"snapshots/{LAST}T05:00:00Z", SERVER)
    write_day(logs, FIRST, ("10.0.2.7", 443))
    write_day(logs, LAST, ("10.9.0.4", 22))
    given = read_input(Files(inventory, logs, FIRST, LAST))
    with running_emulator(folder / "work", REGION) as aws:
        outputs = deploy_account(aws, given, schedule_enabled=False)
        collect_earlier_snapshots(aws, outputs, given)
        days = {"from": str(FIRST), "to": str(LAST)}
        execution.execute(aws, outputs, days, given.days, lambda _step: None)
        yield Run(aws, given, outputs)


def test_each_snapshot_is_one_of_its_own_day(run: Run) -> None:
    taken = {day: [m["taken_at"] for m in run.markers(day)] for day in run.lake.snapshot_days()}
    assert list(taken) == [FIRST, LAST, TODAY]
    assert taken[FIRST] == [f"{FIRST}T05:00:00+00:00"]
    assert taken[LAST] == [f"{LAST}T05:00:00+00:00"]
    [before], [after], *_ = (run.lake.snapshots(day) for day in (FIRST, LAST))
    assert [i.interface_id for i in before.interfaces] == ["eni-server", "eni-client"]
    assert [i.interface_id for i in after.interfaces] == ["eni-server"]


def test_a_day_is_judged_by_the_members_that_a_group_had_then(run: Run) -> None:
    """The client is gone from today's exports; only the first snapshot has it."""
    found = {name: (i["used_times"]["N"], i["status"]["S"]) for name, i in run.usage().items()}
    assert found == {"sgr-443": ("1", "used"), "sgr-22": ("1", "used")}
    assert {item["ambiguous_times"]["N"] for item in run.usage().values()} == {"0"}


def parts(snapshot: Snapshot) -> list[int | None]:
    found = [getattr(snapshot, part) for part in OPTIONAL_PARTS]
    return [None if items is None else len(items) for items in found]


def test_every_optional_file_is_a_part_of_the_snapshot(run: Run) -> None:
    [snapshot] = run.lake.snapshots(FIRST)
    assert parts(snapshot) == [1] * len(OPTIONAL_PARTS)
    assert snapshot.flow_logs is not None
    assert snapshot.flow_logs[0].covers("eni-server", "subnet-1", "vpc-1")
    [marker] = run.markers(FIRST)
    assert [marker[part] for part in OPTIONAL_PARTS] == [1] * len(OPTIONAL_PARTS)
    assert {"flow log", "VPC"}.isdisjoint(marker["not_checked"])


def test_a_snapshot_without_the_optional_files_says_what_was_not_checked(run: Run) -> None:
    exports = Exports(replace(run.given.exports.inventory, optional={}), {})
    given = replace(run.given, earlier={datetime.now(UTC): exports})
    collect_earlier_snapshots(run.aws, run.outputs, given)
    assert parts(run.lake.snapshots(TODAY)[-1]) == [None] * len(OPTIONAL_PARTS)
    marker = run.markers(TODAY)[-1]
    assert [marker[part] for part in OPTIONAL_PARTS] == [None] * len(OPTIONAL_PARTS)
    assert marker["not_checked"][: len(OPTIONAL_PARTS)] == [
        "flow log",
        "VPC",
        "VPC peering connection",
        "Transit Gateway VPC attachment",
        "security group VPC association",
        "traffic mirror target",
        "VPC endpoint service",
    ]
