"""What may carry a security group later: it makes its interfaces when it runs."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

MOST_NAMED = 3
"""So many carriers of a group are named; the others are counted."""


@dataclass(frozen=True)
class Carrier:
    """A launch template, a function, a service and so on, with the groups it gives interfaces."""

    noun: str
    name: str
    region: str
    group_ids: tuple[str, ...]


@dataclass(frozen=True)
class LatentCarriers:
    """All that were found, and the nouns (`Lambda function`) of what could not be looked at."""

    found: tuple[Carrier, ...] = ()
    unchecked: tuple[str, ...] = ()


def dump_latent(latent: LatentCarriers) -> bytes:
    """As the lake keeps them."""
    return json.dumps(asdict(latent), ensure_ascii=False, sort_keys=True).encode()


def load_latent(data: bytes) -> LatentCarriers:
    """What `dump_latent` made."""
    document: Mapping[str, Any] = json.loads(data)
    found = (Carrier(**{**c, "group_ids": tuple(c["group_ids"])}) for c in document["found"])
    return LatentCarriers(tuple(found), tuple(document["unchecked"]))


def by_group(latent: LatentCarriers) -> dict[str, list[Carrier]]:
    """Group id to what may carry it."""
    carriers: dict[str, list[Carrier]] = {}
    for carrier in latent.found:
        for group_id in carrier.group_ids:
            carriers.setdefault(group_id, []).append(carrier)
    return carriers


def in_words(
    carriers: Iterable[Carrier], referrers: Iterable[str], latent: LatentCarriers | None
) -> str:
    """Who may carry a group, whose rules refer to it, what was not looked at: as clauses.

    `referrers` are ids of groups; `latent` is None for a snapshot that did not look at all.
    """
    names = [f"{carrier.noun} {carrier.name}" for carrier in carriers]
    groups = sorted(set(referrers))
    clauses = (
        names and f"it may be carried by {_some(names)}",
        groups and f"rules of {_some(groups)} refer to it",
        _not_checked(latent),
    )
    return "; ".join(clause for clause in clauses if clause)


def _not_checked(latent: LatentCarriers | None) -> str:
    if latent is None:
        return "what may carry it later was not checked"
    return f"not checked: {', '.join(f'{noun}s' for noun in latent.unchecked)}" * bool(
        latent.unchecked
    )


def _some(names: list[str]) -> str:
    named, more = names[:MOST_NAMED], len(names) - MOST_NAMED
    return ", ".join(named) + (f" and {more:,} more" if more > 0 else "")
