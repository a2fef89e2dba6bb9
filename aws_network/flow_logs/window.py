"""The window of days that statuses, findings and plans speak of."""

from dataclasses import dataclass
from datetime import date

_FROM_THE_OTHERS = -1


@dataclass(frozen=True)
class Window:
    """UTC days from `first` to `last`, both inclusive, as YYYY-MM-DD.

    Raises ValueError for days that are no dates, a reversed range, or numbers that do not add up.
    """

    first: str
    last: str
    missing_days: int = 0
    """Days of the window that were not analysed."""
    analysed_days: int = _FROM_THE_OTHERS
    """Days of the window that were analysed; follows from the other fields."""

    def __post_init__(self) -> None:
        length = (date.fromisoformat(self.last) - date.fromisoformat(self.first)).days + 1
        if length < 1:
            raise ValueError(f"the window ends before it begins: {self.first} to {self.last}")
        analysed = length - self.missing_days
        if self.analysed_days not in (_FROM_THE_OTHERS, analysed):
            raise ValueError(
                f"{self.first} to {self.last} has {length} days, not {self.analysed_days} analysed "
                f"and {self.missing_days} missing ones"
            )
        object.__setattr__(self, "analysed_days", analysed)

    def __contains__(self, day: date) -> bool:
        return self.first <= str(day) <= self.last
