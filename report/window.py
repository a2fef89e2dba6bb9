"""The days that a report speaks about."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Window:
    """UTC days from `first` to `last`, both inclusive."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"window ends before it begins: {self.first} to {self.last}")

    @classmethod
    def ending(cls, last: date, days: int) -> "Window":
        """The `days` days that end with `last`."""
        return cls(last - timedelta(days=days - 1), last)

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.first + timedelta(days=n) for n in range(self.length))

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last
