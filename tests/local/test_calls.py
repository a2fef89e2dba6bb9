"""What is said of a call that AWS would refuse, and that botocore lets through."""

from typing import Any

import boto3
import pytest

from tests.local.in_job.sitecustomize import readable, violations

PUT = {"PutRequest": {"Item": {"sg_rule_id": {"S": "sgr-1"}}}}
CASES: list[tuple[str, str, str, dict[str, Any], str]] = [
    ("a page of EC2 that is too long", "ec2", "DescribeSecurityGroupRules", {"MaxResults": 1001},
     ".MaxResults: 1001 is more than 1000"),
    ("a page of prefix lists", "ec2", "DescribeManagedPrefixLists", {"MaxResults": 101},
     ".MaxResults: 101 is more than 100"),
    ("26 writes in a batch", "dynamodb", "BatchWriteItem", {"RequestItems": {"table": [PUT] * 26}},
     ".RequestItems[table]: 26 is more than 25"),
    ("a query that is too long", "athena", "StartQueryExecution", {"QueryString": "x" * 262_145},
     ".QueryString: 262145 is more than 262144"),
    ("an empty parameter of a query", "athena", "StartQueryExecution",
     {"QueryString": "x", "ExecutionParameters": [""]},
     ".ExecutionParameters[0]: 0 is less than 1"),
    ("an unknown unit", "cloudwatch", "PutMetricData",
     {"Namespace": "N", "MetricData": [{"MetricName": "m", "Value": 1.0, "Unit": "Per cent"}]},
     ".MetricData[0].Unit: 'Per cent' is none of"),
    ("a namespace with a colon in front", "cloudwatch", "PutMetricData",
     {"Namespace": ":N", "MetricData": []}, ".Namespace: ':N' does not match"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "said"),
    [c[1:] for c in CASES],
    ids=[c[0] for c in CASES],
)
def test_a_limit_that_is_not_kept_is_told(
    service: str, operation: str, parameters: dict[str, Any], said: str
) -> None:
    client: Any = boto3.Session("a", "b", region_name="us-east-1").client(service)  # type: ignore[call-overload]
    shape = client.meta.service_model.operation_model(operation).input_shape
    [found] = violations(shape, parameters)
    assert found.startswith(said)


@pytest.mark.parametrize(
    "service", ["athena", "cloudwatch", "dynamodb", "ec2", "glue", "lambda", "s3", "sesv2", "sts"]
)
def test_every_pattern_of_a_model_can_be_read(service: str) -> None:
    client: Any = boto3.Session("a", "b", region_name="us-east-1").client(service)  # type: ignore[call-overload]
    model = client.meta.service_model
    for shape in map(model.shape_for, model.shape_names):
        if "pattern" in shape.metadata:
            readable(shape.metadata["pattern"])


def test_characters_beyond_16_bits_are_read_as_java_reads_them() -> None:
    glue: Any = boto3.Session("a", "b", region_name="us-east-1").client("glue")
    shape = glue.meta.service_model.operation_model("GetTable").input_shape
    assert list(violations(shape, {"DatabaseName": "sg", "Name": "\U0001f600"})) == []
    assert len(list(violations(shape, {"DatabaseName": "sg", "Name": "a\nb"}))) == 1


def test_what_keeps_the_limits_is_not_told() -> None:
    client: Any = boto3.Session("a", "b", region_name="us-east-1").client("dynamodb")
    shape = client.meta.service_model.operation_model("BatchWriteItem").input_shape
    assert list(violations(shape, {"RequestItems": {"table": [PUT] * 25}})) == []
