"""Shares of the flow logs by interface, for a day that is too large for one query.

A conversation is of one interface, so conversations can be grouped share by share. The query of a
share reads all of the day, and holds only its own conversations in memory.
"""

SHARES = (1, 4, 16)
"""Into how many shares a day is divided, the next one when a share is still too large."""

_DIGITS = "0123456789abcdef"
"""Ids of interfaces end in one of these, and in each about as often."""


def conditions(shares: int) -> list[str]:
    """SQL conditions on `interface_id`, a column of text: each line meets exactly one of them.

    `shares` is one of SHARES. The first share also has what ends in no digit, and NULL.
    """
    size = len(_DIGITS) // shares
    ends = [_DIGITS[at : at + size] for at in range(size, len(_DIGITS), size)]
    others = f"NOT {_ends_in(''.join(ends))}" if ends else "TRUE"
    return [others, *map(_ends_in, ends)]


def _ends_in(digits: str) -> str:
    likes = " OR ".join(f"interface_id LIKE '%{digit}'" for digit in digits)
    return f"coalesce({likes}, FALSE)"
