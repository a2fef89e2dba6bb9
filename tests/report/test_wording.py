"""Numbers, days and untrusted names in words."""

from datetime import date

import pytest

from report import wording


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (1, "100%"), (0.00001, "0.1%"), (0.99999, "99.9%"), (0.98714, "98.7%")],
)
def test_a_share_is_never_rounded_to_all_or_nothing(share: float, text: str) -> None:
    assert wording.percent(share) == text


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2026, 10, 1), date(2026, 10, 31), "1 to 31 October 2026"),
        (date(2026, 8, 3), date(2026, 10, 31), "3 August to 31 October 2026"),
        (date(2025, 12, 1), date(2026, 1, 2), "1 December 2025 to 2 January 2026"),
        (date(2026, 10, 5), date(2026, 10, 5), "5 October 2026"),
    ],
)
def test_a_span_of_days(first: date, last: date, text: str) -> None:
    assert wording.span(first, last) == text


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("two\r\nlines", 0, "two lines"),
        ("a\u202eb\u2066c", 0, "a b c"),
        ("  spaces   inside ", 0, "spaces inside"),
        ("0123456789", 5, "0123…"),
        ("👩‍👩‍👧 family", 0, "👩‍👩‍👧 family"),
        ("", 5, ""),
    ],
)
def test_untrusted_text_becomes_one_plain_line(text: str, limit: int, shown: str) -> None:
    assert wording.printable(text, limit) == shown


def test_right_to_left_text_is_isolated_in_plain_text() -> None:
    assert wording.isolated("שלום") == "\u2068שלום\u2069"
    assert wording.isolated("web") == "web"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("it was used", "It was used."),
        ("Done.", "Done."),
        ("", ""),
        ("why?", "Why?"),
        ("sgr-090fa8637642ce430 admits it", "sgr-090fa8637642ce430 admits it."),
    ],
)
def test_a_reason_reads_as_a_sentence(text: str, sentence: str) -> None:
    assert wording.sentence(text) == sentence


def test_counts_agree_with_their_noun() -> None:
    assert [wording.count(n, "rule") for n in (0, 1, 1234)] == ["0 rules", "1 rule", "1,234 rules"]
