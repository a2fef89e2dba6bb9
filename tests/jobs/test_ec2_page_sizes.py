"""Every EC2 call of the collect job asks for pages of a size that EC2 allows."""

import inspect
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.validate import ParamValidator

from aws_network.stores.configured_resource_apis import (
    CONFIGURED_RESOURCE_APIS,
    configured_resources,
)
from aws_network.stores.ec2_inventory import read_snapshot

MOST_BY_DOCUMENTATION = {
    "DescribeFlowLogs": 1000,
    "DescribeLaunchTemplateVersions": 200,
    "DescribeVpcEndpointServiceConfigurations": 1000,
}
"""Where botocore's model has no limit. Source: Amazon EC2 API reference."""


class RecordedCall(SimpleNamespace):
    """A request: botocore's model of the operation, and the parameters."""

    model: Any
    params: dict[str, Any]


@pytest.fixture(scope="module")
def calls() -> Iterator[dict[str, RecordedCall]]:
    """All EC2 calls of the job, by operation; each is answered with one item that has an id."""
    session = boto3.Session("testing", "testing", region_name="us-east-1")
    made: dict[str, RecordedCall] = {}

    def record(params: dict[str, Any], model: Any, **_: Any) -> None:
        made[model.name] = RecordedCall(model=model, params=dict(params))

    def answer(model: Any, **_: Any) -> Any:
        shapes = model.output_shape.members.items()
        lists: dict[str, Any] = {key: [] for key, shape in shapes if shape.type_name == "list"}
        if model.name == "DescribeManagedPrefixLists":
            lists["PrefixLists"] = [{"PrefixListId": "pl-1", "PrefixListName": "pl-1"}]
        return SimpleNamespace(status_code=200), lists

    session.events.register("provide-client-params.ec2", record)
    session.events.register("before-call.ec2", answer)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boto3, "DEFAULT_SESSION", session)
        read_snapshot(["us-east-1"])
        of_ec2 = tuple(api for api in CONFIGURED_RESOURCE_APIS if api.service == "ec2")
        patch.setattr(inspect.getmodule(configured_resources), "CONFIGURED_RESOURCE_APIS", of_ec2)
        configured = configured_resources(("us-east-1",), lambda *_: session.client("ec2"))
        assert configured.unchecked == ()
        yield made


def test_these_are_all_the_calls(calls: dict[str, RecordedCall]) -> None:
    assert set(calls) == {
        "DescribeSecurityGroupRules",
        "DescribeSecurityGroups",
        "DescribeNetworkInterfaces",
        "DescribeManagedPrefixLists",
        "GetManagedPrefixListEntries",
        "DescribeFlowLogs",
        "DescribeVpcs",
        "DescribeVpcPeeringConnections",
        "DescribeTransitGatewayVpcAttachments",
        "DescribeSecurityGroupVpcAssociations",
        "DescribeTrafficMirrorTargets",
        "DescribeVpcEndpointServiceConfigurations",
        "DescribeLaunchTemplateVersions",
    }


def test_the_model_accepts_every_parameter(calls: dict[str, RecordedCall]) -> None:
    for call in calls.values():
        report = ParamValidator().validate(call.params, call.model.input_shape)
        assert not report.has_errors(), report.generate_report()


def test_every_page_is_the_largest_that_is_allowed(calls: dict[str, RecordedCall]) -> None:
    asked, allowed = {}, {}
    for name, call in calls.items():
        limits = call.model.input_shape.members["MaxResults"].metadata
        asked[name] = call.params.get("MaxResults")
        allowed[name] = limits.get("max") or MOST_BY_DOCUMENTATION[name]
    assert asked == allowed


def test_every_limit_of_the_documentation_is_needed(calls: dict[str, RecordedCall]) -> None:
    for name in MOST_BY_DOCUMENTATION:
        assert "max" not in calls[name].model.input_shape.members["MaxResults"].metadata
