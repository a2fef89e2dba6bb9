"""A bounded run of the fuzzers; `python -m tests.fuzz SECONDS` runs them longer."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import flow_logs, parsers
from tests.fuzz.reader import Reader, reader

CALM = settings(
    deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)


@pytest.fixture(scope="module")
def emulated() -> Iterator[Reader]:
    with reader() as found:
        yield found


@given(objects=flow_logs.days)
@settings(CALM, max_examples=40)
def test_every_line_and_object_is_accounted_for(
    emulated: Reader, objects: dict[str, bytes]
) -> None:
    assert flow_logs.disagreement(emulated, objects) is None


@pytest.mark.parametrize("name", parsers.TARGETS)
def test_what_reads_answers_or_refuses(name: str) -> None:
    @given(data=st.data())
    @settings(CALM, max_examples=200)
    def run(data: st.DataObject) -> None:
        parsers.answers_or_refuses(name, data.draw(parsers.TARGETS[name][0]))

    run()
