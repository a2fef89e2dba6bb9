"""What manages a rule instead of a person: a service, a controller of a cluster, a stack.

A rule that somebody removes by hand is made again by its manager, or makes a later update fail.
"""

from collections.abc import Iterator, Mapping

from aws_network.network.groups import SecurityGroup
from aws_network.network.rules import SecurityGroupRule

_BY_DESCRIPTION = {
    "elbv2.k8s.aws/targetGroupBinding=": "the AWS Load Balancer Controller",
    "kubernetes.io/rule/nlb/": "the load balancer controller of a Kubernetes cluster",
}
"""Beginning of a rule's description to its manager: controllers add rules to the groups of nodes.
Sources: "Migrate v1 to v2", AWS Load Balancer Controller guide; "Service", Kubernetes documentation
(network load balancers)."""

_BY_TAG = {
    "elbv2.k8s.aws/cluster": "the AWS Load Balancer Controller of cluster {}",
    "aws:eks:cluster-name": "the EKS cluster {}",
    "eks:cluster-name": "the EKS cluster {}",
    "ManagedByAmazonSageMakerResource": "SageMaker ({})",
    "aws:cloudformation:stack-name": "the CloudFormation stack {}",
}
"""Key of a tag to the manager, the value in the place of the braces; the first one that fits."""

_CLUSTER = "kubernetes.io/cluster/"
_OWNED = "owned"
"""The value of a cluster's tag on what belongs to it alone; `shared` is on what outlives it.
Source: ResourceLifecycle in the AWS cloud provider of Kubernetes."""


def manager_of(rule: SecurityGroupRule, group: SecurityGroup | None) -> str | None:
    """What manages a rule or its group, in words; None where no tag or description names it.

    Requester-managed interfaces are no evidence: load balancers, databases and functions have them,
    with groups that a person made.
    """
    return next(_managers(rule, group), None)


def _managers(rule: SecurityGroupRule, group: SecurityGroup | None) -> Iterator[str]:
    """All of them, the one that is said of the rule itself first."""
    description = rule.description or ""
    for beginning, manager in _BY_DESCRIPTION.items():
        if description.startswith(beginning):
            yield manager
    yield from _by_tags(rule.tags)
    if group is not None:
        yield from _by_tags(group.tags)
    if not rule.account_id.isdigit():  # such as `amazon-elb`
        yield f"the AWS service {rule.account_id}"


def _by_tags(tags: Mapping[str, str]) -> Iterator[str]:
    for key, words in _BY_TAG.items():
        if key in tags:
            yield words.format(tags[key])
    for key, value in tags.items():
        if key.startswith(_CLUSTER) and value == _OWNED:
            yield f"the Kubernetes cluster {key.removeprefix(_CLUSTER)}"
