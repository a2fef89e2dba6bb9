"""The plan as values, and as JSON that can be read again: docs/plan.schema.json describes it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from types import NoneType
from typing import Any, Literal, TypeVar, get_args

from aws_network.flow_logs.window import Window
from plan.exact_rule import ExactRule, Peer

VERSION = 1
Action = Literal["remove", "narrow", "review"]
Read = TypeVar("Read")


class PlanError(ValueError):
    """The text is no plan; the message says where, and what is wrong."""


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
    sole_times: int = 0
    ambiguous_times: int = 0
    days_used: int = 0
    last_used: str | None = None
    first_seen: str | None = None
    """YYYY-MM-DD; None for never, or where it is not known."""
    covered_by: tuple[str, ...] = ()
    """Rules that stay and admit all of it, or, for `redundant`, all that was observed of it."""
    scope: str | None = None
    basis: str | None = None
    """What must stay as it is: see docs/findings.md."""
    observed: tuple[str, ...] = ()
    """What was seen, in a line per service: `tcp 443 from 10.1.0.0/24, 4711 times`."""


@dataclass(frozen=True)
class Item:
    """One proposal about one rule."""

    item_id: str
    """`remove-sgr-...`: stays the same from plan to plan."""
    action: Action
    step: int
    """1 is the safest; the steps are named in plan.build.STEPS."""
    finding: str | None
    """Kind of the finding it follows from; None for a rule that is unused."""
    status: str
    status_reason: str
    reason_code: str
    reason: str
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
    """The widest replacement's."""


@dataclass(frozen=True)
class Totals:
    """Coverage of the whole window: what became of the records of the flow logs."""

    records: int = 0
    attributed: int = 0
    """Requests whose rules are known, and their replies."""
    ambiguous: int = 0
    unattributed: int = 0
    """Of unknown interfaces, and of requests that no known rule admits."""
    skipped: int = 0
    """Markers of lost records, and lines that could not be read."""


@dataclass(frozen=True)
class Plan:
    """Proposals, the safest first; nobody but a person applies them."""

    window: Window
    trade_off: str
    """`fewer` rules or `tighter` ones: the setting it was made with."""
    items: tuple[Item, ...] = ()
    coverage: Totals = field(default_factory=Totals)
    version: int = VERSION


def dump(plan: Plan) -> str:
    """The plan as JSON; the same plan gives the same text."""
    return json.dumps(asdict(plan), indent=2, ensure_ascii=False, sort_keys=False) + "\n"


def load(text: str) -> Plan:
    """The plan that `dump` wrote, perhaps with items taken out. Raises PlanError."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise PlanError(f"this is no JSON: {error}") from error
    given = _object(value, "plan")
    if given.get("version") != VERSION:
        raise PlanError(f"version {given.get('version')!r}: this reads version {VERSION}")
    items = _list(given.get("items", []), "items")
    made = tuple(_item(item, f"items[{number}]") for number, item in enumerate(items))
    return _read(
        Plan,
        given,
        "plan",
        window=_read(Window, given.get("window"), "window"),
        coverage=_read(Totals, given.get("coverage", {}), "coverage"),
        items=made,
    )


def _item(value: Any, where: str) -> Item:
    given = _object(value, where)
    if given.get("action") not in get_args(Action):
        raise PlanError(f"{where}.action: {given.get('action')!r} is none of {get_args(Action)}")
    replacements = _list(given.get("replacements", []), f"{where}.replacements")
    if not _object(given.get("rule"), f"{where}.rule").get("rule_id"):
        raise PlanError(f"{where}.rule.rule_id: the rule that this is about has no id")
    return _read(
        Item,
        given,
        where,
        evidence=_evidence(given.get("evidence", {}), f"{where}.evidence"),
        coverage=_read(Coverage, given.get("coverage", {}), f"{where}.coverage"),
        rule=_rule(given.get("rule"), f"{where}.rule"),
        replacements=tuple(
            _rule(rule, f"{where}.replacements[{number}]")
            for number, rule in enumerate(replacements)
        ),
    )


def _evidence(value: Any, where: str) -> Evidence:
    given = _object(value, where)
    names = ("covered_by", "observed")
    lists = {name: _texts(given.get(name, []), f"{where}.{name}") for name in names}
    return _read(Evidence, given, where, **lists)


def _texts(value: Any, where: str) -> tuple[str, ...]:
    for text in _list(value, where):
        _require_type(text, str, where)
    return tuple(value)


def _rule(given: Any, where: str) -> ExactRule:
    given = _object(given, where)
    if given.get("direction") not in ("ingress", "egress"):
        raise PlanError(f"{where}.direction: {given.get('direction')!r} is no direction")
    peer = _read(Peer, given.get("peer"), f"{where}.peer")
    if [peer.cidr_ipv4, peer.cidr_ipv6, peer.prefix_list_id, peer.group_id].count(None) != 3:
        raise PlanError(f"{where}.peer: name exactly one block, prefix list or group")
    tags = _object(given.get("tags", {}), f"{where}.tags")
    for key, value in tags.items():
        _require_type(value, str, f"{where}.tags.{key}")
    return _read(ExactRule, given, where, peer=peer, tags=dict(tags))


def _read(kind: type[Read], value: Any, where: str, **made: Any) -> Read:
    """A dataclass from a JSON object; `made` are fields that were read before."""
    given = _object(value, where)
    known = {each.name: each for each in fields(kind)}  # type: ignore[arg-type]
    strange = sorted(set(given) - set(known))
    if strange:
        raise PlanError(f"{where}.{strange[0]}: nobody knows this field")
    for name, each in known.items():
        if name in given and name not in made:
            _require_type(given[name], each.type, f"{where}.{name}")
    try:
        return kind(**{**given, **made})
    except TypeError as error:
        raise PlanError(f"{where}: {error}") from error


def _require_type(value: Any, annotation: Any, where: str) -> None:
    """Of texts and numbers; what is made of parts was read before."""
    allowed = get_args(annotation) or (annotation,)
    if set(allowed) <= {str, int, NoneType} and (
        isinstance(value, bool) or not isinstance(value, allowed)
    ):
        names = " or ".join(kind.__name__ for kind in allowed)
        raise PlanError(f"{where}: {value!r} is no {names}")


def _object(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise PlanError(f"{where}: an object is missing here")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise PlanError(f"{where}: a list is missing here")
    return value
