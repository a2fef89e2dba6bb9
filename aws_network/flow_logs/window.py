"""The window of days that statuses, findings, plans and reports cover."""

from dataclasses import dataclass
from datetime import date, timedelta

from aws_network.flow_logs.days import days_between

_FROM_THE_OTHERS = -1


@dataclass(frozen=True)
class Window:
    """UTC days from `first` to `last`, both inclusive, as YYYY-MM-DD.

    Raises ValueError for invalid dates, a reversed range, or numbers that do not add up.
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

    @classmethod
    def ending(cls, last: date, days: int) -> "Window":
        """The `days` days that end with `last`, all of them analysed."""
        return cls(str(last - timedelta(days=days - 1)), str(last))

    @property
    def days(self) -> list[date]:
        """All days, also those that were not analysed."""
        return days_between(date.fromisoformat(self.first), date.fromisoformat(self.last))

    @property
    def length(self) -> int:
        """Number of days, also of those that were not analysed."""
        return self.analysed_days + self.missing_days

    def __contains__(self, day: date) -> bool:
        return self.first <= str(day) <= self.last
