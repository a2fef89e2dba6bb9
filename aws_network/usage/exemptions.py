"""Rules that nobody is to be asked about: exempt by a tag, or by a pattern, perhaps until a day.

An exemption is written as one line of text, which is also what the report shows of it:

    do-not-delete                    a tag of the rule or its group, whatever its value
    keep=audit                       a tag with this value
    legacy-* until 2027-03-31        (patterns) a name with * and ?, to the end of that day (UTC)
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from aws_network.usage.statuses import ReasonCode

DEFAULT_TAGS = ("do-not-delete",)

_UNTIL = re.compile(r"(?P<text>.*\S)\s+until\s+(?P<day>\S+)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NO = frozenset({"false", "no", "0", "off"})
"""Values of a tag that say the opposite of its key."""


class InvalidExemptionError(ValueError):
    """An exemption cannot be read; the message says how to write it."""


@dataclass(frozen=True)
class Exemption:
    """A tag (`key` or `key=value`) or a pattern; holds to the end of the day `until`."""

    text: str
    until: date | None = None


@dataclass(frozen=True)
class Exemptions:
    """Those of a deployment."""

    tags: tuple[Exemption, ...] = ()
    patterns: tuple[Exemption, ...] = ()


@dataclass(frozen=True)
class Exempted:
    """That a rule is exempt, or was: who says so and why, as a clause for people."""

    code: ReasonCode
    why: str
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it is exempt on a day."""
        return self.until is None or day <= self.until


@dataclass(frozen=True)
class RuleLabels:
    """What exemptions look at: tags and names of a rule and of its group."""

    rule_id: str
    group_id: str
    group_name: str
    description: str = ""
    rule_tags: Mapping[str, str] | None = None
    group_tags: Mapping[str, str] | None = None


def read_exemptions(tags: Iterable[str], patterns: Iterable[str]) -> Exemptions:
    """Raises InvalidExemptionError."""
    return Exemptions(
        tuple(_exemption(text) for text in tags), tuple(_exemption(text) for text in patterns)
    )


def _exemption(text: str) -> Exemption:
    match = _UNTIL.fullmatch(text.strip())
    if not text.strip() or text.strip().startswith("="):
        raise InvalidExemptionError(f"{text!r} names nothing; write key, key=value or a pattern")
    if not match:
        return Exemption(text.strip())
    try:
        return Exemption(match["text"], date.fromisoformat(match["day"]))
    except ValueError:
        raise InvalidExemptionError(
            f"{text!r}: {match['day']!r} is not a day; write `until YYYY-MM-DD`"
        ) from None


def exempted(labels: RuleLabels, exemptions: Exemptions, day: date) -> Exempted | None:
    """The exemption of a rule that holds on a day; else the one that ended last; else None."""
    found = [*_by_tags(labels, exemptions.tags), *_by_patterns(labels, exemptions.patterns)]
    holding = [exemption for exemption in found if exemption.holds_on(day)]
    ended = sorted(found, key=lambda exemption: exemption.until or date.min)
    return next(iter(holding or reversed(ended)), None)


def _by_tags(labels: RuleLabels, wanted: Sequence[Exemption]) -> list[Exempted]:
    places = (("rule", labels.rule_tags or {}), ("group", labels.group_tags or {}))
    return [
        _by_tag(exemption, value, place)
        for exemption in wanted
        for place, tags in places
        for key, value in tags.items()
        if _is_tag(exemption.text, key, value)
    ]


def _is_tag(text: str, key: str, value: str) -> bool:
    """A key that holds an equals sign itself is found as well."""
    if text == key:
        return value.strip().lower() not in _NO
    return text == f"{key}={value}"


def _by_tag(exemption: Exemption, value: str, place: str) -> Exempted:
    """A value that is a day is the last day on which the tag holds."""
    until, said = exemption.until, f"tag {exemption.text}"
    if "=" not in exemption.text and value:
        said += f"={value}"
    if _DAY.fullmatch(value.strip()):
        until = min(filter(None, (until, _day_of(value.strip()))), default=None)
    return Exempted(ReasonCode.EXEMPT_BY_TAG, f"{said} of its {place}", until)


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _by_patterns(labels: RuleLabels, wanted: Sequence[Exemption]) -> list[Exempted]:
    """Upper and lower case are the same, as people write names and descriptions."""
    fields = {
        "group name": labels.group_name,
        "group id": labels.group_id,
        "rule id": labels.rule_id,
        "description": labels.description,
    }
    found = []
    for exemption in wanted:
        fitting = [name for name, text in fields.items() if _fits(text, exemption.text)]
        if fitting:
            why = f"pattern {exemption.text} of the settings fits its {fitting[0]}"
            found.append(Exempted(ReasonCode.EXEMPT_BY_PATTERN, why, exemption.until))
    return found


def _fits(text: str, pattern: str) -> bool:
    return fnmatchcase(text.lower(), pattern.lower())
