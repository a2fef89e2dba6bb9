"""Names that are filled into the state machine and into the dashboard's parts."""

import pytest

from infra.placeholders import fill


def test_a_name_alone_becomes_its_value_and_one_within_a_text_its_text() -> None:
    assert fill({"a": ["${Number}", "up to ${Number}"], "b": 4}, {"Number": 3}) == {
        "a": [3, "up to 3"],
        "b": 4,
    }


@pytest.mark.parametrize("text", ["${Nobody}", "arn:${Nobody}:s3"])
def test_a_name_that_nobody_gave_is_an_error(text: str) -> None:
    with pytest.raises(KeyError, match="Nobody"):
        fill(text, {})
