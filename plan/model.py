"""The plan as values, and as JSON: docs/plan.schema.json describes it, plan.reader reads it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import IntEnum, StrEnum
from typing import Literal

from aws_network.findings.vocabulary import Basis, Kind, Scope, TradeOff
from aws_network.flow_logs.outcomes import LOST, Outcome
from aws_network.flow_logs.window import Window
from aws_network.usage.statuses import Status
from plan.exact_rule import ExactRule


class Action(StrEnum):
    """What an item proposes."""

    REMOVE = "remove"
    NARROW = "narrow"
    REVIEW = "review"
    """A person has to look; no change is proposed."""


class Step(IntEnum):
    """Why an item is where it is in the plan; 1 is the safest."""

    COVERED = 1
    """Duplicate or shadowed within its group, whatever else changes: nothing is admitted less."""
    NEVER_USED = 2
    """Unused, never used since it was first seen."""
    NO_LONGER_USED = 3
    """Unused in the window, used before."""
    COVERED_WHILE_LISTS_STAY = 4
    """Duplicate or shadowed within its group, as long as prefix lists keep their entries."""
    COVERED_BY_OTHER_GROUPS = 5
    """Duplicate or shadowed by the groups beside it on every interface."""
    REDUNDANT = 6
    """Redundant in practice: others admitted all that was observed."""
    TOO_WIDE = 7
    """Too wide: replaced by what was observed."""
    DANGLING = 8
    """A broken source."""
    MANAGED = 9
    """Managed by a service, a controller or a stack."""


@dataclass(frozen=True)
class Coverage:
    """How much of the window was seen, for one rule: numbers of days."""

    days_attached: int = 0
    """Days on which an interface in use carried the rule's group."""
    days_observed: int = 0
    """Days on which every one of these interfaces was logged, without lost records."""


@dataclass(frozen=True)
class Evidence:
    """What speaks for an item. Counts are sums over the window."""

    used_times: int = 0
    """Request records that the rule admitted."""
    sole_times: int = 0
    """Of those, the ones that no other rule admitted."""
    ambiguous_times: int = 0
    """Records that the rule may have admitted."""
    days_used: int = 0
    """Days with a use."""
    last_used: str | None = None
    """YYYY-MM-DD, also of before the window; null for never."""
    first_seen: str | None = None
    """YYYY-MM-DD of the first snapshot with the rule; null where it is not known."""
    covered_by: tuple[str, ...] = ()
    """Ids of rules that stay and admit all of it, or, for `redundant`, all that was observed."""
    scope: Scope | None = None
    """Where these rules are; null without any."""
    basis: Basis | None = None
    """What must stay as it is for them to cover the rule; null without any."""
    observed: tuple[str, ...] = ()
    """What was seen of the rule, a line per service."""


@dataclass(frozen=True)
class Item:
    """One proposal about one rule."""

    item_id: str
    """`remove-sgr-...`: stays the same from plan to plan."""
    action: Action
    step: Step
    finding: Kind | None
    """Kind of the finding it follows from; null for a rule that is unused."""
    status: Status
    status_reason: str
    """A sentence."""
    reason_code: str
    """For machines: see docs/findings.md."""
    reason: str
    """A sentence."""
    advice: str
    """How to go about it, the way into quarantine included."""
    evidence: Evidence
    coverage: Coverage
    rule: ExactRule
    replacements: tuple[ExactRule, ...] = ()
    """What takes its place, for `narrow`."""
    permissiveness: int | None = None
    """0 to 100, of the rule as it is."""
    permissiveness_after: int | None = None
    """0 to 100, of the widest replacement."""
    managed_by: str | None = None
    """What manages the rule, in words; null where nothing is known to."""
    owner: str | None = None
    """Of the rule, as a tag says (setting owner_tags); null where none does."""


@dataclass(frozen=True)
class Totals:
    """Coverage of the whole window: what became of the records of the flow logs."""

    records: int = 0
    """All records."""
    attributed: int = 0
    """Requests whose rules are known, and their replies."""
    ambiguous: int = 0
    """Requests that several readings of the logs give to different rules."""
    unattributed: int = 0
    """Of unknown interfaces, and of requests that no known rule admits."""
    skipped: int = 0
    """Markers of lost records, and lines that could not be read."""


@dataclass(frozen=True)
class Plan:
    """Proposals, the safest first; nobody but a person applies them."""

    window: Window
    trade_off: TradeOff
    """The setting it was made with."""
    items: tuple[Item, ...] = ()
    coverage: Totals = field(default_factory=Totals)
    version: Literal[1] = 1


def totals(records: Mapping[str, int]) -> Totals:
    """The coverage of a window from the number of records of each outcome."""
    return Totals(
        records=sum(records.values()),
        attributed=_sum(records, Outcome.ATTRIBUTED, Outcome.REPLY),
        ambiguous=_sum(records, Outcome.AMBIGUOUS),
        unattributed=_sum(records, Outcome.UNKNOWN_INTERFACE, Outcome.NO_ADMITTING_RULE),
        skipped=_sum(records, *LOST),
    )


def _sum(records: Mapping[str, int], *outcomes: str) -> int:
    return sum(records.get(outcome, 0) for outcome in outcomes)


def dump(plan: Plan) -> str:
    """The plan as JSON; the same plan gives the same text."""
    return json.dumps(asdict(plan), indent=2, ensure_ascii=False) + "\n"
