"""Which rules nobody is to be asked about, until when, and who says so."""

from datetime import date

import pytest

from aws_network.usage.exemptions import (
    InvalidExemptionError,
    RuleLabels,
    exempted,
    read_exemptions,
)

DAY = date(2026, 11, 30)
TAGGED = RuleLabels(
    "sgr-1", "sg-1", "web", "From the office", {"do-not-delete": "audit"}, {"keep": "2026-11-30"}
)
BARE = RuleLabels("sgr-2", "sg-2", "Legacy-billing", "")

FACTS: list[tuple[str, RuleLabels, list[str], list[str], str | None]] = [
    ("nothing asked for", TAGGED, [], [], None),
    ("tag of the rule", TAGGED, ["do-not-delete"], [], "tag do-not-delete=audit of its rule"),
    ("tag with its value", TAGGED, ["do-not-delete=audit"], [], "tag do-not-delete=audit of its"),
    ("tag with another value", TAGGED, ["do-not-delete=law"], [], None),
    ("another key", TAGGED, ["Do-Not-Delete"], [], None),
    ("tag of the group", TAGGED, ["keep"], [], "tag keep=2026-11-30 of its group (2026-11-30)"),
    ("no tags at all", BARE, ["do-not-delete"], [], None),
    (
        "a tag that says no",
        RuleLabels("sgr-3", "sg-3", "a", "", {"do-not-delete": "False"}),
        ["do-not-delete"],
        [],
        None,
    ),
    (
        "a tag without a value",
        RuleLabels("sgr-3", "sg-3", "a", "", {"do-not-delete": ""}),
        ["do-not-delete"],
        [],
        "tag do-not-delete of its rule",
    ),
    (
        "a tag that is no day, though it looks like one",
        RuleLabels("sgr-3", "sg-3", "a", "", {"keep": "2026-02-30"}),
        ["keep"],
        [],
        "tag keep=2026-02-30 of its rule",
    ),
    ("group name", BARE, [], ["legacy-*"], "pattern legacy-* of the settings fits its group name"),
    ("group id", BARE, [], ["sg-2"], "pattern sg-2 of the settings fits its group id"),
    ("rule id", BARE, [], ["sgr-?"], "pattern sgr-? of the settings fits its rule id"),
    (
        "description",
        TAGGED,
        [],
        ["*office"],
        "pattern *office of the settings fits its description",
    ),
    ("a part is no match", TAGGED, [], ["office"], None),
    (
        "the setting's last day",
        BARE,
        [],
        ["legacy-* until 2026-11-30"],
        "pattern legacy-* of the settings fits its group name (2026-11-30)",
    ),
    (
        "the earlier of two ends",
        TAGGED,
        ["keep until 2026-12-31"],
        [],
        "tag keep=2026-11-30 of its group (2026-11-30)",
    ),
    (
        "one that holds is better than one that ended",
        TAGGED,
        ["do-not-delete until 2026-11-01", "do-not-delete=audit"],
        [],
        "tag do-not-delete=audit of its rule",
    ),
]


@pytest.mark.parametrize(
    ("labels", "tags", "patterns", "why"), [f[1:] for f in FACTS], ids=[f[0] for f in FACTS]
)
def test_exemptions(
    labels: RuleLabels, tags: list[str], patterns: list[str], why: str | None
) -> None:
    found = exempted(labels, read_exemptions(tags, patterns), DAY)
    if why is None:
        assert found is None
        return
    assert found
    assert found.holds_on(DAY)
    said = f"{found.why} ({found.until})" if found.until else found.why
    assert said.startswith(why)


def test_an_exemption_that_ended_is_still_named() -> None:
    wanted = read_exemptions(["do-not-delete until 2026-10-31", "keep until 2026-11-15"], [])
    found = exempted(TAGGED, wanted, DAY)
    assert found
    assert not found.holds_on(DAY)
    assert (found.why, found.until) == ("tag keep=2026-11-30 of its group", date(2026, 11, 15))


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "names nothing"),
        ("=yes", "names nothing"),
        ("legacy-* until spring", "write `until YYYY-MM-DD`"),
        ("legacy-* until 2026-02-30", "is not a day"),
    ],
)
def test_what_cannot_be_read(text: str, advice: str) -> None:
    with pytest.raises(InvalidExemptionError, match=advice):
        read_exemptions([], [text])
