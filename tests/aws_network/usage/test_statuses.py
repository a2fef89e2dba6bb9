"""The statuses and their reason codes, in the code and in docs/statuses.md."""

from pathlib import Path

import pytest

from aws_network.usage.statuses import ReasonCode, Status

ROOT = Path(__file__).parents[3]


def test_unused_comes_after_every_use_and_every_doubt() -> None:
    order = list(Status)
    first = [status for status in order if status.is_used or status.is_doubtful]
    assert order == [*first, Status.UNUSED, Status.EXEMPT]
    assert not any(status.is_used and status.is_doubtful for status in order)


def test_every_status_has_a_reason_code() -> None:
    assert {code.status for code in ReasonCode} == set(Status)


@pytest.mark.parametrize("word", [*Status, *ReasonCode])
def test_the_page_on_statuses_explains_every_word(word: str) -> None:
    assert f"`{word}`" in (ROOT / "docs/statuses.md").read_text()
