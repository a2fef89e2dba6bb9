"""Shares of the flow logs by interface, for a day that is too large for one query.

A conversation belongs to one interface, so conversations can be grouped share by share. The query
of a share reads the whole day, but keeps only its own conversations in memory.
"""

SHARES = (1, 4, 16)
"""Numbers of shares into which a day is divided: the next one if a share is still too large."""

_DIGITS = "0123456789abcdef"
"""Interface ids end in one of these, with about the same frequency."""


def conditions(shares: int) -> list[str]:
    """SQL conditions on `interface_id`, a column of text: each line meets exactly one of them.

    `shares` is one of SHARES. The first share also has NULL, and ids that end in no digit.
    """
    size = len(_DIGITS) // shares
    ends = [_DIGITS[at : at + size] for at in range(size, len(_DIGITS), size)]
    others = f"NOT {_ends_in(''.join(ends))}" if ends else "TRUE"
    return [others, *map(_ends_in, ends)]


def _ends_in(digits: str) -> str:
    likes = " OR ".join(f"interface_id LIKE '%{digit}'" for digit in digits)
    return f"coalesce({likes}, FALSE)"
