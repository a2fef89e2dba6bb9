"""Whatever happened on the way, the end is the same; `make reliability` tries more of it."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.reliability.account import JOBS, Account
from tests.reliability.answers import fault_matrix
from tests.reliability.faults import Point
from tests.reliability.kills import is_write, kill_matrix
from tests.reliability.remembered import spark_remembered
from tests.reliability.schedules import ANALYSIS, AtOnce, Event, Late, Run, Schedules
from tests.reliability.soak import soak

pytestmark = pytest.mark.stack


def is_after_write(point: Point) -> bool:
    """After a write: most often the same as before the next one."""
    return is_write(point) and point.side == "after"


def test_a_job_killed_after_a_write_does_no_harm(account: Account) -> None:
    kills = list(kill_matrix(account, is_after_write, JOBS[:2]))
    assert len(kills) > 8
    assert [kill for kill in kills if not kill.is_harmless] == []


def is_far_apart(point: Point) -> bool:
    """Some of the writes of jobs that write many objects alike."""
    return is_after_write(point) and point.number in (1, 4)


@pytest.mark.slow
def test_computing_or_reporting_killed_after_a_write_does_no_harm(account: Account) -> None:
    with spark_remembered():
        kills = list(kill_matrix(account, is_far_apart, JOBS[2:]))
    assert len(kills) > 4
    assert [kill for kill in kills if not kill.is_harmless] == []


@pytest.mark.slow
def test_aws_at_its_worst(account: Account) -> None:
    with spark_remembered():
        judged = list(fault_matrix(account, every=3))
    assert [case for case in judged if case.wrong] == []
    assert {case.outcome for case in judged} == {"recovered", "failed clearly"}


RUNS = st.builds(
    lambda ends, noun, call: Run(min(ends), max(ends), noun, call),
    st.tuples(st.integers(0, 2), st.integers(0, 2)),
    st.sampled_from([None, *ANALYSIS]),
    st.integers(1, 14),
)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    RUNS, RUNS, st.builds(AtOnce, RUNS, RUNS), st.builds(Late, st.integers(0, 2))
)


@pytest.mark.slow
def test_any_schedule_ends_like_one_clean_run(account: Account) -> None:
    schedules = Schedules(account, account.save())

    @settings(
        max_examples=1,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @example([AtOnce(Run(0, 2), Run(0, 2))])  # the same event, delivered twice
    @example([Run(2, 2), Run(0, 2, "query_flow_logs", 9), Late(1), Run(0, 1), Run(1, 1)])
    @given(st.lists(EVENTS, min_size=2, max_size=5))
    def check(events: list[Event]) -> None:
        assert schedules.play(events) == [], events

    with spark_remembered():
        check()


@pytest.mark.slow
def test_nights_of_faults_lose_no_record(account: Account, tmp_path: Path) -> None:
    with spark_remembered():
        figures = soak(account, tmp_path, days=3, records=3000, seed=7)
    assert figures.differs == []
    assert figures.records_lost == 0
    assert figures.injected > 2
