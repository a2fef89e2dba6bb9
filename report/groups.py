"""Usage summed over the rules of each security group."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from report.rule_usage import RuleUsage


@dataclass(frozen=True)
class GroupUsage:
    """A security group with its current rules; `label` is its name, with its id if not unique."""

    sg_id: str
    name: str
    label: str
    rules: tuple[RuleUsage, ...]

    def used_times(self, direction: str) -> int | None:
        """Sum over the rules of this direction; None when the group has no such rule."""
        counts = [rule.used_times for rule in self.rules if rule.flow_direction == direction]
        return sum(counts) if counts else None

    @property
    def stale(self) -> int:
        return sum(rule.is_stale for rule in self.rules)


def by_group(rules: Iterable[RuleUsage]) -> tuple[GroupUsage, ...]:
    """The groups, those with the most rules suggested for removal first."""
    groups: dict[tuple[str, str], list[RuleUsage]] = {}
    for rule in rules:
        groups.setdefault((rule.sg_id, rule.group), []).append(rule)
    names = Counter(name for _, name in groups)
    usages = [
        GroupUsage(sg_id, name, f"{name} ({sg_id})" if names[name] > 1 else name, tuple(members))
        for (sg_id, name), members in groups.items()
    ]
    return tuple(sorted(usages, key=lambda group: (-group.stale, group.name, group.sg_id)))
