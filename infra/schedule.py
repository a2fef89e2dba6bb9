"""When the state machine starts by itself."""

from aws_cdk import Duration, TimeZone
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.settings import Settings


class NightlySchedule(Construct):
    """EventBridge Scheduler (scheduled rules are legacy), with a role that may start this machine.

    The input carries the scheduled time, not the time of the start: a late start analyses the same
    day. `schedule_enabled` is the off switch.
    """

    def __init__(
        self, scope: Construct, construct_id: str, settings: Settings, machine: sfn.IStateMachine
    ) -> None:
        super().__init__(scope, construct_id)
        scheduler.Schedule(
            self,
            "Nightly",
            schedule_name=settings.names.of("nightly"),
            description="Analyses the flow logs of the day before",
            schedule=scheduler.ScheduleExpression.expression(settings.schedule, TimeZone.ETC_UTC),
            enabled=settings.schedule_enabled,
            target=targets.StepFunctionsStartExecution(
                machine,
                input=scheduler.ScheduleTargetInput.from_object(
                    {"time": scheduler.ContextAttribute.scheduled_time}
                ),
                retry_attempts=5,
                max_event_age=Duration.hours(6),
            ),
        )
