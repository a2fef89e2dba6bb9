"""What a report calls the time it speaks about."""

import re

from report.window import Window
from report.wording import span

_DAYS = re.compile(r"\d{4}-\d{2}-\d{2}( to \d{4}-\d{2}-\d{2})?")


def period_label(asked: str, window: Window) -> str:
    """The label of a month as it was asked for; instead of bare days the window they ended.

    Whoever asks for the report of a night gets a report about all days of the window.
    """
    return span(window.first, window.last) if _DAYS.fullmatch(asked) else asked
