"""The state machine: stepfunctions/nightly.asl.json, with the names put in here."""

import json
from collections.abc import Mapping
from pathlib import Path

from aws_cdk import Aws, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.placeholders import fill

PARTS = Path(__file__).parent.parent / "stepfunctions"


class Workflow(Construct):
    """The machine with logging and tracing; its role may run the four jobs and tell the topic."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        name: str,
        job_names: Mapping[str, str],
        topic: sns.ITopic,
        may_encrypt: iam.PolicyStatement,
    ) -> None:
        super().__init__(scope, construct_id)
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            state_machine_name=name,
            definition_body=sfn.DefinitionBody.from_string(_definition(job_names, topic)),
            logs=sfn.LogOptions(
                destination=_log_group(self, name),
                level=sfn.LogLevel.ALL,
                include_execution_data=True,
            ),
            tracing_enabled=True,
        )
        for statement in (self._run_jobs(job_names), _tell(topic), may_encrypt):
            self.machine.add_to_role_policy(statement)
        acknowledge(
            self.machine,
            "AwsSolutions-IAM5[Resource::*]",
            "CloudWatch Logs delivery and X-Ray have no resources that a policy could name.",
        )

    def _run_jobs(self, job_names: Mapping[str, str]) -> iam.PolicyStatement:
        """What `glue:startJobRun.sync` needs: start, watch, and stop when the execution stops."""
        return iam.PolicyStatement(
            sid="RunJobs",
            actions=[
                "glue:StartJobRun",
                "glue:GetJobRun",
                "glue:GetJobRuns",
                "glue:BatchStopJobRun",
            ],
            resources=[
                Stack.of(self).format_arn(service="glue", resource="job", resource_name=name)
                for name in job_names.values()
            ],
        )


def _definition(job_names: Mapping[str, str], topic: sns.ITopic) -> str:
    jobs = {f"{_title(noun)}Job": name for noun, name in job_names.items()}
    names = {
        **jobs,
        "TopicArn": topic.topic_arn,
        "Partition": Aws.PARTITION,
        "GlueRetries": json.loads((PARTS / "glue_retries.json").read_text()),
    }
    return json.dumps(fill(json.loads((PARTS / "nightly.asl.json").read_text()), names), indent=2)


def _title(noun: str) -> str:
    return "".join(word.title() for word in noun.split("_"))


def _tell(topic: sns.ITopic) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="TellFailure", actions=["sns:Publish"], resources=[topic.topic_arn]
    )


def _log_group(scope: Construct, machine_name: str) -> logs.LogGroup:
    """Below /aws/vendedlogs/: log policies of that prefix do not run into the size limit."""
    return logs.LogGroup(
        scope,
        "Log",
        log_group_name=f"/aws/vendedlogs/states/{machine_name}",
        retention=logs.RetentionDays.THREE_MONTHS,
        removal_policy=RemovalPolicy.DESTROY,
    )
