"""Exports of the AWS CLI: what is wrong with one is said by name, with what to do."""

from pathlib import Path

import pytest

from local.account.cli_exports import InputError
from local.account.inventory import OPTIONAL_EXPORTS, read_inventory
from tests.local.account.samples import OPTIONAL_DOCUMENTS, RULE, write


def test_exports_are_read_unchanged(inventory: Path) -> None:
    found = read_inventory(inventory)
    assert found.security_group_rules == [RULE]
    assert found.prefix_list_entries == {"pl-1": [{"Cidr": "192.0.2.0/24"}]}
    assert found.optional == {}


def test_optional_exports_are_read_unchanged(inventory: Path) -> None:
    for file, document in OPTIONAL_DOCUMENTS.items():
        write(inventory / file, document)
    found = read_inventory(inventory)
    assert {
        file: {OPTIONAL_EXPORTS[file][0]: items} for file, items in found.optional.items()
    } == OPTIONAL_DOCUMENTS


def test_an_empty_export_is_there(inventory: Path) -> None:
    write(inventory / "vpcs.json", {"Vpcs": []})
    assert read_inventory(inventory).optional == {"vpcs.json": []}


def test_an_account_without_an_export_of_prefix_lists(inventory: Path) -> None:
    (inventory / "managed-prefix-lists.json").unlink()
    found = read_inventory(inventory)
    assert (found.prefix_lists, found.prefix_list_entries) == ([], {})


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
        ("network-interfaces.json", None, "describe-network-interfaces --include-managed-"),
        ("managed-prefix-list-entries/pl-1.json", None, "get-managed-prefix-list-entries"),
        ("flow-logs.json", "[]", "aws ec2 describe-flow-logs --output json > flow-logs.json"),
        ("flow-logs.json", '{"FlowLogs": [{"FlowLogId": "fl-1"}]}', "has no 'ResourceId'"),
        ("vpcs.json", '{"Vpcs": [{"VpcId": "vpc-1"}]}', "has no 'OwnerId'"),
        ("vpcs.json", '{"Vpcs": [], "NextToken": "x"}', "only the first page"),
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


@pytest.mark.parametrize("file", OPTIONAL_EXPORTS)
def test_the_page_about_own_exports_tells_how_to_make_each_file(file: str) -> None:
    lines = Path("docs/own-exports.md").read_text().splitlines()
    command = f"aws ec2 describe-{file.removesuffix('.json')} "
    assert any(command in line and line.endswith(f"> {file}") for line in lines)
    assert any(line.startswith("| `") and f"`{file}`" in line for line in lines)
