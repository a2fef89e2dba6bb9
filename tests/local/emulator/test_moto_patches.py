"""Each patch of moto is still needed: moto alone, in a process of its own, cannot do it.

A test that fails here says that moto has learned something, and that a patch can go.
"""

import subprocess
import sys
import textwrap

import pytest

from local.emulator.cloudformation import TYPES as PATCHED

_SET_UP = """
import boto3, io, json, time, warnings, zipfile
from moto import mock_aws
from moto.core.config import default_user_config
warnings.simplefilter("ignore")
default_user_config["stepfunctions"] = {"execute_state_machine": True}
import os
os.environ |= {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s"}
os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
HERE = "123456789012"
OUTPUT = {"OutputLocation": "s3://b/"}

def policy(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})
mock_aws().start()
client = boto3.client

def execution(states, **given):
    definition = {"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": states}}
    sfn = client("stepfunctions")
    role = "arn:aws:iam::123456789012:role/r"
    arn = sfn.create_state_machine(
        name="m", definition=json.dumps(definition), roleArn=role)["stateMachineArn"]
    run = sfn.start_execution(stateMachineArn=arn, **given)["executionArn"]
    for _ in range(100):
        found = sfn.describe_execution(executionArn=run)
        if found["status"] != "RUNNING":
            return found
        time.sleep(0.05)
    return found

def glue_job():
    command = {"Name": "glueetl", "ScriptLocation": "s3://b/s.py"}
    client("glue").create_job(Name="j", Role="r", Command=command)
    return client("glue").start_job_run(JobName="j")["JobRunId"]
"""

NEEDS = {
    "athena runs no query": """
        a = client("athena")
        a.create_work_group(Name="w", Configuration={"ResultConfiguration": OUTPUT})
        q = a.start_query_execution(QueryString="SELECT 1", WorkGroup="w")["QueryExecutionId"]
        a.get_query_execution(QueryExecutionId=q); a.get_query_execution(QueryExecutionId=q)
        works = bool(a.get_query_results(QueryExecutionId=q)["ResultSet"]["Rows"])
    """,
    "athena lets wrong SQL succeed": """
        a = client("athena")
        q = a.start_query_execution(QueryString="SELEC", ResultConfiguration=OUTPUT)
        q = q["QueryExecutionId"]
        found = [a.get_query_execution(QueryExecutionId=q)["QueryExecution"] for _ in range(3)]
        works = "FAILED" in [one["Status"]["State"] for one in found]
    """,
    "glue runs no script": """
        run = glue_job()
        found = [client("glue").get_job_run(JobName="j", RunId=run)["JobRun"] for _ in range(4)]
        works = "SUCCEEDED" not in [one["JobRunState"] for one in found]  # there is no script
    """,
    "glue has no BatchStopJobRun": """
        works = bool(client("glue").batch_stop_job_run(JobName="j", JobRunIds=[glue_job()]))
    """,
    "step functions cannot wait for a job run": """
        glue_job()
        task = {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync",
                "Arguments": {"JobName": "j"}, "End": True}
        works = execution(task, name="e")["status"] == "SUCCEEDED"
    """,
    "step functions know no JSONata": """
        found = execution({"Type": "Pass", "Output": {"is": "{% 1 + 1 %}"}, "End": True}, name="e")
        works = found.get("output") == '{"is": 2}'
    """,
    "step functions refuse $ in a filter": """
        from moto.stepfunctions.parser.asl.jsonata import jsonata
        works = "$x" in jsonata.extract_jsonata_variable_references("$x[$ != 1]")
    """,
    "a Fail state cannot hand on the error of a task": """
        found = execution({"Type": "Fail", "Error": "States.TaskFailed"}, name="e")
        works = found.get("error") == "States.TaskFailed"
    """,
    "a stopped job run counts as a good one": """
        from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
            state_task_service_glue as glue)
        works = "STOPPED" in glue._JOB_RUN_STATE_ABNORMAL_TERMINAL_VALUE
    """,
    "the start time of an execution is no text": """
        from moto.stepfunctions.parser.backend import execution_worker
        seen = []
        kept = execution_worker.ExecutionData
        execution_worker.ExecutionData = lambda **given: seen.append(given) or kept(**given)
        execution({"Type": "Pass", "End": True}, name="e")
        works = isinstance(seen[0]["StartTime"], str)
    """,
    "tasks do not act as the role of their state machine": """
        from types import SimpleNamespace
        from moto.stepfunctions.parser.asl.utils.boto_client import boto_client_for
        role = SimpleNamespace(role_arn=f"arn:aws:iam::{HERE}:role/r")
        task = boto_client_for("us-east-1", "glue", role)
        works = task._request_signer._credentials.access_key != "ak"
    """,
    "an execution without a name is called None": """
        found = execution({"Type": "Pass", "End": True})
        works = found["name"] != "None" and not found["executionArn"].endswith(":None")
    """,
    "ec2 has no pages of security group rules": """
        answer = client("ec2").describe_security_group_rules(MaxResults=5)
        for n in range(9):
            vpc = client("ec2").create_vpc(CidrBlock=f"10.{n}.0.0/16")["Vpc"]["VpcId"]
        answer = client("ec2").describe_security_group_rules(MaxResults=5)
        works = "NextToken" in answer
    """,
    "iam denies what is granted on one table": """
        from moto.core import set_initial_no_auth_action_count
        iam = client("iam")
        trust = policy(Principal={"AWS": "*"}, Action="sts:AssumeRole")
        role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        table = f"arn:aws:dynamodb:us-east-1:{HERE}:table/t"
        grant = policy(Action="dynamodb:DescribeTable", Resource=table)
        iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=grant)
        c = client("sts").assume_role(RoleArn=role, RoleSessionName="s")["Credentials"]
        keys = dict(aws_access_key_id=c["AccessKeyId"], aws_secret_access_key=c["SecretAccessKey"])
        table = client("dynamodb", aws_session_token=c["SessionToken"], **keys)
        @set_initial_no_auth_action_count(0)
        def ask():
            try:
                table.describe_table(TableName="t")
            except Exception as error:
                return error.response["Error"]["Code"]
        works = ask() == "ResourceNotFoundException"
    """,
}


def _moto_alone(script: str) -> str:
    code = _SET_UP + textwrap.dedent(script) + "\nprint('works' if works else 'does not work')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "does not work"


@pytest.mark.parametrize("hole", NEEDS)
def test_moto_still_needs_the_patch(hole: str) -> None:
    assert _moto_alone(NEEDS[hole]) == "does not work"


TYPES = [
    "AWS::DynamoDB::GlobalTable",
    "AWS::Glue::Database",
    "AWS::Glue::Table",
    "AWS::Glue::Job",
    "AWS::Athena::WorkGroup",
    "AWS::Scheduler::Schedule",
    "AWS::SES::EmailIdentity",
]


def test_moto_still_lacks_the_resource_types_of_the_table() -> None:
    assert sorted(PATCHED) == sorted(TYPES)
    script = f"""
        from moto.cloudformation.parsing import get_model_map
        known = get_model_map()
        works = any(name in known for name in {TYPES!r})
    """
    assert _moto_alone(script) == "does not work"


def test_moto_still_makes_state_machines_of_stacks_where_nothing_executes_them() -> None:
    script = """
        machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": {
            "StateMachineName": "x", "RoleArn": "arn:aws:iam::123456789012:role/r",
            "DefinitionString": '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}'}}
        template = json.dumps({"Resources": {"M": machine}})
        client("cloudformation").create_stack(StackName="s", TemplateBody=template)
        works = bool(client("stepfunctions").list_state_machines()["stateMachines"])
    """
    assert _moto_alone(script) == "does not work"
