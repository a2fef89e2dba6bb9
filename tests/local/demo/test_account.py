"""The demo account: a month in which every kind of rule and every status occurs."""

import gzip
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from aws_network.usage.statuses import Status
from local.account.inventory import OPTIONAL_EXPORTS, read_inventory
from local.demo.account import demo_logs, write_demo
from tests.local.demo.expected_statuses import Expectation, expectations

LAST_DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, LAST_DAY)
    return folder


@pytest.fixture(scope="module")
def expected() -> dict[str, Expectation]:
    return expectations(LAST_DAY)


def by_description(expected: dict[str, Expectation], text: str) -> Expectation:
    (found,) = [rule for rule in expected.values() if rule.rule.description == text]
    return found


def test_a_month_of_some_ten_thousands_of_records(demo: Path) -> None:
    files = sorted((demo / "flow-logs").rglob("*.log.gz"))
    days = {path.parent for path in files}
    lines = sum(gzip.decompress(path.read_bytes()).count(b"\n") - 1 for path in files)
    assert len(days) == 31
    assert len(demo_logs(LAST_DAY, 31).records) == lines
    assert 50_000 < lines < 150_000


def test_every_status_occurs(expected: dict[str, Expectation]) -> None:
    statuses = Counter(rule.status for rule in expected.values())
    assert set(statuses) == set(Status)
    assert statuses["used"] > 50
    assert statuses["unused"] > 10


@pytest.mark.parametrize(
    ("description", "status", "used_days"),
    [
        ("HTTPS from the internet", "used", 31),
        ("SSH for the external auditor, monthly", "rarely_used", 1),
        ("Month-end files to the bank, by SFTP", "rarely_used", 1),
        ("MySQL, before the migration to PostgreSQL", "unused", 0),
        ("SSH from the Porto office, closed in May", "unused", 0),
        ("Call audio, opened by the relay", "ambiguous", 0),
        ("Call audio, opened by the phone", "ambiguous", 31),
        ("SSH from the old data centre", "unattached", 0),
        ("SQL Server reports", "not_observed", 0),
        ("Key ceremony, twice a year", "not_observed", 0),
        ("Instance metadata", "not_observed", 0),
        ("Search cluster, from staging", "not_observed", 0),
        ("SSH from offices that were closed", "not_observed", 0),
        ("Remote desktop", "exempt", 0),
        ("NAT traversal, not needed", "exempt", 0),
        ("ESP from the logistics partner", "exempt", 31),
        ("Nagios agent, replaced by Prometheus", "unused", 0),
    ],
)
def test_rules_one_knows(
    expected: dict[str, Expectation], description: str, status: str, used_days: int
) -> None:
    found = by_description(expected, description)
    assert (found.status, len(found.used_days)) == (status, used_days)


@pytest.mark.parametrize(
    "description",
    [
        "HTTPS from the first customers",
        "SSH from Lisbon, before the prefix list",
        "Node exporter, also in node-agents",
    ],
)
def test_rules_that_others_cover_are_used_and_never_alone(
    expected: dict[str, Expectation], description: str
) -> None:
    counts = by_description(expected, description).counts
    assert counts.used_times > 0
    assert counts.sole_times == 0


def test_unused_rules_have_no_doubt_about_them(expected: dict[str, Expectation]) -> None:
    for rule in expected.values():
        if rule.status == "unused":
            assert not rule.counts.used_times + rule.counts.lost_times + rule.counts.phantom_times


def test_all_five_groups_of_files(demo: Path) -> None:
    inventory = demo / "inventory"
    interfaces = json.loads((inventory / "network-interfaces.json").read_text())
    rules = json.loads((inventory / "security-group-rules.json").read_text())
    assert 50 <= len(interfaces["NetworkInterfaces"]) <= 70
    ids = [rule["SecurityGroupRuleId"] for rule in rules["SecurityGroupRules"]]
    assert len(ids) == len(set(ids)) > 60


def test_the_optional_files_say_which_hosts_are_logged_and_what_is_peered(demo: Path) -> None:
    exports = read_inventory(demo / "inventory")
    assert set(exports.optional) == set(OPTIONAL_EXPORTS)
    logged = {log["ResourceId"] for log in exports.optional["flow-logs.json"]}
    unlogged = [i for i in exports.network_interfaces if i["SubnetId"] not in logged]
    assert [i["Groups"][0]["GroupName"] for i in unlogged] == ["legacy-reporting"]
    assert {log["TrafficType"] for log in exports.optional["flow-logs.json"]} == {"ALL"}
    [vpc] = exports.optional["vpcs.json"]
    assert {i["VpcId"] for i in exports.network_interfaces} == {vpc["VpcId"]}
    peerings = {
        peering["AccepterVpcInfo"]["VpcId"]: peering["Status"]["Code"]
        for peering in exports.optional["vpc-peering-connections.json"]
    }
    told = {
        info["VpcId"]: info["PeeringStatus"]
        for rule in exports.security_group_rules
        if "VpcId" in (info := rule.get("ReferencedGroupInfo", {}))
    }
    assert peerings == told
    assert set(peerings.values()) == {"active", "deleted"}


@pytest.mark.parametrize(
    ("log_format", "pattern"),
    [
        ("default", "AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/*/*.log.gz"),
        ("parquet", "AWSLogs/aws-account-id=*/*/*/year=2026/month=11/day=*/*.log.parquet"),
    ],
)
def test_other_formats_tell_of_the_same_rules(
    tmp_path: Path, demo: Path, log_format: str, pattern: str
) -> None:
    write_demo(tmp_path, LAST_DAY, days=2, log_format=log_format)
    assert len({path.parent for path in (tmp_path / "flow-logs").glob(pattern)}) == 2
    exports = set((demo / "inventory").rglob("*.json"))
    for export in exports - {demo / "inventory" / "flow-logs.json"}:
        other = tmp_path / "inventory" / export.relative_to(demo / "inventory")
        assert other.read_bytes() == export.read_bytes()
