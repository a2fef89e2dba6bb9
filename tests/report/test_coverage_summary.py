"""The coverage in one line, and what a report calls its time."""

from dataclasses import replace
from datetime import date

import pytest

from aws_network.flow_logs.outcomes import LOST
from aws_network.flow_logs.window import Window
from report.coverage import Coverage, CoverageRow
from report.coverage_summary import coverage_summary
from report.usage_report import period_label
from tests.report.sample import make_sample, vpc_row

REPORT = make_sample(rules=14, days=4).report()


def test_the_summary_of_a_sample() -> None:
    summary = coverage_summary(REPORT)
    assert summary.text.startswith(
        "4 of 4 days analysed, 100% of interface-days logged completely, 99."
    )
    assert summary.text.endswith("% of requests traced to a rule, 0 records lost or unreadable")


def test_an_interface_without_logs_lowers_the_share() -> None:
    day = REPORT.window.days[-1]
    sample = make_sample(rules=14, days=4)
    worse = replace(sample, vpcs={**sample.vpcs, day: [vpc_row(complete=28, unlogged=2)]})
    assert coverage_summary(worse.report()).complete_share == pytest.approx(118 / 120)


def test_lost_and_unreadable_records_are_counted_as_lost() -> None:
    day = REPORT.window.days[-1]
    lost = [CoverageRow(day, "", "", outcome, 3, 1) for outcome in LOST]
    summary = coverage_summary(replace(REPORT, coverage=Coverage(tuple(lost))))
    assert summary.text.endswith("none of requests traced to a rule, 6 records lost or unreadable")


@pytest.mark.parametrize(
    ("asked", "label"),
    [
        ("October 2026", "October 2026"),
        ("2026-11-20", "23 August to 20 November 2026"),
        ("2026-11-01 to 2026-11-20", "23 August to 20 November 2026"),
    ],
)
def test_bare_days_become_the_window(asked: str, label: str) -> None:
    assert period_label(asked, Window.ending(date(2026, 11, 20), 90)) == label
