"""What counts over a window say of a rule."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_network.verdicts import RuleCounts, Window, verdict

WHOLE = Window("2026-11-01", "2026-11-30")
HOLED = Window("2026-11-01", "2026-11-30", missing_days=2)
ONE_HOLE = Window("2026-11-01", "2026-11-30", missing_days=1)
USED = RuleCounts(
    used_times=1234, sole_times=1000, ambiguous_times=7, days_used=1, last_used="2026-11-20"
)
QUIET = RuleCounts(days_known=30, days_attached=30, days_observed=30)

VERDICTS: list[tuple[str, RuleCounts, Window, str, str]] = [
    (
        "used",
        USED,
        WHOLE,
        "used",
        "admitted 1,234 request records on 1 day from 2026-11-01 to 2026-11-30, last on 2026-11-20",
    ),
    (
        "used, whatever else is not known",
        RuleCounts(used_times=1, days_used=1, last_used="2026-11-02"),
        HOLED,
        "used",
        "admitted 1 request record on 1 day ",
    ),
    (
        "ambiguous alone",
        RuleCounts(ambiguous_times=1, days_ambiguous=2, days_attached=30, days_observed=30),
        WHOLE,
        "ambiguous",
        "1 record on 2 days from 2026-11-01 to 2026-11-30 may have been admitted by it",
    ),
    (
        "ambiguous, on an unknown interface alone",
        RuleCounts(ambiguous_times=3, days_ambiguous=1),
        WHOLE,
        "ambiguous",
        "3 records on 1 day",
    ),
    (
        "not there on any day: silence means nothing",
        RuleCounts(),
        WHOLE,
        "not_observed",
        "the rule was not there on any day analysed from 2026-11-01 to 2026-11-30",
    ),
    (
        "unattached",
        RuleCounts(days_known=30),
        WHOLE,
        "unattached",
        "no interface in use carried its group from 2026-11-01 to 2026-11-30",
    ),
    (
        "unattached on the days we know",
        RuleCounts(days_known=28),
        HOLED,
        "unattached",
        "no interface in use",
    ),
    ("days missing", QUIET, HOLED, "not_observed", "2 days from 2026-11-01 to 2026-11-30 were not"),
    (
        "a day without logs of all interfaces",
        RuleCounts(days_known=30, days_attached=30, days_observed=29),
        WHOLE,
        "not_observed",
        "on 1 day from 2026-11-01 to 2026-11-30 an interface of its group had no flow logs",
    ),
    (
        "never observed",
        RuleCounts(days_known=30, days_attached=2),
        WHOLE,
        "not_observed",
        "on 2 days",
    ),
    (
        "unused",
        QUIET,
        WHOLE,
        "unused",
        "nothing was admitted by it from 2026-11-01 to 2026-11-30; every interface of its group "
        "was logged on all 30 days that one carried it",
    ),
    (
        "unused, attached for a day",
        RuleCounts(days_known=30, days_attached=1, days_observed=1),
        WHOLE,
        "unused",
        "on all 1 day that one carried it",
    ),
    (
        "used before the window only",
        replace(QUIET, last_used="2026-08-01"),
        WHOLE,
        "unused",
        "nothing was admitted by it from 2026-11-01",
    ),
]


@pytest.mark.parametrize(
    ("counts", "window", "status", "reason"),
    [each[1:] for each in VERDICTS],
    ids=[each[0] for each in VERDICTS],
)
def test_verdicts(counts: RuleCounts, window: Window, status: str, reason: str) -> None:
    said = verdict(counts, window)
    assert said.status == status
    assert reason in said.reason


def test_one_missing_day() -> None:
    assert verdict(QUIET, ONE_HOLE).status == "not_observed"


FEW = st.sampled_from([0, 0, 1, 2, 400])


@st.composite
def any_counts(draw: st.DrawFn) -> RuleCounts:
    used, ambiguous, attached = draw(FEW), draw(FEW), draw(FEW)
    return RuleCounts(
        used_times=used,
        sole_times=draw(st.integers(0, used)),
        ambiguous_times=ambiguous,
        days_used=min(used, 1),
        days_ambiguous=min(ambiguous, 1),
        days_known=draw(st.integers(min(attached, 1), 400)),
        days_attached=attached,
        days_observed=draw(st.one_of(st.just(attached), st.integers(0, attached))),
        last_used="2026-11-20" if used else None,
    )


@given(any_counts(), st.sampled_from([WHOLE, ONE_HOLE, HOLED]))
def test_unused_is_said_exactly_when_nothing_stands_against_it(
    counts: RuleCounts, window: Window
) -> None:
    use = counts.used_times > 0 or counts.ambiguous_times > 0
    doubt = window.missing_days > 0 or counts.days_observed < counts.days_attached
    attached = counts.days_attached > 0
    unused = verdict(counts, window).status == "unused"
    assert unused == (attached and not use and not doubt)


@given(any_counts(), st.sampled_from([WHOLE, ONE_HOLE, HOLED]))
def test_used_is_said_exactly_when_something_was_credited(
    counts: RuleCounts, window: Window
) -> None:
    assert (verdict(counts, window).status == "used") == (counts.used_times > 0)
