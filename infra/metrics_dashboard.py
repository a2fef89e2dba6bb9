"""The CloudWatch dashboard: did the nights run, and what did they find?"""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from aws_network.stores import cloudwatch as night_metrics
from infra.alarms import night_metric

DASHBOARD = "sg-analysis"
_WIDTH = 12


class MetricsDashboard(Construct):
    """Four graphs over three months, all of metrics that there are anyway."""

    def __init__(self, scope: Construct, construct_id: str, machine: sfn.StateMachine) -> None:
        super().__init__(scope, construct_id)
        day = Duration.days(1)
        cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=DASHBOARD,
            default_interval=Duration.days(90),
            widgets=[
                [
                    _graph(
                        "Executions by day",
                        machine.metric_succeeded(period=day, statistic="Sum", label="Succeeded"),
                        machine.metric_failed(period=day, statistic="Sum", label="Failed"),
                        machine.metric_timed_out(period=day, statistic="Sum", label="Timed out"),
                    ),
                    _graph("Flow-log records of the last day", night_metric(night_metrics.RECORDS)),
                ],
                [
                    _graph(
                        "Accepted requests, percent",
                        night_metric(night_metrics.ATTRIBUTED),
                        night_metric(night_metrics.UNATTRIBUTED),
                    ),
                    _graph(
                        "Rules",
                        night_metric(night_metrics.RULES),
                        night_metric(night_metrics.UNUSED_RULES),
                    ),
                ],
            ],
        )


def _graph(title: str, *metrics: cloudwatch.IMetric) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=_WIDTH)
