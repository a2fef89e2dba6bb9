"""What wakes somebody: a failed execution, a night without success, flows that no rule explains."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from aws_network.stores.cloudwatch import UNATTRIBUTED
from infra.names import Names
from infra.settings import Settings

HOURS_WITHOUT_SUCCESS = 26
"""A night is a day; two hours more let it run late."""


class Alarms(Construct):
    """Three alarms that tell the topic. They are silent while the schedule is off."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: Settings,
        machine: sfn.StateMachine,
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, construct_id)
        self._action = actions.SnsAction(topic)
        self._settings = settings
        self._execution_failed(machine)
        self._no_success(machine)
        self._unattributed()

    def _execution_failed(self, machine: sfn.StateMachine) -> None:
        self._alarm(
            "Failed",
            "execution-failed",
            "An execution failed, timed out or was aborted; its cause says why.",
            metric=_not_succeeded(machine),
            threshold=0,
            comparison=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            periods=1,
            missing=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def _no_success(self, machine: sfn.StateMachine) -> None:
        self._alarm(
            "NoSuccess",
            "no-success",
            f"No execution has succeeded for {HOURS_WITHOUT_SUCCESS} hours.",
            metric=machine.metric_succeeded(period=Duration.hours(1), statistic="Sum"),
            threshold=1,
            comparison=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            # Of periods of an hour or more, an alarm looks back over up to seven days.
            periods=HOURS_WITHOUT_SUCCESS,
            missing=cloudwatch.TreatMissingData.BREACHING,
        )

    def _unattributed(self) -> None:
        self._alarm(
            "Unattributed",
            "unattributed",
            "More of the last day's records than allowed were traced to no rule, or lost.",
            metric=night_metric(self._settings.names, UNATTRIBUTED),
            threshold=self._settings.unattributed_alarm_percent,
            comparison=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            periods=1,
            missing=cloudwatch.TreatMissingData.IGNORE,
        )

    def _alarm(
        self,
        construct_id: str,
        noun: str,
        description: str,
        *,
        metric: cloudwatch.IMetric,
        threshold: float,
        comparison: cloudwatch.ComparisonOperator,
        periods: int,
        missing: cloudwatch.TreatMissingData,
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            construct_id,
            alarm_name=self._settings.names.of(noun),
            alarm_description=f"{description} What to do: docs/operations.md.",
            metric=metric,
            threshold=threshold,
            comparison_operator=comparison,
            evaluation_periods=periods,
            treat_missing_data=missing,
            actions_enabled=self._settings.schedule_enabled,
        )
        alarm.add_alarm_action(self._action)


def night_metric(names: Names, metric: str) -> cloudwatch.Metric:
    """A figure of the compute job; one a night, the highest where a night was repeated."""
    return cloudwatch.Metric(
        namespace=names.metrics_namespace,
        metric_name=metric,
        statistic="Maximum",
        period=Duration.hours(1),
    )


def _not_succeeded(machine: sfn.StateMachine) -> cloudwatch.MathExpression:
    period = Duration.minutes(5)
    return cloudwatch.MathExpression(
        expression="failed + timed_out + aborted",
        using_metrics={
            "failed": machine.metric_failed(period=period, statistic="Sum"),
            "timed_out": machine.metric_timed_out(period=period, statistic="Sum"),
            "aborted": machine.metric_aborted(period=period, statistic="Sum"),
        },
        period=period,
        label="Executions that did not succeed",
    )
