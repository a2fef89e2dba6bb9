"""Resources that create network interfaces with a security group when they run."""

from collections.abc import Iterable
from dataclasses import dataclass

MOST_NAMED = 3
"""Resources of a group that are named; further ones are only counted."""


@dataclass(frozen=True)
class ConfiguredResource:
    """A launch template, a Lambda function and so on, with the groups of its interfaces."""

    noun: str
    name: str
    region: str
    group_ids: tuple[str, ...]


@dataclass(frozen=True)
class ConfiguredResources:
    """The resources found, and the kinds (`Lambda function`) that could not be checked."""

    found: tuple[ConfiguredResource, ...] = ()
    unchecked: tuple[str, ...] = ()


def by_group(configured: ConfiguredResources) -> dict[str, list[ConfiguredResource]]:
    """Group id to the resources that may attach it."""
    resources: dict[str, list[ConfiguredResource]] = {}
    for resource in configured.found:
        for group_id in resource.group_ids:
            resources.setdefault(group_id, []).append(resource)
    return resources


def in_words(
    resources: Iterable[ConfiguredResource],
    referrers: Iterable[str],
    configured: ConfiguredResources | None,
) -> str:
    """What may attach a group, whose rules refer to it, and what was not checked, as clauses.

    `referrers` are ids of groups; `configured` is None if nothing was checked.
    """
    names = [f"{resource.noun} {resource.name}" for resource in resources]
    groups = sorted(set(referrers))
    clauses = (
        names and f"it may be carried by {_some(names)}",
        groups and f"rules of {_some(groups)} refer to it",
        _not_checked(configured),
    )
    return "; ".join(clause for clause in clauses if clause)


def _not_checked(configured: ConfiguredResources | None) -> str:
    if configured is None:
        return "what may carry it later was not checked"
    return f"not checked: {', '.join(f'{noun}s' for noun in configured.unchecked)}" * bool(
        configured.unchecked
    )


def _some(names: list[str]) -> str:
    named, more = names[:MOST_NAMED], len(names) - MOST_NAMED
    return ", ".join(named) + (f" and {more:,} more" if more > 0 else "")
