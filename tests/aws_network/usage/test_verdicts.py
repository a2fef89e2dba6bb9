"""What counts over a window say of a rule."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_network.flow_logs.window import Window
from aws_network.usage.verdicts import Limits, RuleCounts, RuleFacts, verdict

WHOLE = Window("2026-11-01", "2026-11-30")
HOLED = Window("2026-11-01", "2026-11-30", missing_days=2)
ONE_HOLE = Window("2026-11-01", "2026-11-30", missing_days=1)
WEEK = Window("2026-11-24", "2026-11-30")
NONE = RuleFacts()
QUIET = RuleCounts(days_known=30, days_attached=30, days_observed=30, days_active=30)
USED = replace(QUIET, used_times=1234, days_used=9, last_used="2026-11-20")
MONTHLY = replace(QUIET, used_times=3, days_used=2, last_used="2026-11-20")
DETACHED = RuleCounts(days_known=30)
BROKEN = RuleFacts(broken_source="the prefix list pl-1 has no entries")
CARRIED = RuleFacts(
    has_configured_resources=True, resources="it may be carried by the Lambda function invoices"
)

VERDICTS: list[tuple[str, RuleCounts, Window, RuleFacts, str, str]] = [
    (
        "used",
        USED,
        WHOLE,
        NONE,
        "used used",
        "admitted 1,234 request records on 9 days from 2026-11-01 to 2026-11-30, last on 2026",
    ),
    (
        "used, whatever else is not known",
        RuleCounts(used_times=1, days_used=1, last_used="2026-11-02"),
        HOLED,
        BROKEN,
        "used used",
        "admitted 1 request record on 1 day ",
    ),
    ("used on two days", MONTHLY, WHOLE, NONE, "rarely_used used_on_few_days", "on 2 days"),
    ("on three days", replace(MONTHLY, days_used=3), WHOLE, NONE, "used used", "on 3 days"),
    (
        "on two days, and perhaps on one more",
        replace(MONTHLY, ambiguous_times=1, days_ambiguous=1),
        WHOLE,
        NONE,
        "used used",
        "on 2 days",
    ),
    (
        "on two days of the four weeks less one that it is known",
        replace(MONTHLY, days_known=27),
        WHOLE,
        NONE,
        "used used",
        "on 2 days",
    ),
    (
        "on two days of a week: nobody can tell a monthly job",
        replace(MONTHLY, days_known=7),
        WEEK,
        NONE,
        "used used",
        "on 2 days",
    ),
    (
        "ambiguous alone",
        replace(QUIET, ambiguous_times=1, days_ambiguous=2),
        WHOLE,
        NONE,
        "ambiguous may_have_been_used",
        "1 record on 2 days from 2026-11-01 to 2026-11-30 may have been admitted by it",
    ),
    (
        "ambiguous, on an unknown interface alone",
        RuleCounts(ambiguous_times=3, days_ambiguous=1),
        WHOLE,
        NONE,
        "ambiguous may_have_been_used",
        "may have been admitted by it; no snapshot shows an interface in use that carried its",
    ),
    (
        "not there on any day: silence means nothing",
        RuleCounts(),
        WHOLE,
        NONE,
        "not_observed not_in_inventory",
        "the inventory did not have it on any analysed day from 2026-11-01 to 2026-11-30",
    ),
    (
        "unattached",
        DETACHED,
        WHOLE,
        NONE,
        "unattached no_interface",
        "no interface in use carried its group from 2026-11-01 to 2026-11-30",
    ),
    (
        "unattached, with somebody who may attach it",
        DETACHED,
        WHOLE,
        CARRIED,
        "unattached configured_resource",
        "to 2026-11-30; it may be carried by the Lambda function invoices",
    ),
    (
        "unattached on the days we know",
        RuleCounts(days_known=28),
        HOLED,
        NONE,
        "unattached no_interface",
        "no interface in use",
    ),
    (
        "its source can be nobody",
        QUIET,
        WHOLE,
        BROKEN,
        "not_observed broken_source",
        "its source is broken: the prefix list pl-1 has no entries",
    ),
    (
        "flow logs never record it",
        replace(QUIET, never_logged="DHCP"),
        WHOLE,
        NONE,
        "not_observed never_logged",
        "it may have admitted what flow logs never record: DHCP",
    ),
    (
        "first seen inside the window",
        QUIET,
        WHOLE,
        RuleFacts(new_since="2026-11-09"),
        "not_observed younger_than_window",
        "it was first seen with its present ports and source on 2026-11-09; the window began on",
    ),
    (
        "first seen on the window's first day, at an unknown hour",
        QUIET,
        WHOLE,
        RuleFacts(new_since="2026-11-01"),
        "not_observed younger_than_window",
        "its present ports and source on 2026-11-01",
    ),
    (
        "first seen on the day before the window",
        QUIET,
        WHOLE,
        RuleFacts(new_since="2026-10-31"),
        "unused never_used",
        "it admitted no request",
    ),
    (
        "known on some of the days alone",
        replace(QUIET, days_known=20, days_attached=20, days_observed=20),
        WHOLE,
        NONE,
        "not_observed younger_than_window",
        "on 20 of the 30 days analysed",
    ),
    (
        "days missing",
        QUIET,
        HOLED,
        NONE,
        "not_observed days_not_analysed",
        "2 days from 2026-11-01 to 2026-11-30 were not",
    ),
    (
        "a day without logs of all interfaces",
        replace(QUIET, days_observed=29, days_unlogged=1),
        WHOLE,
        NONE,
        "not_observed no_flow_logs",
        "on 1 day from 2026-11-01 to 2026-11-30 an interface of its group had no flow logs",
    ),
    (
        "a day with lost records",
        replace(QUIET, days_observed=29, days_lost=1),
        WHOLE,
        NONE,
        "not_observed lost_records",
        "on 1 day from 2026-11-01 to 2026-11-30 records of interfaces that carried its group, or",
    ),
    (
        "a day with an hour missing",
        replace(QUIET, days_observed=29),
        WHOLE,
        NONE,
        "not_observed missing_hours",
        "on 1 day from 2026-11-01 to 2026-11-30 the flow logs of an interface of its group lack",
    ),
    (
        "flow logs of rejected traffic alone",
        replace(QUIET, days_observed=0, days_rejects_only=30),
        WHOLE,
        NONE,
        "not_observed only_rejects_logged",
        "on 30 days from 2026-11-01 to 2026-11-30 the flow logs of an interface of its group",
    ),
    (
        "records lost, and no accepted one shown: the loss is certain, the type of the log is not",
        replace(QUIET, days_observed=0, days_rejects_only=30, days_lost=1),
        WHOLE,
        NONE,
        "not_observed lost_records",
        "on 1 day from 2026-11-01 to 2026-11-30 records of interfaces",
    ),
    (
        "unattached, but an unknown interface lost records",
        replace(DETACHED, days_lost=2),
        WHOLE,
        CARRIED,
        "not_observed lost_records",
        "on 2 days from 2026-11-01 to 2026-11-30 records of interfaces",
    ),
    (
        "all records say that there was no traffic",
        replace(QUIET, days_active=0),
        WHOLE,
        NONE,
        "not_observed no_traffic",
        "the interfaces of its group had no traffic from 2026-11-01",
    ),
    (
        "attached for six days",
        replace(QUIET, days_attached=6, days_observed=6),
        WHOLE,
        NONE,
        "not_observed too_few_days",
        "an interface carried its group on 6 days from 2026-11-01 to 2026-11-30; 7 are needed",
    ),
    (
        "unused",
        QUIET,
        WHOLE,
        NONE,
        "unused never_used",
        "it admitted no request from 2026-11-01 to 2026-11-30, nor on any earlier analysed day; "
        "all interfaces of its group were logged on all 30 days on which it was attached",
    ),
    (
        "unused, attached for a week",
        replace(QUIET, days_attached=7, days_observed=7),
        WHOLE,
        NONE,
        "unused never_used",
        "on all 7 days on which it was attached",
    ),
    (
        "used before the window only",
        replace(QUIET, last_used="2026-08-01"),
        WHOLE,
        NONE,
        "unused no_longer_used",
        "it was last used on 2026-08-01, 121 days before the end of the window",
    ),
]


@pytest.mark.parametrize(
    ("counts", "window", "facts", "status", "reason"),
    [each[1:] for each in VERDICTS],
    ids=[each[0] for each in VERDICTS],
)
def test_verdicts(
    counts: RuleCounts, window: Window, facts: RuleFacts, status: str, reason: str
) -> None:
    said = verdict(counts, window, facts)
    assert f"{said.status} {said.reason_code}" == status
    assert reason in said.reason


def test_limits_are_a_choice() -> None:
    three_days = RuleCounts(days_known=3, days_attached=3, days_observed=3, days_active=1)
    window = Window("2026-11-28", "2026-11-30")
    assert verdict(three_days, window).status == "not_observed"
    assert verdict(three_days, window, limits=Limits(minimum_days=3)).status == "unused"
    assert verdict(USED, WHOLE, limits=Limits(rarely_used_threshold=10)).status == "rarely_used"


FEW = st.sampled_from([0, 0, 1, 2, 400])


@st.composite
def any_counts(draw: st.DrawFn) -> RuleCounts:
    used, ambiguous = draw(FEW), draw(FEW)
    known = draw(st.sampled_from([0, 29, 30]))
    attached = draw(st.sampled_from([0, known]))
    observed = draw(st.sampled_from([attached, max(0, attached - 1), 0]))
    return RuleCounts(
        used_times=used,
        sole_times=draw(st.integers(0, used)),
        ambiguous_times=ambiguous,
        days_used=min(used, 1),
        days_ambiguous=min(ambiguous, 1),
        days_known=known,
        days_attached=attached,
        days_observed=observed,
        days_unlogged=draw(st.integers(0, attached - observed)),
        days_active=draw(st.sampled_from([0, observed])),
        never_logged=draw(st.sampled_from([None, "DHCP"])),
        last_used="2026-11-20" if used else None,
    )


ANY_FACTS = st.builds(
    RuleFacts,
    new_since=st.sampled_from([None, "2026-10-01", "2026-11-02"]),
    broken_source=st.sampled_from([None, "it is gone"]),
)
ANY_WINDOW = st.sampled_from([WHOLE, ONE_HOLE, HOLED])


@given(any_counts(), ANY_WINDOW, ANY_FACTS)
def test_unused_is_said_exactly_when_nothing_stands_against_it(
    counts: RuleCounts, window: Window, facts: RuleFacts
) -> None:
    use = counts.used_times > 0 or counts.ambiguous_times > 0
    gaps = window.missing_days > 0 or counts.days_observed < counts.days_attached
    young = counts.days_known < 30 or facts.new_since == "2026-11-02"
    never = counts.never_logged is not None or facts.broken_source is not None
    idle = counts.days_active == 0
    attached = counts.days_attached > 0
    unused = verdict(counts, window, facts).status == "unused"
    assert unused == (attached and not (use or gaps or young or never or idle))


@given(any_counts(), ANY_WINDOW, ANY_FACTS)
def test_used_is_said_exactly_when_something_was_credited(
    counts: RuleCounts, window: Window, facts: RuleFacts
) -> None:
    said = verdict(counts, window, facts).status
    assert (said in ("used", "rarely_used")) == (counts.used_times > 0)
