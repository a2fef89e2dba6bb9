"""Exports of what may carry groups later: optional, and checked where they are there."""

from pathlib import Path

import pytest

from local.account.cli_exports import InputError
from local.account.configured_resources import read_configured_resources
from tests.local.account.samples import write


def test_every_export_is_optional(inventory: Path) -> None:
    assert read_configured_resources(inventory) == {}
    functions = [{"FunctionName": "f", "VpcConfig": {"SecurityGroupIds": ["sg-1"]}}]
    write(inventory / "configured-resources/lambda-list-functions.json", {"Functions": functions})
    assert read_configured_resources(inventory) == {
        "lambda-list-functions.json": {"Functions": functions}
    }


def test_a_damaged_export_is_named_with_its_command(inventory: Path) -> None:
    write(inventory / "configured-resources/glue-get-connections.json", {"Functions": []})
    with pytest.raises(InputError, match="aws glue get-connections --hide-password") as error:
        read_configured_resources(inventory)
    assert "has no list 'ConnectionList'" in str(error.value)
