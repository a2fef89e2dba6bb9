"""What may carry security groups later, as the AWS CLI prints it: each file is optional."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.account.cli_exports import read_items

FOLDER = "configured-resources"
"""Beside the other exports; its files are named after the CLI's service and command."""


@dataclass(frozen=True)
class Export:
    """A command of the AWS CLI, the key of the list that it prints, and what every item has."""

    service: str
    operation: str
    list_key: str
    item_key: str
    options: str = ""

    @property
    def file(self) -> str:
        """`lambda-list-functions.json`"""
        return f"{self.service}-{self.operation}.json"

    @property
    def command(self) -> str:
        """What prints the file."""
        return f"aws {self.service} {self.operation}{self.options} --output json"


EXPORTS = (
    Export("ec2", "describe-launch-template-versions", "LaunchTemplateVersions",
           "LaunchTemplateId", " --versions '$Latest' '$Default'"),
    Export("autoscaling", "describe-launch-configurations", "LaunchConfigurations",
           "LaunchConfigurationName"),
    Export("autoscaling", "describe-auto-scaling-groups", "AutoScalingGroups",
           "AutoScalingGroupName"),
    Export("lambda", "list-functions", "Functions", "FunctionName"),
    Export("ecs", "describe-services", "services", "serviceArn",
           " --cluster CLUSTER --services SERVICE ..."),
    Export("batch", "describe-compute-environments", "computeEnvironments",
           "computeEnvironmentName"),
    Export("codebuild", "batch-get-projects", "projects", "name", " --names PROJECT ..."),
    Export("glue", "get-connections", "ConnectionList", "Name", " --hide-password"),
    Export("rds", "describe-db-instances", "DBInstances", "DBInstanceIdentifier"),
    Export("rds", "describe-db-clusters", "DBClusters", "DBClusterIdentifier"),
    Export("elbv2", "describe-load-balancers", "LoadBalancers", "LoadBalancerName"),
    Export("elb", "describe-load-balancers", "LoadBalancerDescriptions", "LoadBalancerName"),
)  # fmt: skip


def read_configured_resources(folder: Path) -> dict[str, dict[str, Any]]:
    """The exports in a folder, by file name. Raises InputError."""
    found = {}
    for export in EXPORTS:
        path = folder / FOLDER / export.file
        if path.exists():
            command = f"{export.command} > {path.name}"
            items = read_items(path, command, export.list_key, export.item_key)
            found[export.file] = {export.list_key: items}
    return found
