"""The AWS APIs that list resources with security groups: one entry per service, all read-only.

Each is optional. A service that denies access, or that the region does not have, is reported as not
checked. It never fails a run, because no status depends on it.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from aws_network.network.configured_resources import ConfiguredResource, ConfiguredResources

logger = logging.getLogger(__name__)

MakeClient = Callable[[str, str], Any]
"""(service, region) to a boto3 client."""


@dataclass(frozen=True)
class Step:
    """A call whose results are the `parameter` of the next call."""

    operation: str
    items: str
    parameter: str
    at_once: int | None = None
    """Results per call, as a list; None: one per call, not as a list."""


@dataclass(frozen=True)
class ConfiguredResourceApi:
    """`items` is a JMESPath of a response; `name` and `groups` are JMESPaths of an item.

    If `groups` selects the name of another resource, the groups of that resource are meant.
    """

    noun: str
    service: str
    operation: str
    items: str
    name: str
    groups: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()

    @property
    def actions(self) -> list[str]:
        """The IAM actions that a role needs."""
        prefix = {"elb": "elasticloadbalancing", "elbv2": "elasticloadbalancing"}
        service = prefix.get(self.service, self.service)
        return [
            f"{service}:{name}" for name in (*(s.operation for s in self.steps), self.operation)
        ]


CONFIGURED_RESOURCE_APIS = (
    ConfiguredResourceApi(
        "launch template",
        "ec2",
        "DescribeLaunchTemplateVersions",
        "LaunchTemplateVersions",
        "LaunchTemplateId",
        "LaunchTemplateData.[SecurityGroupIds, NetworkInterfaces[].Groups]",
        {"Versions": ["$Latest", "$Default"], "MaxResults": 200},
    ),
    ConfiguredResourceApi(
        "launch configuration",
        "autoscaling",
        "DescribeLaunchConfigurations",
        "LaunchConfigurations",
        "LaunchConfigurationName",
        "SecurityGroups",
    ),
    ConfiguredResourceApi(
        "Auto Scaling group",
        "autoscaling",
        "DescribeAutoScalingGroups",
        "AutoScalingGroups",
        "AutoScalingGroupName",
        "[LaunchConfigurationName, LaunchTemplate.LaunchTemplateId, MixedInstancesPolicy"
        ".LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateId]",
    ),
    ConfiguredResourceApi(
        "Lambda function",
        "lambda",
        "ListFunctions",
        "Functions",
        "FunctionName",
        "VpcConfig.SecurityGroupIds",
    ),
    ConfiguredResourceApi(
        "ECS service",
        "ecs",
        "DescribeServices",
        "services",
        "serviceName",
        "networkConfiguration.awsvpcConfiguration.securityGroups",
        steps=(
            Step("ListClusters", "clusterArns", "cluster"),
            Step("ListServices", "serviceArns", "services", at_once=10),
        ),
    ),
    ConfiguredResourceApi(
        "Batch compute environment",
        "batch",
        "DescribeComputeEnvironments",
        "computeEnvironments",
        "computeEnvironmentName",
        "computeResources.securityGroupIds",
    ),
    ConfiguredResourceApi(
        "CodeBuild project",
        "codebuild",
        "BatchGetProjects",
        "projects",
        "name",
        "vpcConfig.securityGroupIds",
        steps=(Step("ListProjects", "projects", "names", at_once=100),),
    ),
    ConfiguredResourceApi(
        "Glue connection",
        "glue",
        "GetConnections",
        "ConnectionList",
        "Name",
        "PhysicalConnectionRequirements.SecurityGroupIdList",
        {"HidePassword": True},
    ),
    ConfiguredResourceApi(
        "RDS instance",
        "rds",
        "DescribeDBInstances",
        "DBInstances",
        "DBInstanceIdentifier",
        "VpcSecurityGroups[].VpcSecurityGroupId",
    ),
    ConfiguredResourceApi(
        "RDS cluster",
        "rds",
        "DescribeDBClusters",
        "DBClusters",
        "DBClusterIdentifier",
        "VpcSecurityGroups[].VpcSecurityGroupId",
    ),
    ConfiguredResourceApi(
        "load balancer",
        "elbv2",
        "DescribeLoadBalancers",
        "LoadBalancers",
        "LoadBalancerName",
        "SecurityGroups",
    ),
    ConfiguredResourceApi(
        "classic load balancer",
        "elb",
        "DescribeLoadBalancers",
        "LoadBalancerDescriptions",
        "LoadBalancerName",
        "SecurityGroups",
    ),
)


def configured_resources(regions: tuple[str, ...], make_client: MakeClient) -> ConfiguredResources:
    """The resources of every service in every region."""
    found: list[ConfiguredResource] = []
    unchecked: dict[str, None] = {}
    for region in regions:
        for api in CONFIGURED_RESOURCE_APIS:
            try:
                found += _configured_resources(api, region, make_client(api.service, region))
            except (ClientError, BotoCoreError) as error:
                logger.warning("%ss in %s not checked: %s", api.noun, region, error)
                unchecked[api.noun] = None
    return ConfiguredResources(tuple(_through_others(found)), tuple(unchecked))


def _configured_resources(
    api: ConfiguredResourceApi, region: str, client: Any
) -> list[ConfiguredResource]:
    """Resources with the groups of all their items: a launch template has several versions."""
    groups: dict[str, dict[str, None]] = {}
    for item in items_of(api, client):
        names = _flat(jmespath.search(api.groups, item))
        groups.setdefault(jmespath.search(api.name, item), {}).update(dict.fromkeys(names))
    return [
        ConfiguredResource(api.noun, name, region, tuple(ids))
        for name, ids in groups.items()
        if ids
    ]


def items_of(api: ConfiguredResourceApi, client: Any) -> Iterator[Mapping[str, Any]]:
    """All items, as the service answers. Raises ClientError, BotoCoreError."""
    for answer in _answers(client, api.operation, api.steps, api.parameters):
        yield from jmespath.search(api.items, answer) or []


def _answers(
    client: Any, operation: str, steps: tuple[Step, ...], given: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    if not steps:
        yield from _pages(client, operation, given)
        return
    step, *later = steps
    for page in _pages(client, step.operation, given):
        items, size = page[step.items], step.at_once or 1
        for start in range(0, len(items), size):
            asked = items[start : start + size] if step.at_once else items[start]
            yield from _answers(client, operation, tuple(later), {**given, step.parameter: asked})


def _pages(client: Any, operation: str, given: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    method = xform_name(operation)
    if client.can_paginate(method):
        yield from client.get_paginator(method).paginate(**given)
    else:
        yield getattr(client, method)(**given)


def _flat(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for item in value for text in _flat(item)]
    return [value] if value else []


def _through_others(found: list[ConfiguredResource]) -> Iterator[ConfiguredResource]:
    """Auto Scaling groups name launch templates, or launch configurations, instead of groups."""
    groups = {(resource.region, resource.name): resource.group_ids for resource in found}
    for resource in found:
        ids = [
            group_id
            for name in resource.group_ids
            for group_id in (
                [name] if name.startswith("sg-") else groups.get((resource.region, name), ())
            )
        ]
        if ids:
            yield ConfiguredResource(
                resource.noun, resource.name, resource.region, tuple(dict.fromkeys(ids))
            )
