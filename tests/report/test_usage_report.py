"""What the report concludes from usage values: which rules, which findings, how sure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from aws_network.flow_logs.outcomes import Outcome
from aws_network.flow_logs.window import Window
from aws_network.usage.statuses import ReasonCode, Status
from report import coverage, log_coverage
from report.confidence import confidence
from report.coverage import Coverage
from report.daily_usage import RuleDay
from report.groups import by_group
from report.log_coverage import LogCoverage
from report.mail import ReportLocation, render_mail
from report.page import render_page
from report.page_data import day_token, page_data
from report.rule_lists import rule_lists
from report.rule_usage import from_usage_item
from report.usage_report import UsageReport, current_rules, window_of
from tests.report.sample import ACCOUNT, REGION, VPC, make_sample, vpc_row

OCTOBER = Window("2026-10-01", "2026-10-31")
ITEM = make_sample(rules=1).items[0]


def item(status: str = "used", **changes: Any) -> dict[str, Any]:
    base = {name: value for name, value in ITEM.items() if name != "sg_rule_last_used"}
    return base | {"status": status} | changes


def report_of(*items: Mapping[str, Any], **changes: Any) -> UsageReport:
    return replace(make_sample().report(), rules=current_rules(items), **changes)


def test_a_rule_that_is_gone_is_not_reported() -> None:
    gone = item(sg_rule_id="sgr-gone", gone_since="2026-10-20")
    assert [rule.sg_rule_id for rule in report_of(item(), gone).rules] == [ITEM["sg_rule_id"]]


def test_an_item_without_its_rule_id_is_an_error() -> None:
    with pytest.raises(KeyError, match="sg_rule_id"):
        from_usage_item({name: value for name, value in ITEM.items() if name != "sg_rule_id"})


def test_an_item_of_a_group_without_name_shows_the_group_id() -> None:
    rule = from_usage_item({n: v for n, v in ITEM.items() if n not in ("sg_name", "vpc_id")})
    assert (rule.group, rule.vpc_id) == (ITEM["sg_id"], "")


@pytest.mark.parametrize(
    ("protocol", "ports", "direction", "source", "traffic", "peer"),
    [
        ("tcp", "443", "ingress", "192.0.2.0/24", "tcp 443", "from 192.0.2.0/24"),
        ("udp", "8080 - 8090", "egress", "pl-1", "udp 8080 - 8090", "to pl-1"),
        ("any", "any", "egress", "::/0", "all traffic", "to ::/0"),
        ("icmp", "any", "ingress", "sg-1", "icmp", "from sg-1"),
        ("47", "any", "ingress", "sg-1", "47", "from sg-1"),
    ],
)
def test_a_rule_in_words(
    protocol: str, ports: str, direction: str, source: str, traffic: str, peer: str
) -> None:
    facts = {
        "protocol": protocol,
        "ports": ports,
        "flow_direction": direction,
        "source": source,
        "source_name": "",
    }
    rule = from_usage_item(item(**facts))
    assert (rule.traffic, rule.peer) == (traffic, peer)


@pytest.mark.parametrize(
    ("facts", "peer"),
    [
        ({"source": "sg-1", "source_name": "web-alb"}, "from web-alb (sg-1)"),
        ({"source": "pl-1", "source_name": "offices"}, "from offices (pl-1)"),
        ({"source": "sg-1"}, "from sg-1"),
        ({"source": "sg-1", "source_name": "a\u202eb"}, "from a b (sg-1)"),
    ],
    ids=["a group", "a prefix list", "a group of another account", "a hostile name"],
)
def test_a_source_is_called_by_its_name_and_its_id(facts: dict[str, str], peer: str) -> None:
    bare = {name: value for name, value in item().items() if name != "source_name"}
    rule = from_usage_item({**bare, "flow_direction": "ingress", **facts})
    assert rule.peer == peer


@pytest.mark.parametrize(
    ("status", "last_used", "kinds"),
    [
        ("unused", None, ["never_used"]),
        ("unused", "2026-08-02", ["no_longer_used"]),
        ("unattached", None, ["unattached"]),
        ("not_observed", "2026-08-02", ["not_observed"]),
        ("ambiguous", None, ["ambiguous"]),
        ("used", "2026-10-01", ["quiet"]),
        ("used", "2026-10-02", []),
        ("used", "2026-10-31", []),
    ],
)
def test_a_rule_is_in_the_finding_that_its_status_says(
    status: str, last_used: str | None, kinds: list[str]
) -> None:
    rule = item(status, **({"sg_rule_last_used": last_used} if last_used else {}))
    found = rule_lists(report_of(rule, window=OCTOBER))
    assert [finding.key for finding in found if finding.rules] == kinds


@pytest.mark.parametrize("code", [code for code in ReasonCode if code is not ReasonCode.USED])
def test_a_rule_of_any_reason_is_in_one_list(code: ReasonCode) -> None:
    rules = report_of(item(code.status, reason_code=code, judged_status="unused"))
    assert len([listed.key for listed in rule_lists(rules) if listed.rules]) == 1


def test_what_something_else_manages_is_not_suggested_for_removal() -> None:
    managed = item("unused", sg_rule_id="sgr-managed", managed_by="the EKS cluster prod")
    report = report_of(item("unused"), managed)
    listed = {one.key: [rule.sg_rule_id for rule in one.rules] for one in rule_lists(report)}
    assert listed["never_used"] == [ITEM["sg_rule_id"]] == [r.sg_rule_id for r in report.removable]
    assert listed["managed"] == ["sgr-managed"]
    assert len(report.stale) == 2
    page, mail = render_page(report), render_mail(report, ReportLocation("lake", "reports/"))
    assert "<bdi>Managed by the EKS cluster prod.</bdi>" in page
    assert "1 suggested for removal, 1 managed elsewhere" in page
    for text in (mail.html, mail.text):
        assert "sgr-managed" not in text
        assert "Unused, but managed elsewhere" in text


def test_only_unused_rules_are_suggested_for_removal() -> None:
    rules = report_of(*(item(status, sg_rule_id=f"sgr-{status}") for status in Status))
    suggested = {
        rule.status for listed in rule_lists(rules) if listed.removable for rule in listed.rules
    }
    assert suggested == {Status.UNUSED}
    assert {rule.status for rule in rules.stale} == {Status.UNUSED}


@pytest.mark.parametrize(
    ("day", "token"),
    [
        (None, "-"),
        (RuleDay(0, 0, 2, 2, 0), ""),
        (RuleDay(0, 0, 2, 1, 0), "?"),
        (RuleDay(0, 0, 2, 2, 1), "?"),
        (RuleDay(0, 0, 0, 0, 0), "."),
        (RuleDay(0, 37, 2, 2, 0), "~11"),
        (RuleDay(36, 5, 2, 1, 0), "10"),
        (RuleDay(14_400, 0, 2, 2, 0), "b40"),
    ],
    ids="not analysed,none,partly logged,lost records,no interface,ambiguous,used,often".split(","),
)
def test_a_day_in_the_page_data(day: RuleDay | None, token: str) -> None:
    assert day_token(day) == token


def test_the_page_data_holds_every_count_of_every_day() -> None:
    sample = make_sample(rules=30, days=10)
    data: Any = page_data(sample.report())
    for row, text in zip(data["rules"], data["daily"], strict=True):
        rule_id = data["strings"][row[0]]
        counts = [int(t, 36) if t and t[0] not in "-?.~" else 0 for t in text.split(",")]
        stored = [
            next(row["used_times"] for row in rows if row["sg_rule_id"] == rule_id)
            for rows in sample.usage.values()
        ]
        assert counts == stored
        assert sum(counts) == row[data["fields"].index("used")]


def coverage_of(**records: int) -> Coverage:
    rows = [
        {"account_id": "1", "region": "r", "outcome": o, "records": n, "interfaces": 2}
        for o, n in records.items()
    ]
    return coverage.from_rows([(date(2026, 10, 1), rows), (date(2026, 10, 2), rows[:1])])


def test_coverage_adds_up() -> None:
    seen = coverage_of(attributed=40, reply=30, unknown_interface=20, skipdata=1)
    assert seen.records() == 131
    assert seen.records(Outcome.ATTRIBUTED) == 80
    assert seen.records(day=date(2026, 10, 2)) == 40
    assert seen.traced_share == 0.8
    assert seen.gap_records == 21
    assert seen.most_interfaces(Outcome.ATTRIBUTED) == 2
    assert coverage_of(rejected=3).traced_share is None


def test_an_outcome_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(ValueError, match="surprise"):
        coverage_of(surprise=1)


def vpcs_of(*rows: dict[str, Any]) -> LogCoverage:
    return log_coverage.from_rows([(day, rows) for day in OCTOBER.days], [])


def nights(**records: int) -> Coverage:
    """One night with 100 traced requests and these records, among many good ones."""
    rows = [
        {"account_id": ACCOUNT, "region": REGION, "outcome": o, "records": n, "interfaces": 2}
        for o, n in {"attributed": 100, **records}.items()
    ]
    good = [{**rows[0], "records": 10_000}]
    return coverage.from_rows([(day, rows if day.day == 4 else good) for day in OCTOBER.days])


@pytest.mark.parametrize(
    ("changes", "limit"),
    [
        ({}, None),
        ({"analysed_days": tuple(OCTOBER.days[1:])}, "Only 30 of the window's 31 days"),
        ({"wanted_days": 90}, "cover 31 days so far; a full window has 90"),
        ({"coverage": coverage_of(attributed=1, no_admitting_rule=1)}, "Only 66.7% of the acc"),
        ({"coverage": coverage_of(attributed=9, skipdata=2)}, "2 records were lost"),
        ({"coverage": Coverage(())}, "no accepted request"),
        ({"log_coverage": vpcs_of(vpc_row(complete=29, lost=1))}, None),
        (
            {"log_coverage": vpcs_of(vpc_row(complete=28, unlogged=2))},
            f"only 93.3% of the interface-days; the worst covered VPC is shop ({VPC})",
        ),
        ({"log_coverage": vpcs_of()}, None),
        ({"log_coverage": LogCoverage()}, "is not known for 31 days; analyse them again"),
        ({"coverage": nights(unknown_interface=50)}, "On 1 day, a third or more"),
        (
            {"coverage": nights(ambiguous=25, no_admitting_rule=25)},
            "123456789012, us-east-1: 33.3%",
        ),
        ({"coverage": nights(ambiguous=25, no_admitting_rule=24)}, None),
        ({"coverage": nights(rejected=9_000)}, None),
    ],
    ids=[
        *("all is well", "a day missing", "young lake", "untraced", "lost records", "no records"),
        *(
            "one interface of thirty",
            "two of thirty",
            "no interface in use",
            "days of old releases",
        ),
        *("a night of strangers", "a third of a night", "almost a third", "refused requests"),
    ],
)
def test_how_sure_the_report_is(changes: dict[str, Any], limit: str | None) -> None:
    judged = confidence(replace(make_sample().report(), **changes))
    assert judged.label == ("Limited" if limit else "Good")
    assert (limit or "") in " ".join(judged.limits)


def test_groups_with_the_most_to_remove_come_first() -> None:
    rules = current_rules(
        [
            item("used", sg_rule_id="sgr-1", sg_id="sg-a", sg_name="a", used_times=5),
            item("unused", sg_rule_id="sgr-2", sg_id="sg-b", sg_name="b", used_times=0),
            item("used", sg_rule_id="sgr-3", sg_id="sg-a", sg_name="a", used_times=2),
        ]
    )
    groups = by_group(rules)
    assert [(group.name, group.stale) for group in groups] == [("b", 1), ("a", 0)]
    assert (groups[1].used_times("ingress"), groups[1].used_times("egress")) == (7, None)


def test_groups_of_one_name_are_told_apart_by_their_ids() -> None:
    names = {"sg-a": "default", "sg-b": "default", "sg-c": "web"}
    rules = [item(sg_rule_id=f"sgr-{i}", sg_id=i, sg_name=name) for i, name in names.items()]
    labels = [group.label for group in by_group(current_rules(rules))]
    assert labels == ["default (sg-a)", "default (sg-b)", "web"]


def test_the_window_is_what_the_table_says_else_what_was_asked_for() -> None:
    assert window_of(current_rules([item()]), Window.ending(OCTOBER.days[-1], 90)) == OCTOBER
    assert window_of([], Window.ending(OCTOBER.days[-1], 2)).length == 2
