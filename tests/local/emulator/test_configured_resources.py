"""Each service that may carry groups later, asked as the collect job asks it, in the emulator."""

from collections.abc import Iterator
from typing import Any

import pytest

from aws_network.stores.configured_resource_apis import (
    CONFIGURED_RESOURCE_APIS,
    configured_resources,
)
from local.account.configured_resources import EXPORTS as KNOWN_EXPORTS
from local.emulator.configured_resources import set_exports
from local.emulator.server import Emulator
from tests.local.emulator.roles import make_role

REGION = "us-east-1"


def vpc(*groups: str) -> dict[str, Any]:
    return {"securityGroupIds": list(groups)}


def rds(group: str) -> list[dict[str, str]]:
    return [{"VpcSecurityGroupId": group, "Status": "active"}]


def ecs(name: str, cluster: str) -> dict[str, Any]:
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-5"]}}
    arn = f"arn:aws:ecs:{REGION}:123456789012:service/{cluster}/{name}"
    return {
        "serviceArn": arn,
        "clusterArn": cluster,
        "serviceName": name,
        "networkConfiguration": network,
        "createdAt": "2026-01-05T09:00:00.5+00:00",
    }


LAUNCH = [
    {"LaunchTemplateId": "lt-1", "VersionNumber": 2, "CreateTime": "2026-01-05T09:00:00+00:00",
     "LaunchTemplateData": {"NetworkInterfaces": [{"Groups": ["sg-2"]}, {"DeviceIndex": 1}]}},
    {"LaunchTemplateId": "lt-1", "VersionNumber": 1,
     "LaunchTemplateData": {"SecurityGroupIds": ["sg-1"]}},
    {"LaunchTemplateId": "lt-2", "VersionNumber": 1, "LaunchTemplateData": {"ImageId": "ami-1"}},
]  # fmt: skip
MIXED = {"LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateId": "lt-1"}}}
SCALING = [
    {"AutoScalingGroupName": "mixed", "MixedInstancesPolicy": MIXED, "DesiredCapacity": 0},
    {"AutoScalingGroupName": "old", "LaunchConfigurationName": "config"},
    {"AutoScalingGroupName": "plain", "LaunchTemplate": {"LaunchTemplateId": "lt-1"}},
    {"AutoScalingGroupName": "nothing", "LaunchTemplate": {"LaunchTemplateId": "lt-2"}},
]
EXPORTS: dict[str, dict[str, Any]] = {
    "ec2-describe-launch-template-versions.json": {"LaunchTemplateVersions": LAUNCH},
    "autoscaling-describe-launch-configurations.json": {
        "LaunchConfigurations": [{"LaunchConfigurationName": "config", "SecurityGroups": ["sg-3"]}]
    },
    "autoscaling-describe-auto-scaling-groups.json": {"AutoScalingGroups": SCALING},
    "lambda-list-functions.json": {
        "Functions": [
            {"FunctionName": "inside", "VpcConfig": {"SecurityGroupIds": ["sg-4"]}},
            {"FunctionName": "outside"},
        ]
    },
    "ecs-describe-services.json": {
        "services": [*(ecs(f"s{n:02}", "one") for n in range(11)), ecs("t", "two")]
    },
    "batch-describe-compute-environments.json": {
        "computeEnvironments": [{"computeEnvironmentName": "jobs", "computeResources": vpc("sg-6")}]
    },
    "codebuild-batch-get-projects.json": {
        "projects": [{"name": "build", "vpcConfig": vpc("sg-7")}, {"name": "public"}]
    },
    "glue-get-connections.json": {
        "ConnectionList": [
            {"Name": "jdbc", "PhysicalConnectionRequirements": {"SecurityGroupIdList": ["sg-8"]}}
        ]
    },
    "rds-describe-db-instances.json": {
        "DBInstances": [{"DBInstanceIdentifier": "db", "VpcSecurityGroups": rds("sg-9")}]
    },
    "rds-describe-db-clusters.json": {
        "DBClusters": [{"DBClusterIdentifier": "aurora", "VpcSecurityGroups": rds("sg-9")}]
    },
    "elbv2-describe-load-balancers.json": {
        "LoadBalancers": [{"LoadBalancerName": "alb", "SecurityGroups": ["sg-10"]}]
    },
    "elb-describe-load-balancers.json": {
        "LoadBalancerDescriptions": [{"LoadBalancerName": "classic", "SecurityGroups": ["sg-10"]}]
    },
}
FOUND = {
    "launch template lt-1": {"sg-1", "sg-2"},
    "launch configuration config": {"sg-3"},
    "Auto Scaling group mixed": {"sg-1", "sg-2"},
    "Auto Scaling group old": {"sg-3"},
    "Auto Scaling group plain": {"sg-1", "sg-2"},
    "Lambda function inside": {"sg-4"},
    **{f"ECS service s{n:02}": {"sg-5"} for n in range(11)},
    "ECS service t": {"sg-5"},
    "Batch compute environment jobs": {"sg-6"},
    "CodeBuild project build": {"sg-7"},
    "Glue connection jdbc": {"sg-8"},
    "RDS instance db": {"sg-9"},
    "RDS cluster aurora": {"sg-9"},
    "load balancer alb": {"sg-10"},
    "classic load balancer classic": {"sg-10"},
}


@pytest.fixture
def exports(aws: Emulator) -> Iterator[dict[str, dict[str, Any]]]:
    set_exports(EXPORTS)
    yield EXPORTS
    set_exports({})


def test_every_carrier_with_its_groups(aws: Emulator, exports: object) -> None:
    configured = configured_resources((REGION,), aws.client)
    assert {f"{c.noun} {c.name}": set(c.group_ids) for c in configured.found} == FOUND
    assert configured.unchecked == ()


def test_a_role_with_these_actions_alone_may_ask_them_all(aws: Emulator, exports: object) -> None:
    role = make_role(aws, [([a for api in CONFIGURED_RESOURCE_APIS for a in api.actions], ["*"])])
    configured = configured_resources(
        (REGION,), lambda service, region: aws.client_as_role(service, region, role)
    )
    assert configured.unchecked == ()
    assert len(configured.found) == len(FOUND)


def test_what_is_refused_is_not_checked(aws: Emulator) -> None:
    set_exports({})
    configured = configured_resources((REGION,), aws.client)
    assert configured.found == ()
    assert configured.unchecked == tuple(api.noun for api in CONFIGURED_RESOURCE_APIS)


def test_one_refusal_leaves_the_others(aws: Emulator, exports: dict[str, Any]) -> None:
    set_exports({k: v for k, v in exports.items() if not k.startswith("lambda")})
    configured = configured_resources((REGION,), aws.client)
    assert configured.unchecked == ("Lambda function",)
    assert len(configured.found) == len(FOUND) - 1


def test_there_is_an_export_for_every_service() -> None:
    assert {export.service for export in KNOWN_EXPORTS} == {
        api.service for api in CONFIGURED_RESOURCE_APIS
    }
    assert len(KNOWN_EXPORTS) == len(CONFIGURED_RESOURCE_APIS)
