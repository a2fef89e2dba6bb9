"""The CloudWatch dashboard: did the nights run, and what did they find?"""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from aws_network.stores import cloudwatch as metrics_of_day
from infra.alarms import night_metric
from infra.names import Names

_WIDTH = 12


class MetricsDashboard(Construct):
    """Four graphs over three months, all of metrics that there are anyway."""

    def __init__(
        self, scope: Construct, construct_id: str, names: Names, machine: sfn.StateMachine
    ) -> None:
        super().__init__(scope, construct_id)
        day = Duration.days(1)

        def night(metric: str) -> cloudwatch.IMetric:
            return night_metric(names, metric)

        cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=names.of_the_region("nights"),
            default_interval=Duration.days(90),
            widgets=[
                [
                    _graph(
                        "Executions by day",
                        machine.metric_succeeded(period=day, statistic="Sum", label="Succeeded"),
                        machine.metric_failed(period=day, statistic="Sum", label="Failed"),
                        machine.metric_timed_out(period=day, statistic="Sum", label="Timed out"),
                    ),
                    _graph("Flow-log records of the last day", night(metrics_of_day.RECORDS)),
                ],
                [
                    _graph(
                        "Accepted requests, percent",
                        night(metrics_of_day.ATTRIBUTED),
                        night(metrics_of_day.UNATTRIBUTED),
                    ),
                    _graph(
                        "Rules",
                        night(metrics_of_day.RULES),
                        night(metrics_of_day.UNUSED_RULES),
                    ),
                ],
            ],
        )


def _graph(title: str, *metrics: cloudwatch.IMetric) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=_WIDTH)
