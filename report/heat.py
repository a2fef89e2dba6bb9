"""The heat map's scale: the number of digits of a count, so that 3 and 300,000 both show."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shade:
    """A cell's colours (light background and text on it, contrast 4.5:1 or better)."""

    label: str
    background: str
    text: str


SHADES = (
    Shade("none", "#e7e7ea", "#4a4a52"),
    Shade("1 to 9", "#d3e5f6", "#10263b"),
    Shade("10 to 99", "#a9cfee", "#10263b"),
    Shade("100 to 999", "#74b0de", "#0b1d2e"),
    Shade("1,000 to 9,999", "#2f78b3", "#ffffff"),
    Shade("10,000 to 99,999", "#1d5a90", "#ffffff"),
    Shade("100,000 or more", "#0b3763", "#ffffff"),
)


def shade(count: int) -> Shade:
    """The shade of a count of 0 or more."""
    return SHADES[min(len(str(count)), len(SHADES) - 1) if count else 0]
