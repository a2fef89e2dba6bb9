"""Findings: from findings.json to the page, the mail and the CSV file."""

from dataclasses import replace

import pytest

from aws_network.findings import Kind
from report.findings import by_kind, from_document
from report.mail import render_mail
from report.page import render_page
from tests.report.sample import make_sample
from tests.report.test_mail import LOCATION

SAMPLE = make_sample()
REPORT = SAMPLE.report()


def test_a_finding_names_its_rule_with_evidence_and_proposal() -> None:
    [wide, *_] = [found for found in REPORT.findings if found.kind is Kind.TOO_WIDE]
    assert "too_wide" in wide.rule.findings
    assert wide.replacements == (f"{wide.rule.flow_direction} tcp 443 from 198.51.100.0/28",)
    assert wide.observed == ("tcp 443 from 198.51.100.0/28, 4,711 times",)
    assert (wide.permissiveness, wide.permissiveness_after) == (61, 12)


def test_findings_on_rules_that_the_report_does_not_have_are_left_out() -> None:
    assert from_document(SAMPLE.findings, REPORT.rules[:0]) == ()


def test_kinds_in_their_order_and_none_without_a_finding() -> None:
    assert [listed.kind for listed in by_kind(REPORT.findings)] == [Kind.SHADOWED, Kind.TOO_WIDE]
    assert by_kind(()) == []


@pytest.mark.parametrize(
    "fact",
    [
        "<h2>Findings</h2>",
        "All that was seen of it fits into less.",
        "tcp 443 from 198.51.100.0/28, 4,711 times",
        "permissiveness 61 → 12 of 100",
        "sgr-0c0ffee0c0ffee000",
        '<span class="tag">too wide</span>',
        '<select name="finding">',
    ],
)
def test_the_page_shows_them(fact: str) -> None:
    assert fact in render_page(REPORT)


def test_without_findings_the_page_does_not_speak_of_them() -> None:
    page = render_page(replace(REPORT, findings=()))
    assert "<h2>Findings</h2>" not in page
    assert '<select name="finding">' not in page


@pytest.mark.parametrize("part", ["html", "text"])
def test_the_mail_counts_them(part: str) -> None:
    mail = render_mail(REPORT, LOCATION)
    said = " ".join((mail.html if part == "html" else mail.text).split())
    assert "Shadowed" in said
    assert "Add the narrower rules first" in said


def test_what_a_finding_says_of_groups_and_lists_names_them() -> None:
    sample = make_sample()
    [wide, *_] = [
        found
        for entry in sample.findings["rules"]
        for found in entry["findings"]
        if found["kind"] == Kind.TOO_WIDE
    ]
    source = f"sg-{0x0B3D7B3B2CA2A000:017x}"
    wide["replacements"][0]["peer"] = {"group_id": source}
    wide["observed"] = [f"tcp 443 from {source}, 4,711 times", "tcp 22 from sg-unknown, once"]
    [found, *_] = [one for one in sample.report().findings if one.kind is Kind.TOO_WIDE]
    assert found.replacements[0].endswith(f"tcp 443 from web-alb ({source})")
    assert found.observed == (
        f"tcp 443 from web-alb ({source}), 4,711 times",
        "tcp 22 from sg-unknown, once",
    )


def test_the_vpc_of_a_group_is_named_where_there_are_several() -> None:
    rules = list(REPORT.rules)
    assert "in <bdi>shop (vpc-" not in render_page(REPORT)
    several = replace(REPORT, rules=(replace(rules[0], vpc_id="vpc-2", vpc_name=""), *rules[1:]))
    assert "in <bdi>shop (vpc-" in render_page(several)
    assert "in <bdi>vpc-2</bdi>" in render_page(several)
