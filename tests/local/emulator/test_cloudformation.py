"""A stack in the emulator: the types moto lacks are made, and the state machine can be run."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.emulator.server import Emulator
from tests.local.emulator.roles import make_role

ROLE = "arn:aws:iam::123456789012:role/r"


def resources(role: str) -> dict[str, Any]:
    definition = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
    return {
        "Table": {
            "Type": "AWS::DynamoDB::GlobalTable",
            "Properties": {
                "TableName": "stack-table",
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
                "Replicas": [{"Region": "us-east-1"}],
            },
        },
        "Database": {
            "Type": "AWS::Glue::Database",
            "Properties": {"CatalogId": "123456789012", "DatabaseInput": {"Name": "stack_db"}},
        },
        "Job": {
            "Type": "AWS::Glue::Job",
            "Properties": {
                "Name": "stack-job",
                "Role": role,
                "Command": {"Name": "glueetl", "ScriptLocation": "s3://b/x.py"},
                "DefaultArguments": {"--table": {"Ref": "Table"}},
                "NumberOfWorkers": 2,
                "WorkerType": "G.1X",
                "Timeout": 30,
            },
        },
        "Workgroup": {
            "Type": "AWS::Athena::WorkGroup",
            "Properties": {
                "Name": "stack-workgroup",
                "RecursiveDeleteOption": True,
                "WorkGroupConfiguration": {"BytesScannedCutoffPerQuery": "20000000"},
            },
        },
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {"DefinitionString": json.dumps(definition), "RoleArn": role},
        },
        "Identity": {
            "Type": "AWS::SES::EmailIdentity",
            "Properties": {"EmailIdentity": "stack@example.com"},
        },
        "BucketPolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {"Bucket": "b", "PolicyDocument": {}},
        },
    }


@pytest.fixture(scope="module")
def stack(aws: Emulator) -> Iterator[dict[str, str]]:
    role = make_role(aws, [], service="states.amazonaws.com")
    outputs = {
        "TableArn": {"Value": {"Fn::GetAtt": ["Table", "Arn"]}},
        "Machine": {"Value": {"Ref": "Machine"}},
    }
    template = {"Resources": resources(role), "Outputs": outputs}
    client = aws.client("cloudformation")
    client.create_stack(StackName="types", TemplateBody=json.dumps(template))
    found = client.describe_stacks(StackName="types")["Stacks"][0]["Outputs"]
    yield {output["OutputKey"]: output["OutputValue"] for output in found}
    client.delete_stack(StackName="types")


def test_job_has_its_properties_with_references_resolved(
    aws: Emulator, stack: dict[str, str]
) -> None:
    job = aws.client("glue").get_job(JobName="stack-job")["Job"]
    assert job["DefaultArguments"] == {"--table": "stack-table"}
    assert (job["NumberOfWorkers"], job["Timeout"]) == (2, 30)


def test_table_is_there_with_its_arn(aws: Emulator, stack: dict[str, str]) -> None:
    table = aws.client("dynamodb").describe_table(TableName="stack-table")["Table"]
    assert table["TableArn"] == stack["TableArn"]


def test_workgroup_has_its_limit(aws: Emulator, stack: dict[str, str]) -> None:
    found = aws.client("athena").get_work_group(WorkGroup="stack-workgroup")["WorkGroup"]
    assert found["Configuration"]["BytesScannedCutoffPerQuery"] == 20_000_000


def test_database_and_identity_are_there(aws: Emulator, stack: dict[str, str]) -> None:
    assert aws.client("glue").get_database(Name="stack_db")["Database"]["Name"] == "stack_db"
    aws.client("sesv2").get_email_identity(EmailIdentity="stack@example.com")


def test_state_machine_of_the_stack_runs(aws: Emulator, stack: dict[str, str]) -> None:
    client = aws.client("stepfunctions")
    started = client.start_execution(stateMachineArn=stack["Machine"], input="{}")
    arn = started["executionArn"]
    states = {client.describe_execution(executionArn=arn)["status"] for _ in range(20)}
    assert "SUCCEEDED" in states


def test_property_that_the_service_does_not_know_fails_the_stack(aws: Emulator) -> None:
    wrong = {"Type": "AWS::Scheduler::Schedule", "Properties": {"Name": "x", "Wrong": 1}}
    client = aws.client("cloudformation")
    with pytest.raises(Exception, match="500"):
        client.create_stack(StackName="wrong", TemplateBody=json.dumps({"Resources": {"S": wrong}}))
