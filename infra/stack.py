"""The stack: a few constructs that hand typed handles to each other."""

from collections.abc import Mapping

from aws_cdk import Annotations, CfnOutput, Stack
from constructs import Construct

from aws_network.stores.lake_tables import ALL_FOLDERS
from infra.alarms import Alarms
from infra.catalog import Catalog
from infra.dashboard import Dashboard
from infra.email import ReportSender
from infra.encryption import Encryption
from infra.job_specs import JobResources, job_specs
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
from infra.workgroup import Workgroup


class SgAnalysisStack(Stack):
    """Everything of one deployment, in one region of one account."""

    def __init__(self, scope: Construct, construct_id: str, settings: Settings) -> None:
        super().__init__(
            scope,
            construct_id,
            description="Which security group rules does nobody use?",
            # CloudFormation hands them on to every resource that can have tags.
            tags={"application": settings.name_prefix},
        )
        self._settings = settings
        self._store()
        self._run()
        self._watch()
        self._tables.create_after(
            *(part for part in self.node.children if part is not self._tables)
        )
        self._outputs()
        if settings.is_example:
            Annotations.of(self).add_warning_v2(
                "sg-analysis:exampleSettings",
                "flow_log_bucket, sender and recipients are examples: set yours in cdk.json or "
                "with `cdk -c key=value` before you deploy (docs/settings.md)",
            )

    def _store(self) -> None:
        """Where data lies, and how Athena reads it."""
        settings = self._settings
        self._encryption = Encryption(self, "Encryption", settings)
        key = self._encryption.data_key
        self._lake = Lake(self, "Lake", settings, key)
        self._tables = RuleTables(self, "Tables", settings.names, key)
        Catalog(self, "FlowLogTable", settings, self._lake)
        Workgroup(self, "Workgroup", settings, self._lake, key)

    def _run(self) -> None:
        """The jobs, the state machine that runs them, and when."""
        settings, lake, encryption = self._settings, self._lake, self._encryption
        sender = ReportSender(self, "ReportSender", settings)
        resources = JobResources(settings, self._tables, lake, sender, encryption)
        self._jobs = Jobs(self, "Jobs", settings.names, job_specs(self, resources))
        acknowledge_folders(self._jobs, lake, *ALL_FOLDERS)
        acknowledge_flow_logs(self._jobs, settings)
        self._failures = FailureTopic(self, "Failures", settings, encryption)
        self._workflow = Workflow(
            self,
            "Workflow",
            settings.names.of("nightly"),
            self._jobs.names,
            self._failures.topic,
            encryption.may_publish(),
        )
        NightlySchedule(self, "Schedule", settings, self._workflow.machine)

    def _watch(self) -> None:
        """Alarms and dashboards."""
        settings, machine = self._settings, self._workflow.machine
        Alarms(self, "Alarms", settings, machine, self._failures.topic)
        MetricsDashboard(self, "MetricsDashboard", settings.names, machine)
        if settings.quicksight_principal:
            Dashboard(self, "Dashboard", settings, self._lake, self._encryption)

    def _outputs(self) -> None:
        names = self._settings.names
        values: Mapping[str, str] = {
            "LakeBucketName": self._lake.bucket.bucket_name,
            "StateMachineArn": self._workflow.machine.state_machine_arn,
            "QueryFlowLogsRoleArn": self._jobs.roles["query_flow_logs"].role_arn,
            "TopicArn": self._failures.topic.topic_arn,
            "RulesTableName": self._tables.rules.name,
            "UsageTableName": self._tables.usage.name,
            "DatabaseName": names.database,
            "WorkgroupName": names.workgroup,
            **{
                f"{noun.title().replace('_', '')}JobName": name
                for noun, name in self._jobs.names.items()
            },
        }
        for name, value in values.items():
            CfnOutput(self, name, value=value)
