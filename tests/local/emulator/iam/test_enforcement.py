"""Which requests a role may make: as its policies say, resource by resource."""

import contextlib
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.account.inventory import Inventory
from local.emulator import ec2
from local.emulator.ec2 import inventory_of
from local.emulator.iam.callers import DeniedError, require_trust
from local.emulator.server import Emulator
from tests.local.emulator.roles import client_of_role, make_foreign_role, make_role

ACCOUNT = "123456789012"
REQUESTS = [
    (
        "dynamodb",
        "put_item",
        {"TableName": "rules", "Item": {"id": {"S": "a"}}},
        (["dynamodb:PutItem"], [f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/rules"]),
    ),
    (
        "dynamodb",
        "batch_write_item",
        {"RequestItems": {"rules": [{"PutRequest": {"Item": {"id": {"S": "a"}}}}]}},
        (["dynamodb:BatchWriteItem"], [f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/rules"]),
    ),
    ("ec2", "describe_network_interfaces", {}, (["ec2:DescribeNetworkInterfaces"], ["*"])),
    (
        "s3",
        "put_object",
        {"Bucket": "lake", "Key": "a/b", "Body": b"x"},
        (["s3:PutObject"], ["arn:aws:s3:::lake/a/*"]),
    ),
    (
        "s3",
        "list_objects_v2",
        {"Bucket": "lake", "Prefix": "a/"},
        (["s3:ListBucket"], ["arn:aws:s3:::lake"]),
    ),
    (
        "s3",
        "delete_objects",
        {"Bucket": "lake", "Delete": {"Objects": [{"Key": "a/b"}]}},
        (["s3:DeleteObject"], ["arn:aws:s3:::lake/a/*"]),
    ),
    (
        "sns",
        "publish",
        {"TopicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:failures", "Message": "x"},
        (["sns:Publish"], [f"arn:aws:sns:us-east-1:{ACCOUNT}:failures"]),
    ),
    (
        "glue",
        "get_job_run",
        {"JobName": "nightly", "RunId": "jr_1"},
        (["glue:GetJobRun"], [f"arn:aws:glue:us-east-1:{ACCOUNT}:job/nightly"]),
    ),
]


@pytest.fixture(scope="module")
def account(aws: Emulator) -> Emulator:
    aws.client("s3").create_bucket(Bucket="lake")
    aws.client("sns").create_topic(Name="failures")
    aws.client("dynamodb").create_table(
        TableName="rules",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return aws


def _code(client: Any, call: str, arguments: dict[str, Any]) -> str:
    try:
        getattr(client, call)(**arguments)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "done"


@pytest.mark.parametrize(("service", "call", "arguments", "grant"), REQUESTS)
def test_request_needs_its_grant(
    account: Emulator,
    service: str,
    call: str,
    arguments: dict[str, Any],
    grant: tuple[list[str], list[str]],
) -> None:
    refused = _code(client_of_role(account, service, []), call, arguments)
    assert refused in ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
    granted = _code(client_of_role(account, service, [grant]), call, arguments)
    assert granted in ("done", "EntityNotFoundException")


METRICS = {"Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*",
           "Condition": {"StringEquals": {"cloudwatch:namespace": "SgAnalysis"}}}  # fmt: skip


@pytest.mark.parametrize(
    ("namespace", "answer"), [("SgAnalysis", "done"), ("Other", "AccessDenied")]
)
def test_metrics_need_a_grant_on_their_namespace(
    aws: Emulator, namespace: str, answer: str
) -> None:
    client = client_of_role(aws, "cloudwatch", [], METRICS)
    data = [{"MetricName": "Records", "Value": 1.5, "Unit": "Count"}]
    given = {"Namespace": namespace, "MetricData": data}
    assert _code(client, "put_metric_data", given).startswith(answer)


SENDER = "reports@example.com"
IDENTITY = f"arn:aws:ses:us-east-1:{ACCOUNT}:identity/{SENDER}"


@pytest.mark.parametrize(
    ("actions", "sender", "answer"),
    [
        (["ses:SendEmail", "ses:SendRawEmail"], SENDER, "done"),
        (["ses:SendEmail"], SENDER, "AccessDeniedException"),
        (["ses:SendEmail", "ses:SendRawEmail"], "other@example.com", "AccessDeniedException"),
    ],
    ids=["both", "raw not granted", "another sender"],
)
def test_mail_needs_the_right_to_send_raw_as_its_sender(
    aws: Emulator, actions: list[str], sender: str, answer: str
) -> None:
    aws.client("sesv2").create_email_identity(EmailIdentity=SENDER)
    client = client_of_role(aws, "sesv2", [(actions, [IDENTITY])])
    message = b"From: reports@example.com\r\nTo: a@example.com\r\nSubject: x\r\n\r\nbody\r\n"
    mail = {
        "FromEmailAddress": sender,
        "Destination": {"ToAddresses": ["a@example.com"]},
        "Content": {"Raw": {"Data": message}},
    }
    assert _code(client, "send_email", mail) == answer
    aws.client("sesv2").delete_email_identity(EmailIdentity=SENDER)


SCHEDULER = "scheduler.amazonaws.com"
FOR_US = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": "arn:aws:scheduler:::group/a"}


@pytest.mark.parametrize(
    ("condition", "source", "is_trusted"),
    [
        ({}, None, True),
        ({"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}, None, True),
        ({"StringEquals": {"aws:SourceAccount": "111122223333"}}, None, False),
        ({"StringEquals": FOR_US}, FOR_US["aws:SourceArn"], True),
        ({"StringEquals": FOR_US}, "arn:aws:scheduler:::group/b", False),
        ({"StringEquals": FOR_US}, None, False),
    ],
)
def test_a_service_is_trusted_under_the_conditions_of_the_role(
    aws: Emulator, condition: dict[str, Any], source: str | None, is_trusted: bool
) -> None:
    role = make_role(aws, [], service=SCHEDULER)
    trust = trust_statement({"Service": SCHEDULER}, Condition=condition)
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    name = role.rpartition("/")[2]
    aws.client("iam").update_assume_role_policy(RoleName=name, PolicyDocument=document)
    expected = contextlib.nullcontext() if is_trusted else pytest.raises(DeniedError)
    with expected:
        require_trust(role, SCHEDULER, source)
    with pytest.raises(DeniedError):
        require_trust(role, "glue.amazonaws.com", source)


OTHER = "111122223333"
ROLE = f"arn:aws:iam::{OTHER}:role/inventory"
ASSUME = (["sts:AssumeRole"], [ROLE])


def trust_statement(principal: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}


SECRET = {"Condition": {"StringEquals": {"sts:ExternalId": "secret"}}}
HUB = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


@pytest.mark.parametrize(
    ("grant", "trust", "parameters", "answer"),
    [
        (ASSUME, trust_statement(HUB), {}, "done"),
        (ASSUME, trust_statement({"AWS": ACCOUNT}), {}, "done"),
        ((["sts:AssumeRole"], ["arn:aws:iam::*:role/inventory"]), trust_statement(HUB), {}, "done"),
        ((["sts:AssumeRole"], ["arn:aws:iam::*:role/x"]), trust_statement(HUB), {}, "AccessDenied"),
        (ASSUME, trust_statement({"AWS": "444455556666"}), {}, "AccessDenied"),
        (ASSUME, trust_statement({"Service": "glue.amazonaws.com"}), {}, "AccessDenied"),
        (ASSUME, trust_statement(HUB, **SECRET), {}, "AccessDenied"),
        (ASSUME, trust_statement(HUB, **SECRET), {"ExternalId": "guess"}, "AccessDenied"),
        (ASSUME, trust_statement(HUB, **SECRET), {"ExternalId": "secret"}, "done"),
    ],
)
def test_a_role_of_another_account_needs_a_grant_and_its_trust(
    aws: Emulator,
    grant: tuple[list[str], list[str]],
    trust: dict[str, Any],
    parameters: dict[str, str],
    answer: str,
) -> None:
    make_foreign_role(aws, OTHER, "inventory", trust, [(["ec2:DescribeVpcs"], ["*"])])
    given = {"RoleArn": ROLE, "RoleSessionName": "test", **parameters}
    assert _code(client_of_role(aws, "sts", [grant]), "assume_role", given) == answer


def test_a_role_of_another_account_that_does_not_exist(aws: Emulator) -> None:
    given = {"RoleArn": "arn:aws:iam::222233334444:role/inventory", "RoleSessionName": "test"}
    client = client_of_role(aws, "sts", [(["sts:AssumeRole"], ["*"])])
    assert _code(client, "assume_role", given) == "AccessDenied"


@pytest.mark.parametrize(
    ("call", "answer"),
    [("describe_vpcs", "done"), ("describe_security_groups", "UnauthorizedOperation")],
)
def test_a_role_of_another_account_may_do_what_that_account_grants_it(
    aws: Emulator, call: str, answer: str
) -> None:
    trust = trust_statement(HUB)
    make_foreign_role(aws, OTHER, "inventory", trust, [(["ec2:DescribeVpcs"], ["*"])])
    inventory_of("us-east-1", OTHER).optional["vpcs.json"] = []
    assert _code(aws.client_as_role("ec2", "us-east-1", ROLE), call, {}) == answer


def test_ec2_answers_for_the_account_of_the_caller(aws: Emulator) -> None:
    actions = [(["ec2:DescribeSecurityGroups"], ["*"])]
    make_foreign_role(aws, OTHER, "inventory", trust_statement(HUB), actions)
    ec2.set_inventory("us-east-1", Inventory(security_groups=[{"GroupId": "sg-1"}]))
    ec2.set_inventory("us-east-1", Inventory(security_groups=[{"GroupId": "sg-2"}]), OTHER)
    clients = aws.client("ec2"), aws.client_as_role("ec2", "us-east-1", ROLE)
    found = [client.describe_security_groups()["SecurityGroups"] for client in clients]
    assert [group["GroupId"] for [group] in found] == ["sg-1", "sg-2"]
