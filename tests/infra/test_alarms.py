"""When somebody is woken, and what the CloudWatch dashboard shows."""

import json
from typing import Any

import pytest

from aws_network.stores import cloudwatch as metrics_of_day
from tests.infra.stacks import Template, named, only, plain, resources, template


def alarm(of: Template, name: str) -> Any:
    return plain(named(of, "AWS::CloudWatch::Alarm", "AlarmName", f"sg-analysis-{name}"))


def test_every_alarm_tells_the_topic_and_says_where_to_read_on(either: Template) -> None:
    alarms = resources(either, "AWS::CloudWatch::Alarm").values()
    assert len(alarms) == 3
    for each in alarms:
        assert plain(each)["AlarmActions"] == [
            "{" + next(iter(resources(either, "AWS::SNS::Topic"))) + "}"
        ]
        assert each["ActionsEnabled"] is True
        assert "docs/operations.md" in each["AlarmDescription"]


def test_alarms_are_silent_while_the_schedule_is_off() -> None:
    off = resources(template(schedule_enabled="false"), "AWS::CloudWatch::Alarm").values()
    assert [each["ActionsEnabled"] for each in off] == [False] * 3


def test_any_execution_that_does_not_succeed_alarms_at_once(shipped: Template) -> None:
    found = alarm(shipped, "execution-failed")
    parts = [m["MetricStat"]["Metric"]["MetricName"] for m in found["Metrics"] if "MetricStat" in m]
    assert set(parts) == {"ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"}
    assert (found["Threshold"], found["ComparisonOperator"]) == (0, "GreaterThanThreshold")
    assert (found["EvaluationPeriods"], found["TreatMissingData"]) == (1, "notBreaching")


def test_no_success_for_26_hours_alarms(shipped: Template) -> None:
    found = alarm(shipped, "no-success")
    assert (found["MetricName"], found["Statistic"]) == ("ExecutionsSucceeded", "Sum")
    assert found["Period"] * found["EvaluationPeriods"] == 26 * 3600
    assert (found["Threshold"], found["ComparisonOperator"]) == (1, "LessThanThreshold")
    # Silence is the very thing to be told of; a period of an hour may look back over seven days.
    assert found["TreatMissingData"] == "breaching"
    assert found["Period"] >= 3600


@pytest.mark.parametrize("percent", [10, 25])
def test_too_large_an_unattributed_share_alarms(percent: int) -> None:
    found = alarm(template(unattributed_alarm_percent=str(percent)), "unattributed")
    assert (found["Namespace"], found["MetricName"]) == ("SgAnalysis", "UnattributedPercent")
    assert (found["Threshold"], found["ComparisonOperator"]) == (percent, "GreaterThanThreshold")
    assert found["TreatMissingData"] == "ignore"


def test_the_dashboard_shows_nights_records_shares_and_rules(either: Template) -> None:
    body = json.loads(plain(only(either, "AWS::CloudWatch::Dashboard")["DashboardBody"]))
    shown = json.dumps(body)
    for name in (
        "ExecutionsSucceeded",
        "ExecutionsFailed",
        metrics_of_day.RECORDS,
        metrics_of_day.ATTRIBUTED,
        metrics_of_day.UNATTRIBUTED,
        metrics_of_day.UNUSED_RULES,
    ):
        assert f'"{name}"' in shown
