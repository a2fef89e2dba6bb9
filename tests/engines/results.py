"""What was asked of each engine, for the table at the end of a run."""

from dataclasses import dataclass, field


@dataclass
class Count:
    """An engine: how many calls it answered, and in how many otherwise than expected."""

    version: str
    kind: str
    """of call"""
    calls: int = 0
    differences: int = 0


@dataclass
class Results:
    """The engines of a run, by name."""

    counts: dict[str, Count] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    """where engines came from, and what was left out"""

    def add(self, engine: str, version: str, kind: str, calls: int, differences: int) -> None:
        """Adds calls to those of an engine."""
        count = self.counts.setdefault(engine, Count(version, kind))
        count.calls += calls
        count.differences += differences

    def table(self) -> list[str]:
        """The lines of the table."""
        rows = [("engine", "version", "calls", "differences")]
        for name, count in self.counts.items():
            rows.append(
                (name, count.version, f"{count.calls} {count.kind}", str(count.differences))
            )
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
