"""What manages a rule: facts of rules and groups as services and controllers make them."""

from dataclasses import replace

import pytest

from aws_network.network.groups import SecurityGroup
from aws_network.network.managers import manager_of
from aws_network.network.rules import SecurityGroupRule, Source

ACCOUNT, REGION = "123456789012", "eu-west-1"
RULE = SecurityGroupRule(
    "sgr-1", "sg-1", ACCOUNT, REGION, "ingress", 6, 443, 443, Source("cidr", "0.0.0.0/0")
)
GROUP = SecurityGroup("sg-1", "web", ACCOUNT, REGION, "vpc-1")
STACK = {
    "aws:cloudformation:stack-name": "shop",
    "aws:cloudformation:logical-id": "WebGroup",
    "Owner": "web",
}

BY_TAGS = [
    ("a stack", STACK, "the CloudFormation stack shop"),
    (
        "the group of an Ingress",
        {"elbv2.k8s.aws/cluster": "prod", "ingress.k8s.aws/stack": "shop/web"},
        "the AWS Load Balancer Controller of cluster prod",
    ),
    (
        "the cluster security group of EKS",
        {"kubernetes.io/cluster/prod": "owned", "aws:eks:cluster-name": "prod"},
        "the EKS cluster prod",
    ),
    ("a node group", {"eks:cluster-name": "prod"}, "the EKS cluster prod"),
    ("a cluster", {"kubernetes.io/cluster/prod": "owned"}, "the Kubernetes cluster prod"),
    ("a group that a cluster shares", {"kubernetes.io/cluster/prod": "shared"}, None),
    (
        "a SageMaker domain",
        {"ManagedByAmazonSageMakerResource": "arn:aws:sagemaker:eu-west-1:1:domain/d-1"},
        "SageMaker (arn:aws:sagemaker:eu-west-1:1:domain/d-1)",
    ),
    ("a person", {"Name": "web", "Owner": "web", "aws:cloudformation": "x", "eks": "prod"}, None),
    ("nobody", {}, None),
    ("braces", {"eks:cluster-name": "{0.__class__} {}"}, "the EKS cluster {0.__class__} {}"),
]


@pytest.mark.parametrize(
    ("tags", "manager"), [case[1:] for case in BY_TAGS], ids=[case[0] for case in BY_TAGS]
)
def test_manager_by_the_tags_of_the_group_or_of_the_rule(
    tags: dict[str, str], manager: str | None
) -> None:
    assert manager_of(RULE, replace(GROUP, tags=tags)) == manager
    assert manager_of(replace(RULE, tags=tags), GROUP) == manager
    assert manager_of(replace(RULE, tags=tags), None) == manager


@pytest.mark.parametrize(
    ("description", "manager"),
    [
        ("elbv2.k8s.aws/targetGroupBinding=shared", "the AWS Load Balancer Controller"),
        (
            "kubernetes.io/rule/nlb/client=a953ad6f802b345f",
            "the load balancer controller of a Kubernetes cluster",
        ),
        (
            "kubernetes.io/rule/nlb/health=a953ad6f802b345f",
            "the load balancer controller of a Kubernetes cluster",
        ),
        ("kubernetes.io/rule/nlb/mtu", "the load balancer controller of a Kubernetes cluster"),
        ("was kubernetes.io/rule/nlb/mtu, now by hand", None),
        ("HTTPS from the internet", None),
        (None, None),
    ],
)
def test_manager_by_the_description_of_the_rule(
    description: str | None, manager: str | None
) -> None:
    assert manager_of(replace(RULE, description=description), GROUP) == manager


def test_what_is_said_of_the_rule_goes_before_what_is_said_of_its_group() -> None:
    added = replace(RULE, description="elbv2.k8s.aws/targetGroupBinding=shared")
    group = replace(GROUP, tags=STACK)
    assert manager_of(added, group) == "the AWS Load Balancer Controller"
    assert manager_of(RULE, group) == "the CloudFormation stack shop"


def test_a_rule_of_a_group_that_a_service_owns() -> None:
    owned = replace(RULE, account_id="amazon-elb")
    assert manager_of(owned, replace(GROUP, account_id="amazon-elb")) == (
        "the AWS service amazon-elb"
    )
