"""Who owns a rule, as tags say: its own, those of its group, of the interfaces, or of the VPC."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from aws_network.network.snapshot import Snapshot
from aws_network.usage.tracked_rules import TrackedRule

DEFAULT_TAGS = ("owner", "Owner", "team", "Team")

Tags = Mapping[str, str]


@dataclass(frozen=True)
class Owners:
    """The owners in an account, as the latest snapshot has it."""

    keys: Sequence[str] = ()
    """Of the tags that name an owner; the first one that has a value counts."""
    of_groups: Mapping[str, str] = field(default_factory=dict)
    of_interfaces: Mapping[str, str] = field(default_factory=dict)
    """By group id, where all its interfaces that have an owner have the same one."""
    of_vpcs: Mapping[str, str] = field(default_factory=dict)

    def of(self, rule: TrackedRule) -> str | None:
        """The most particular owner that is known; None where no tag names one."""
        return (
            _owner(rule.tags, self.keys)
            or self.of_groups.get(rule.group_id)
            or self.of_interfaces.get(rule.group_id)
            or self.of_vpcs.get(rule.vpc_id or "")
        )


def owners_in(latest: Snapshot, keys: Sequence[str]) -> Owners:
    """The owners that the tags with these keys name. Keys differ by case, as in AWS."""
    return Owners(
        keys,
        of_groups=_owned(((group.group_id, group.tags) for group in latest.groups), keys),
        of_interfaces=_of_interfaces(latest, keys),
        of_vpcs=_owned(((vpc.vpc_id, vpc.tags) for vpc in latest.vpcs or ()), keys),
    )


def _of_interfaces(latest: Snapshot, keys: Sequence[str]) -> dict[str, str]:
    found: dict[str, set[str]] = defaultdict(set)
    for interface in latest.interfaces:
        if owner := _owner(interface.tags, keys):
            for group_id in interface.group_ids:
                found[group_id].add(owner)
    return {group_id: owner for group_id, owners in found.items() for owner in _only(owners)}


def _only(owners: set[str]) -> set[str]:
    """Of several owners, none is that of the group."""
    return owners if len(owners) == 1 else set()


def _owned(tagged: Iterable[tuple[str, Tags]], keys: Sequence[str]) -> dict[str, str]:
    return {name: owner for name, tags in tagged if (owner := _owner(tags, keys))}


def _owner(tags: Tags, keys: Sequence[str]) -> str | None:
    return next((value for key in keys if (value := tags.get(key, "").strip())), None)
