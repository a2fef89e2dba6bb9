"""Numbers, days and untrusted names as text for people."""

import re
from datetime import date

from aws_network.network import names

_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+"
)
_ID = re.compile(r"[a-z]+-[0-9a-f]{8,}")
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


def number(value: int) -> str:
    """12345 as "12,345"."""
    return f"{value:,}"


def count(value: int, noun: str) -> str:
    """1, "rule" as "1 rule"; 2, "rule" as "2 rules"."""
    return f"{number(value)} {noun}" if value == 1 else f"{number(value)} {noun}s"


def percent(share: float) -> str:
    """0.9871 as "98.7%"; never rounds to "0%" or "100%"."""
    if share in (0, 1):
        return f"{share:.0%}"
    return f"{min(max(share * 100, 0.1), 99.9):.1f}%"


def day(value: date) -> str:
    """A day as "31 October 2026"."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def span(first: date, last: date) -> str:
    """Inclusive days, as "1 to 31 October 2026" or "3 August to 31 October 2026"."""
    if first == last:
        return day(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day(last)}"
    if first.year == last.year:
        return f"{first.day} {_MONTHS[first.month - 1]} to {day(last)}"
    return f"{day(first)} to {day(last)}"


def named(name: str | None, resource_id: str) -> str:
    """An untrusted name of a resource with the resource's id: "web (sg-1)"; else the id alone."""
    return names.named(printable(name or "", 60), resource_id)


def printable(text: str, limit: int = 0) -> str:
    """Untrusted text on one line, without control and text-direction characters.

    Longer than `limit` characters (0: any length), it ends in an ellipsis.
    """
    clean = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return clean if not limit or len(clean) <= limit else clean[: limit - 1].rstrip() + "…"


def isolated(text: str, limit: int = 0) -> str:
    """Untrusted text for a plain-text document; right-to-left text stays isolated."""
    clean = printable(text, limit)
    return clean if clean.isascii() else f"{_ISOLATE}{clean}{_END_ISOLATE}"


def sentence(text: str, limit: int = 0) -> str:
    """A clause as a sentence: with a capital letter (except for an id) and a full stop."""
    clean = printable(text, limit)
    end = "" if clean.endswith((".", "…", "!", "?")) else "."
    first = clean[:1] if _ID.match(clean) else clean[:1].upper()
    return f"{first}{clean[1:]}{end}" if clean else ""
