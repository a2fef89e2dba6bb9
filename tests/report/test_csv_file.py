"""rule_usage.csv: its columns, its order, and what it does to formulas."""

import csv
import io
from dataclasses import replace

import pytest

from aws_network.usage.statuses import Status
from report.csv_file import COLUMNS, to_csv
from report.rule_usage import RuleUsage
from report.statuses import ATTENTION
from tests.report.hostile import HOSTILE
from tests.report.sample import make_sample

RULES = make_sample().report().rules


def rows(*rules: RuleUsage) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv(rules), newline="")))


def test_the_columns_are_those_of_the_contract() -> None:
    assert ",".join(COLUMNS) == (
        "sg_rule_id,sg_id,sg_name,protocol,ports,flow_direction,source,source_name,description,"
        "used_times,sole_times,ambiguous_times,days_used,days_observed,sg_rule_last_used,status,"
        "reason_code,status_reason,judged_status,findings,managed_by,account_id,region,vpc_id,vpc_name,"
        "window_from,window_to,owner"
    )


def test_a_row_says_what_the_usage_table_says() -> None:
    [item] = make_sample(rules=1).items
    [row] = rows(make_sample(rules=1).report().rules[0])
    assert row == {name: str(item.get(name, "")) for name in COLUMNS}


def test_never_used_rules_come_first() -> None:
    statuses = [(row["status"], bool(row["sg_rule_last_used"])) for row in rows(*RULES)]
    assert statuses == sorted(
        statuses,
        key=lambda status: (
            ATTENTION[Status(status[0])],
            status[1],
        ),
    )
    assert statuses[0] == ("unused", False)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1", "'+49 30 1"),
        ("-", "'-"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("＝1+1", "'＝1+1"),
        ("a=1", "a=1"),
        ("'quoted'", "'quoted'"),
        ('say "hi", twice', 'say "hi", twice'),
        ("", ""),
    ],
)
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str, cell: str) -> None:
    [row] = rows(replace(RULES[0], description=text))
    assert row["description"] == cell


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_untrusted_text_stays_in_its_cell(text: str) -> None:
    [row] = rows(replace(RULES[0], sg_name=text, description=text))
    assert row["sg_name"] == row["description"] == text.replace("=HYPER", "'=HYPER")
    assert row["used_times"] == str(RULES[0].used_times)
