"""The figures of a night."""

import pytest

from aws_network.stores.cloudwatch import metric_data, metrics_of_day
from aws_network.usage.statuses import ReasonCode
from tests.aws_network.samples import usage

USAGES = [
    usage(ReasonCode.USED),
    usage(ReasonCode.NEVER_USED),
    usage(ReasonCode.NO_TRAFFIC),
    usage(ReasonCode.NEVER_USED, gone_since="2026-11-01"),
]
SHARES = [
    ("all traced", {"attributed": 8, "reply": 5, "rejected": 3}, 100.0, 0.0),
    ("some in doubt", {"attributed": 6, "ambiguous": 2}, 75.0, 0.0),
    ("no rule, no interface", {"attributed": 6, "no_admitting_rule": 1, "unknown_interface": 1},
     75.0, 25.0),
    ("some lost", {"attributed": 6, "skipdata": 1, "malformed": 1}, 100.0, 25.0),
    ("nothing accepted", {"rejected": 3, "nodata": 1}, None, None),
    ("all lost", {"malformed": 3}, None, 100.0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("records", "attributed", "unattributed"), [s[1:] for s in SHARES], ids=[s[0] for s in SHARES]
)
def test_shares(
    records: dict[str, int], attributed: float | None, unattributed: float | None
) -> None:
    rows = [{"outcome": outcome, "records": count} for outcome, count in records.items()]
    found = metrics_of_day([*rows, *rows], 0, USAGES)
    assert found.get("AttributedPercent") == attributed
    assert found.get("UnattributedPercent") == unattributed
    assert found["Records"] == 2 * sum(records.values())


def test_rules_that_are_gone_do_not_count() -> None:
    found = metrics_of_day([], 4, USAGES)
    assert found == {"Records": 0, "UnreadableObjects": 4, "Rules": 3, "UnusedRules": 1}


def test_as_cloudwatch_takes_them() -> None:
    assert metric_data({"Records": 5.0, "AttributedPercent": 99.5}) == [
        {"MetricName": "Records", "Value": 5.0, "Unit": "Count"},
        {"MetricName": "AttributedPercent", "Value": 99.5, "Unit": "Percent"},
    ]
