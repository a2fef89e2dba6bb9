"""What the bench prints: Markdown tables, and the exponents of growth."""

import math
from collections.abc import Iterable, Sequence


def print_table(title: str, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints a heading and a table."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(names) + " |")
    print("|" + "---|" * len(names))
    for row in rows:
        print("| " + " | ".join(map(_text, row)) + " |", flush=True)


def exponent(small: float, large: float, factor: float) -> float:
    """The x in time ~ work^x, when `factor` times the work took `large` instead of `small`."""
    return math.log(large / small) / math.log(factor)


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.2f}"
