"""Exports of the AWS CLI: what is wrong with one is said by name, with what to do."""

from pathlib import Path

import pytest

from local.account.cli_exports import InputError
from local.account.inventory import read_inventory
from tests.local.account.samples import RULE


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
