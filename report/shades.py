"""The colours of the heat maps: one shade per number of digits of a count."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shade:
    """A cell's colours (light background and text on it, contrast 4.5:1 or better)."""

    label: str
    background: str
    text: str


SHADES = (
    Shade("none", "#e7e7ea", "#4a4a52"),
    Shade("1 to 9", "#deebf8", "#10263b"),
    Shade("10 to 99", "#bcd9f1", "#10263b"),
    Shade("100 to 999", "#8fc0e7", "#0b1d2e"),
    Shade("1,000 to 9,999", "#5fa2d6", "#06121e"),
    Shade("10,000 to 99,999", "#2f75b0", "#ffffff"),
    Shade("100,000 to 999,999", "#1b5288", "#ffffff"),
    Shade("1,000,000 or more", "#0a2c52", "#ffffff"),
)


def shade(count: int) -> Shade:
    """The shade of a count of 0 or more."""
    return SHADES[min(len(str(count)), len(SHADES) - 1) if count else 0]
