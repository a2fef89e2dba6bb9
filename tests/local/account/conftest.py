"""The exports of a small account."""

from pathlib import Path

import pytest

from tests.local.account.samples import RULE, write


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
