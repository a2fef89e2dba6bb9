"""The flow logs of each VPC: what is complete, what is missing, in page and mail."""

from datetime import date, timedelta
from typing import Any

import pytest

from report import log_coverage
from report.log_coverage import LogCoverage
from report.mail import ReportLocation, render_mail
from report.page import render_page
from tests.report.sample import Sample, flow_log_row, make_sample, vpc_row

FIRST = date(2026, 10, 30)
LOCATION = ReportLocation("lake", "reports/day=2026-10-31/")

Row = dict[str, Any]


def covered(*vpc_days: Row, logs: tuple[Row, ...] = ()) -> LogCoverage:
    """Consecutive days of one VPC each, and of one flow log each."""
    return log_coverage.from_rows(_days(vpc_days), _days(logs))


def _days(rows: tuple[Row, ...]) -> list[tuple[date, list[Row]]]:
    return [(FIRST + timedelta(days=back), [row]) for back, row in enumerate(rows)]


GOOD = vpc_row()


@pytest.mark.parametrize(
    ("days", "complete_days", "missing"),
    [
        ((GOOD, GOOD), 2, ()),
        (
            (vpc_row(complete=0, unlogged=30),) * 2,
            0,
            ("No flow log: 30 of 30 interfaces, on 2 days.",),
        ),
        (
            (GOOD, vpc_row(complete=29, rejects_only=1)),
            1,
            ("Only rejected traffic logged: 1 of 30 interfaces, on 1 day.",),
        ),
        (
            (vpc_row(complete=26, with_gaps=4), vpc_row(complete=27, with_gaps=2, lost=1)),
            0,
            (
                "Hours without records: 4 of 30 interfaces, on 2 days.",
                "Records lost or unreadable: 1 of 30 interfaces, on 1 day.",
            ),
        ),
    ],
    ids=["nothing", "no flow log", "a day of rejects", "gaps and losses"],
)
def test_what_is_missing(
    days: tuple[Row, ...], complete_days: int, missing: tuple[str, ...]
) -> None:
    (vpc,) = covered(*days).vpcs
    assert (vpc.days, vpc.complete_days, vpc.missing) == (2, complete_days, missing)


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (
            (flow_log_row(),) * 2,
            "all traffic, delivered, records on 2 days, last on 31 October 2026",
        ),
        (
            (flow_log_row(), flow_log_row(delivers=False, records=0)),
            "all traffic, delivery fails, records on 1 day, last on 30 October 2026",
        ),
        (
            (flow_log_row(traffic_type="REJECT", to_s3=False, records=0),),
            "rejected traffic only, not delivered to S3, no records",
        ),
        (
            (flow_log_row(traffic_type=None, delivers=None, to_s3=None),),
            "traffic type not known, records on 1 day, last on 30 October 2026",
        ),
    ],
    ids=["well", "delivery stopped", "rejects, to CloudWatch", "nobody asked EC2"],
)
def test_a_flow_log_in_words(days: tuple[Row, ...], text: str) -> None:
    (vpc,) = covered(GOOD, logs=days).vpcs
    assert [log.text for log in vpc.flow_logs] == [text]


def test_flow_logs_of_which_the_same_is_said_share_a_line() -> None:
    logs = [flow_log_row(flow_log_id=f"fl-{name}") for name in "abc"]
    logs.append(flow_log_row(flow_log_id="fl-none", records=0))
    (vpc,) = log_coverage.from_rows([(FIRST, [GOOD])], [(FIRST, logs)]).vpcs
    assert list(vpc.flow_logs_alike.values()) == [["fl-none"], ["fl-a", "fl-b", "fl-c"]]


def test_the_worst_covered_vpc_comes_first() -> None:
    rows = [
        vpc_row(vpc_id="vpc-good"),
        vpc_row(vpc_id="vpc-small", interfaces=1, complete=0, unlogged=1),
        vpc_row(vpc_id="vpc-large", interfaces=9, complete=0, unlogged=9),
        vpc_row(vpc_id="vpc-half", complete=15, lost=15),
    ]
    found = log_coverage.from_rows([(FIRST, rows)], [(FIRST, [flow_log_row(vpc_id="vpc-half")])])
    assert [vpc.vpc_id for vpc in found.vpcs] == ["vpc-large", "vpc-small", "vpc-half", "vpc-good"]
    assert [vpc.vpc_id for vpc in found.incomplete] == ["vpc-large", "vpc-small", "vpc-half"]
    assert [len(vpc.flow_logs) for vpc in found.vpcs] == [0, 0, 1, 0]
    assert found.complete_share == pytest.approx(45 / 70)


def sample(*rows: Row) -> Sample:
    made = make_sample(rules=14, days=2)
    for day in made.vpcs:
        made.vpcs[day] = list(rows)
    return made


HOSTILE = vpc_row(vpc_name="<b>x</b>\u202e", complete=0, unlogged=30)
MANY = [vpc_row(vpc_id=f"vpc-{number:03}", complete=9, lost=21) for number in range(51)]


def test_page_and_mail_name_the_vpcs_and_what_is_missing() -> None:
    report = sample(HOSTILE).report()
    mail = render_mail(report, LOCATION)
    for text in (render_page(report), mail.html, mail.text):
        assert "No flow log: 30 of 30 interfaces, on 2 days." in text
        assert "vpc-0d4f1a2b3c4d5e6f7" in text
    assert "<b>x</b>" not in render_page(report) + mail.html
    assert "\u202e" not in render_page(report) + mail.html + mail.text


def test_a_page_and_a_mail_stay_short() -> None:
    report = sample(*MANY).report()
    assert "1 more VPC in the table sg_vpc_coverage_daily" in render_page(report)
    mail = render_mail(report, LOCATION)
    assert "46 more VPCs in the full report" in mail.text
    assert "46 more VPCs in the full report" in mail.html


def test_complete_vpcs_are_no_news() -> None:
    mail = render_mail(sample(GOOD).report(), LOCATION)
    assert "without complete flow logs" not in mail.html.lower() + mail.text.lower()
