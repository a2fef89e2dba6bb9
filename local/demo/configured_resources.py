"""What may carry the demo account's groups, as the AWS CLI prints it; one service is left out."""

import json
from pathlib import Path
from typing import Any

from local.account.configured_resources import EXPORTS, FOLDER
from local.demo.groups import number

Item = dict[str, Any]


def _template(name: str, *groups: str) -> Item:
    return {
        "LaunchTemplateId": number("lt", name),
        "LaunchTemplateName": name,
        "VersionNumber": 3,
        "DefaultVersion": True,
        "LaunchTemplateData": {"SecurityGroupIds": [number("sg", group) for group in groups]},
    }


def _scaling(name: str, size: int) -> Item:
    template = {"LaunchTemplateId": number("lt", name), "Version": "$Latest"}
    return {"AutoScalingGroupName": name, "DesiredCapacity": size, "LaunchTemplate": template}


_ITEMS: dict[str, list[Item]] = {
    "LaunchTemplateVersions": [
        _template("shop-web", "web", "node-agents"),
        _template("data-centre-move", "migration-2023"),
    ],
    "AutoScalingGroups": [_scaling("shop-web", 6), _scaling("data-centre-move", 0)],
    "Functions": [
        {
            "FunctionName": "render-invoice",
            "VpcConfig": {"SecurityGroupIds": [number("sg", "invoice-lambda")]},
        }
    ],
    "DBInstances": [
        {
            "DBInstanceIdentifier": "orders",
            "VpcSecurityGroups": [{"VpcSecurityGroupId": number("sg", "orders-db")}],
        }
    ],
    "LoadBalancers": [{"LoadBalancerName": "shop", "SecurityGroups": [number("sg", "web-alb")]}],
}

_NOT_EXPORTED = "glue"
"""So that the report has something to call "not checked"."""


def write_configured_resources(inventory: Path) -> None:
    """Writes the exports beside those of the inventory."""
    folder = inventory / FOLDER
    folder.mkdir(exist_ok=True)
    for export in EXPORTS:
        if export.service != _NOT_EXPORTED:
            document = {export.list_key: _ITEMS.get(export.list_key, [])}
            (folder / export.file).write_text(json.dumps(document, indent=4) + "\n")
