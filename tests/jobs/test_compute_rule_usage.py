"""The compute job, apart from Spark: what it needs."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pyspark.errors import PySparkException

from aws_network.findings import TradeOff
from aws_network.network.inventory import Inventory, union
from aws_network.stores.lake import Lake
from aws_network.usage.exemptions import read_exemptions
from aws_network.usage.verdicts import Limits
from jobs import compute_rule_usage as job
from tests.aws_network.samples import EMPTY, SNAPSHOT
from tests.jobs.names import LAKE, RULES_TABLE, USAGE_TABLE

DAY = date(2026, 11, 5)
MORNING = datetime(2026, 11, 5, 2, tzinfo=UTC)


def test_days_between_the_same_snapshots_share_an_inventory(lake: Lake) -> None:
    lake.put_snapshot(date(2026, 11, 4), EMPTY, MORNING, {})
    lake.put_snapshot(date(2026, 11, 7), SNAPSHOT, MORNING, {})
    days = [date(2026, 11, day) for day in (3, 4, 5, 6, 7)]
    before, first, second, third, after = job.read_inventories(lake, days).values()
    assert first is second is third
    assert before.rules == ()
    assert first.rules == after.rules == SNAPSHOT.rules
    assert first is not after


def test_no_snapshot_is_an_error_that_says_what_to_run(lake: Lake) -> None:
    with pytest.raises(job.MissingInputError, match="run CollectSecurityGroups"):
        job.read_inventories(lake, [DAY])


def test_a_day_that_was_not_queried_fails_alone_and_says_what_to_run(lake: Lake) -> None:
    lake.put_manifest(DAY, {"files": []})
    manifests, failures = job.read_manifests(lake, [DAY, date(2026, 11, 6)])
    assert manifests == {DAY: {"files": []}}
    assert list(failures) == [date(2026, 11, 6)]
    assert "2026-11-06 were not queried; run Query" in str(failures[date(2026, 11, 6)])


def test_each_day_has_its_manifest(lake: Lake) -> None:
    lake.put_manifest(DAY, {"files": ["s3://a/1", "s3://a/2"]})
    lake.put_manifest(date(2026, 11, 6), {"files": []})
    lake.s3.put_object(Bucket=LAKE, Key=f"flows/day={DAY}/superseded/1")
    manifests, failures = job.read_manifests(lake, [DAY, date(2026, 11, 6)])
    assert manifests == {
        DAY: {"files": ["s3://a/1", "s3://a/2"]},
        date(2026, 11, 6): {"files": []},
    }
    assert failures == {}


BOTH = {day: union([EMPTY]) for day in (DAY, date(2026, 11, 6))}


def put_without(monkeypatch: pytest.MonkeyPatch, *missing: str) -> list[list[date]]:
    """The batches of days that are put, when Spark cannot read the missing files."""
    put: list[list[date]] = []

    def put_days(lake: Lake, spark: Any, manifests: dict[date, Any], days: Any) -> None:
        if any(file in missing for day in days for file in manifests[day]["files"]):
            raise PySparkException("no such file")
        put.append(list(days))

    monkeypatch.setattr(job, "put_days", put_days)
    return put


def test_days_that_can_be_read_are_put_together(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = put_without(monkeypatch)
    manifests = {day: {"files": [f"s3://{day}"]} for day in BOTH}
    assert job.put_days_apart(lake, Any, manifests, BOTH) == {}  # type: ignore[arg-type]
    assert put == [list(BOTH)]


def test_a_day_whose_files_cannot_be_read_fails_alone(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = put_without(monkeypatch, f"s3://{DAY}")
    manifests = {day: {"files": [f"s3://{day}"]} for day in BOTH}
    lake.put_manifest(DAY, manifests[DAY])
    failures = job.put_days_apart(lake, Any, manifests, BOTH)  # type: ignore[arg-type]
    assert [(day, str(error)) for day, error in failures.items()] == [(DAY, "no such file")]
    assert put == [[date(2026, 11, 6)]]


def test_a_day_that_was_queried_anew_meanwhile_is_put_with_its_new_files(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = put_without(monkeypatch, "s3://superseded")
    lake.put_manifest(DAY, {"files": ["s3://new"]})
    before, one = {DAY: {"files": ["s3://superseded"]}}, {DAY: BOTH[DAY]}
    assert job.put_days_apart(lake, Any, before, one) == {}  # type: ignore[arg-type]
    assert put == [[DAY]]


SAME, OTHER, THIRD = (union([each]) for each in (EMPTY, SNAPSHOT, EMPTY))
BATCHES = [
    ("one inventory, all days in one batch", [SAME] * 5, [5]),
    ("more days than fit", [SAME] * 11, [5, 5, 1]),
    ("as many as fit", [SAME, SAME, OTHER], [3]),
    ("one too many", [SAME, OTHER, OTHER, THIRD], [3, 1]),
    ("equal is not the same", [SAME, THIRD, OTHER], [2, 1]),
]


@pytest.mark.parametrize(
    ("inventories", "sizes"), [b[1:] for b in BATCHES], ids=[b[0] for b in BATCHES]
)
def test_batches(
    inventories: list[Inventory], sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "INVENTORIES_AT_ONCE", 2)
    monkeypatch.setattr(job, "DAYS_AT_ONCE", 5)
    given = {date(2026, 11, day): each for day, each in enumerate(inventories, start=1)}
    batches = list(job.batches(given))
    assert [len(batch) for batch in batches] == sizes
    assert [day for batch in batches for day in batch] == list(given)


def test_settings() -> None:
    given = {
        "rules_table": RULES_TABLE,
        "usage_table": USAGE_TABLE,
        "lake_bucket": LAKE,
        "from_day": "2025-11-05",
        "to_day": "2025-11-06",
        "window_days": "90",
        "revisit_days": "3",
        "minimum_days": "5",
        "rarely_used_threshold": "2",
        "exempt_tags": '["keep until 2027-01-31"]',
        "exempt_patterns": "[]",
        "owner_tags": '["team"]',
        "trade_off": "tighter",
        "metrics_namespace": "SgAnalysis",
    }
    words = [word for name, value in given.items() for word in (f"--{name}", value)]
    assert job.read_settings(["job.py", *words]) == job.Settings(
        RULES_TABLE,
        USAGE_TABLE,
        LAKE,
        [date(2025, 11, 5), date(2025, 11, 6)],
        90,
        3,
        Limits(minimum_days=5, rarely_used_threshold=2),
        read_exemptions(["keep until 2027-01-31"], []),
        ("team",),
        TradeOff.TIGHTER,
        "SgAnalysis",
    )
