"""The stack: a few constructs that hand typed handles to each other."""

from aws_cdk import Annotations, CfnOutput, Stack
from constructs import Construct

from aws_network.stores.lake_tables import ALL_FOLDERS
from infra.alarms import Alarms
from infra.dashboard import Dashboard
from infra.email import ReportSender
from infra.encryption import Encryption
from infra.flow_log_table import DATABASE, FlowLogTable
from infra.job_specs import Surroundings, job_specs
from infra.jobs import Jobs
from infra.lake import Lake
from infra.lake_access import acknowledge_folders
from infra.metrics_dashboard import MetricsDashboard
from infra.notifications import FailureTopic
from infra.query_access import acknowledge_flow_logs
from infra.schedule import NightlySchedule
from infra.settings import Settings
from infra.tables import RuleTables
from infra.workflow import Workflow
from infra.workgroup import WORKGROUP, Workgroup

STACK = "SgAnalysis"


class SgAnalysisStack(Stack):
    """Everything of one deployment, in one region of one account."""

    def __init__(self, scope: Construct, construct_id: str, settings: Settings) -> None:
        super().__init__(
            scope, construct_id, description="Which security group rules does nobody use?"
        )
        encryption = Encryption(self, "Encryption", settings)
        key = encryption.data_key
        lake = Lake(self, "Lake", settings, key)
        tables = RuleTables(self, "Tables", key)
        FlowLogTable(self, "FlowLogTable", settings, lake)
        Workgroup(self, "Workgroup", settings, lake, key)
        sender = ReportSender(self, "ReportSender", settings)
        surroundings = Surroundings(settings, tables, lake, sender, encryption)
        jobs = Jobs(self, "Jobs", job_specs(self, surroundings))
        acknowledge_folders(jobs, lake, *ALL_FOLDERS)
        acknowledge_flow_logs(jobs, settings)
        failures = FailureTopic(self, "Failures", settings, encryption)
        workflow = Workflow(self, "Workflow", jobs.names, failures.topic, encryption.may_publish())
        NightlySchedule(self, "Schedule", settings, workflow.machine)
        Alarms(self, "Alarms", settings, workflow.machine, failures.topic)
        MetricsDashboard(self, "MetricsDashboard", workflow.machine)
        if settings.quicksight_principal:
            Dashboard(self, "Dashboard", settings, lake, encryption)
        self._outputs(
            {
                "LakeBucketName": lake.bucket.bucket_name,
                "StateMachineArn": workflow.machine.state_machine_arn,
                "TopicArn": failures.topic.topic_arn,
                "RulesTableName": tables.rules.table_name,
                "UsageTableName": tables.usage.table_name,
                "DatabaseName": DATABASE,
                "WorkgroupName": WORKGROUP,
                **{f"{noun.title().replace('_', '')}JobName": n for noun, n in jobs.names.items()},
            }
        )
        if settings.is_example:
            Annotations.of(self).add_warning_v2(
                "sg-analysis:exampleSettings",
                "flow_log_bucket, sender and recipients are examples: set yours in cdk.json or "
                "with `cdk -c key=value` before you deploy (docs/settings.md)",
            )

    def _outputs(self, values: dict[str, str]) -> None:
        for name, value in values.items():
            CfnOutput(self, name, value=value)
