"""An export of several accounts or regions: a folder each, and what fails leaves the others."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.ec2.responses import EC2Response

from aws_network.export.__main__ import main
from local.account.exports import read_exports
from local.account.inventory import Inventory
from local.emulator.ec2 import set_inventory
from local.emulator.server import Emulator
from tests.aws_network.ec2_items import group_item, interface_item, rule_item
from tests.aws_network.export.account import (
    REGION,
    Shell,
    actions_of,
    actions_used,
    printed_policy,
    without,
)
from tests.local.emulator.roles import make_foreign_role
from tests.local.grants import recorded_grants

OWN, ONE, OTHER = "123456789012", "111122223333", "444455556666"
HUB = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{OWN}:root"},
    "Action": "sts:AssumeRole",
}
SECRET = {"Condition": {"StringEquals": {"sts:ExternalId": "a secret"}}}


def add_account(aws: Emulator, account: str, region: str = REGION) -> None:
    """An account that has one rule, named after it."""
    rules = [rule_item(f"sgr-{account}-{region}")]
    inventory = Inventory(rules, [group_item("sg-1")], [interface_item("eni-1")])
    set_inventory(region, inventory, account)


@pytest.fixture
def accounts(
    aws: Emulator, shell: Shell, capsys: pytest.CaptureFixture[str]
) -> Iterator[dict[str, Any]]:
    """Three accounts; two trust a role `inventory`, and grant it the printed policy."""
    policy = printed_policy(capsys)
    actions = policy["Statement"][0]["Action"]
    for account in (OWN, ONE, OTHER):
        add_account(aws, account)
    make_foreign_role(aws, ONE, "inventory", HUB, [(actions, ["*"])])
    make_foreign_role(aws, OTHER, "inventory", {**HUB, **SECRET}, [(actions, ["*"])])
    yield policy
    for account in (OWN, ONE, OTHER):
        set_inventory(REGION, Inventory(), account)


def exported(out: Path) -> dict[str, str]:
    """The folders with an export, and the rule in each."""
    files = out.rglob("security-group-rules.json")
    return {
        path.parent.relative_to(out).as_posix(): read_exports(
            path.parent
        ).inventory.security_group_rules[0]["SecurityGroupRuleId"]
        for path in files
    }


def in_folders(*accounts: str) -> dict[str, str]:
    return {f"{account}/{REGION}": f"sgr-{account}-{REGION}" for account in accounts}


BY_ROLE = ["--role-name", "inventory", "--accounts"]


def test_two_accounts_by_their_roles(accounts: object, tmp_path: Path) -> None:
    given = ["--out", str(tmp_path), *BY_ROLE, ONE, OTHER, "--external-id", "a secret"]
    assert main(given) == 0
    assert exported(tmp_path) == in_folders(ONE, OTHER)


def test_one_account_by_its_role_has_no_folder_of_its_own(accounts: object, tmp_path: Path) -> None:
    assert main(["--out", str(tmp_path), *BY_ROLE, ONE]) == 0
    assert exported(tmp_path) == {".": f"sgr-{ONE}-{REGION}"}


def test_a_role_that_refuses_leaves_the_other_accounts(
    accounts: object, tmp_path: Path, shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    """The other account asks for an external id that is not given."""
    given = ["--out", str(tmp_path), *BY_ROLE, ONE, OTHER]
    shell.become(printed_policy(capsys, *given))
    assert main(given) == 1
    assert exported(tmp_path) == in_folders(ONE)
    assert not (tmp_path / OTHER).exists()
    [error] = capsys.readouterr().err.splitlines()
    role = f"arn:aws:iam::{OTHER}:role/inventory"
    assert error.startswith(f"error: {OTHER}: {role}: AssumeRole: AccessDenied: User: ")


def test_a_role_that_may_not_read_leaves_the_other_accounts(
    accounts: dict[str, Any], aws: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    actions = without(accounts, "ec2:DescribeSecurityGroups")["Statement"][0]["Action"]
    make_foreign_role(aws, OTHER, "inventory", HUB, [(actions, ["*"])])
    assert main(["--out", str(tmp_path), *BY_ROLE, OTHER, ONE]) == 1
    assert exported(tmp_path) == in_folders(ONE)
    [error] = capsys.readouterr().err.splitlines()
    assert error.startswith(f"error: {OTHER} {REGION}: DescribeSecurityGroups: Unauthorized")


def test_the_caller_of_roles_needs_nothing_but_to_assume_them(
    accounts: object, tmp_path: Path, shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--out", str(tmp_path), *BY_ROLE, ONE, OTHER, "--external-id", "a secret"]
    policy = printed_policy(capsys, *given)
    role = shell.become(policy)
    with recorded_grants() as granted:
        assert main(given) == 0
    assert exported(tmp_path) == in_folders(ONE, OTHER)
    used = {(action, on) for who, action, on in granted if who == role}
    [statement] = policy["Statement"]
    assert used == {(statement["Action"], resource) for resource in statement["Resource"]}


@pytest.fixture
def organization(aws: Emulator, accounts: object) -> Iterator[dict[str, str]]:
    """Name to id of the members: the first trusts the role, the second has none, one is closed."""
    client = aws.client("organizations")
    client.create_organization(FeatureSet="ALL")
    members: dict[str, str] = {}
    for name in ("trusting", "without a role", "closed"):
        made = client.create_account(Email=f"{len(members)}@example.com", AccountName=name)
        members[name] = made["CreateAccountStatus"]["AccountId"]
        add_account(aws, members[name])
    client.close_account(AccountId=members["closed"])
    yield members
    for account in members.values():
        client.remove_account_from_organization(AccountId=account)
        set_inventory(REGION, Inventory(), account)
    client.delete_organization()


ASKED_OF_EACH = {
    "ecs:listservices",
    "ecs:describeservices",
    "codebuild:batchgetprojects",
    "ec2:getmanagedprefixlistentries",
}
"""Clusters, services, projects and prefix lists, which the caller's account has none of here."""
OF_ORGANIZATION = ["--role-name", "inventory", "--organization"]


def test_the_active_accounts_of_an_organization(
    accounts: dict[str, Any],
    organization: dict[str, str],
    aws: Emulator,
    shell: Shell,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The printed policy is enough for the caller, and each of its actions is needed."""
    trusting = organization["trusting"]
    actions = accounts["Statement"][0]["Action"]
    make_foreign_role(aws, trusting, "inventory", HUB, [(actions, ["*"])])
    policy = printed_policy(capsys, *OF_ORGANIZATION)
    role = shell.become(policy)
    with recorded_grants() as granted:
        assert main(["--out", str(tmp_path), *OF_ORGANIZATION]) == 1
    assert exported(tmp_path) == in_folders(OWN, trusting)
    said = capsys.readouterr()
    [error] = said.err.splitlines()
    assert error.startswith(f"error: {organization['without a role']}: arn:aws:iam::")
    assert actions_of(policy) - actions_used(granted, role) == ASKED_OF_EACH


def test_an_organization_that_may_not_be_listed_is_one_error(
    organization: object, shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = printed_policy(capsys, *OF_ORGANIZATION)
    shell.become(without(policy, "organizations:ListAccounts"))
    assert main(["--out", str(tmp_path / "out"), *OF_ORGANIZATION]) == 1
    [error] = capsys.readouterr().err.splitlines()
    assert error.startswith("error: the accounts of the organization: ListAccounts: AccessDenied")
    assert not (tmp_path / "out").exists()


FURTHER = "eu-west-1"


def test_several_regions_of_which_one_refuses(
    accounts: dict[str, Any],
    aws: Emulator,
    shell: Shell,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    add_account(aws, OWN, FURTHER)
    given = ["--out", str(tmp_path), "--region", REGION, FURTHER]
    assert main(given) == 0
    assert exported(tmp_path) == {f"{OWN}/{r}": f"sgr-{OWN}-{r}" for r in (REGION, FURTHER)}
    only = {"Condition": {"StringEquals": {"aws:RequestedRegion": REGION}}}
    shell.become({"Statement": [{**s, **only} for s in accounts["Statement"]]})
    assert main(["--out", str(tmp_path / "new"), *given[2:]]) == 1
    assert exported(tmp_path / "new") == in_folders(OWN)
    [error] = capsys.readouterr().err.splitlines()
    assert error.startswith(f"error: {OWN} {FURTHER}: DescribeSecurityGroupRules: Unauthorized")


@pytest.fixture
def two_regions(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is enabled, of all that the emulator knows."""
    asked = EC2Response.describe_regions

    def answer(self: Any) -> Any:
        answered: Any = asked(self)
        regions = answered.result["Regions"]
        answered.result["Regions"] = [r for r in regions if r.name in (REGION, FURTHER)]
        return answered

    monkeypatch.setattr(EC2Response, "describe_regions", answer)


def test_all_regions_are_those_that_are_enabled(
    accounts: object,
    two_regions: object,
    aws: Emulator,
    shell: Shell,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    add_account(aws, OWN, FURTHER)
    policy = printed_policy(capsys, "--all-regions")
    assert "ec2:describeregions" in actions_of(policy)
    shell.become(policy)
    assert main(["--out", str(tmp_path), "--all-regions"]) == 0
    assert exported(tmp_path) == {f"{OWN}/{r}": f"sgr-{OWN}-{r}" for r in (REGION, FURTHER)}
    shell.become(without(policy, "ec2:DescribeRegions"))
    assert main(["--out", str(tmp_path / "new"), "--all-regions"]) == 1
    assert f"error: {OWN}: DescribeRegions: Unauthorized" in capsys.readouterr().err


def test_snapshots_of_several_accounts(accounts: object, tmp_path: Path) -> None:
    given = ["--out", str(tmp_path), "--snapshot", *BY_ROLE, ONE, OTHER]
    assert main([*given, "--external-id", "a secret"]) == 0
    [snapshot] = (tmp_path / "snapshots").iterdir()
    assert exported(snapshot) == in_folders(ONE, OTHER)
