"""The network as it was on a day: the union of the snapshots around it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from aws_network.network.flow_log import FlowLog
from aws_network.network.groups import SecurityGroup
from aws_network.network.interfaces import NetworkInterface
from aws_network.network.rules import SecurityGroupRule
from aws_network.network.snapshot import OPTIONAL_PARTS, OptionalParts, Snapshot

SLOTS = 48
"""Half hours of a day."""
ALL_SLOTS = (1 << SLOTS) - 1


@dataclass(frozen=True)
class Inventory(OptionalParts):
    """What may have been in force at some time of a day.

    A rule that changed between the snapshots is there in both versions (`rules`), and once, in its
    latest version, in `latest_rules`. An interface that changed has the groups and addresses of
    both. An optional part is None where no snapshot has it.
    """

    rules: tuple[SecurityGroupRule, ...]
    latest_rules: tuple[SecurityGroupRule, ...]
    groups: dict[str, SecurityGroup]
    interfaces: tuple[NetworkInterface, ...]
    prefix_lists: dict[str, tuple[str, ...]]
    """Prefix list id to its CIDR blocks."""
    steady: frozenset[str] = frozenset()
    """Interfaces that a snapshot before the day and one after it have with the same addresses."""
    came: frozenset[str] = frozenset()
    """Interfaces that only the snapshot after the day has."""
    left: frozenset[str] = frozenset()
    """Interfaces that only the snapshot before the day has."""
    held: frozenset[tuple[str, str]] = frozenset()
    """(interface id, address): addresses that the interface surely had all day; see `on_days`."""
    slots: Mapping[str, int] = field(default_factory=dict)
    """Interface id to its half hours, for an interface that was attached during the day."""
    is_bracketed: bool = False
    """Was a snapshot taken before the day, and one after it?"""

    def required_slots(self, interface_id: str) -> int:
        """The half hours of the day in which a flow log has records of an interface that it covers.

        Bit n stands for the n-th half hour of the UTC day. Each aggregation interval, at most ten
        minutes long, has a record, if only one of NODATA.
        Source: "Flow log records", Amazon VPC user guide.
        """
        return self.slots.get(interface_id, ALL_SLOTS)

    def flow_log_vpcs(self) -> dict[str, str]:
        """Flow log id to the VPC of all interfaces that it covers, where that is known."""
        vpcs = {i.subnet_id: i.vpc_id for i in self.interfaces}
        vpcs |= {i.interface_id: i.vpc_id for i in self.interfaces}
        found = {
            log.flow_log_id: log.resource_id
            if log.resource_id.startswith("vpc-")
            else vpcs.get(log.resource_id)
            for log in self.flow_logs or ()
        }
        return {flow_log_id: vpc_id for flow_log_id, vpc_id in found.items() if vpc_id}


def snapshots_around(day: date, snapshot_days: Sequence[date]) -> tuple[date, ...]:
    """The snapshots that bracket a day: the last one taken on or before it, the first one after.

    One of them alone where the other does not exist; none when there is no snapshot at all.
    """
    before = [taken for taken in snapshot_days if taken <= day]
    after = [taken for taken in snapshot_days if taken > day]
    return (*([max(before)] if before else []), *([min(after)] if after else []))


def union(snapshots: Sequence[Snapshot], *, is_bracketed: bool = False) -> Inventory:
    """The inventory that the snapshots, oldest first, say together.

    `is_bracketed`: the first was taken before what is looked at, and the last one after it.
    """
    versions = {_terms(rule): rule for snapshot in snapshots for rule in snapshot.rules}
    latest = {rule.rule_id: rule for snapshot in snapshots for rule in snapshot.rules}
    optional: dict[str, Any] = {part: _part(snapshots, part) for part in OPTIONAL_PARTS}
    return Inventory(
        rules=tuple(versions.values()),
        latest_rules=tuple(latest.values()),
        groups={group.group_id: group for snapshot in snapshots for group in snapshot.groups},
        interfaces=_interfaces(snapshots),
        prefix_lists=_prefix_lists(snapshots),
        is_bracketed=is_bracketed,
        **optional,
        **(_compared(snapshots[0], snapshots[-1]) if is_bracketed else {}),
    )


def _part(snapshots: Sequence[Snapshot], part: str) -> tuple[Any, ...] | None:
    """The items of an optional part, of two alike the later; None where no snapshot has it."""
    found = [items for s in snapshots if (items := getattr(s, part)) is not None]
    return tuple({_key(i): i for items in found for i in items}.values()) if found else None


def _key(item: object) -> object:
    """A flow log may change and keeps its id; any other item that differs is another one."""
    return item.flow_log_id if isinstance(item, FlowLog) else item


def _terms(rule: SecurityGroupRule) -> tuple[object, ...]:
    """What a rule admits: two versions with the same terms are one."""
    return rule.rule_id, rule.direction, rule.protocol, rule.from_port, rule.to_port, rule.source


def _interfaces(snapshots: Sequence[Snapshot]) -> tuple[NetworkInterface, ...]:
    merged: dict[str, NetworkInterface] = {}
    for snapshot in snapshots:
        for interface in snapshot.interfaces:
            earlier = merged.get(interface.interface_id, interface)
            merged[interface.interface_id] = _merge(earlier, interface)
    return tuple(merged.values())


def _merge(earlier: NetworkInterface, later: NetworkInterface) -> NetworkInterface:
    return replace(
        later,
        group_ids=tuple(dict.fromkeys([*later.group_ids, *earlier.group_ids])),
        addresses=tuple(dict.fromkeys([*later.addresses, *earlier.addresses])),
        prefixes=tuple(dict.fromkeys([*later.prefixes, *earlier.prefixes])),
        in_use=later.in_use or earlier.in_use,
        attached_at=min(filter(None, (earlier.attached_at, later.attached_at)), default=None),
    )


def _compared(before: Snapshot, after: Snapshot) -> dict[str, Any]:
    """Which interfaces stayed as they were, which came and which left."""
    one, other = (
        {i.interface_id: (i.addresses, i.prefixes, i.in_use) for i in snapshot.interfaces}
        for snapshot in (before, after)
    )
    return {
        "steady": frozenset(name for name, state in one.items() if other.get(name) == state),
        "came": frozenset(other.keys() - one.keys()),
        "left": frozenset(one.keys() - other.keys()),
    }


def _prefix_lists(snapshots: Sequence[Snapshot]) -> dict[str, tuple[str, ...]]:
    merged: dict[str, dict[str, None]] = {}
    for snapshot in snapshots:
        for prefix_list in snapshot.prefix_lists:
            merged.setdefault(prefix_list.prefix_list_id, {}).update(
                dict.fromkeys(prefix_list.cidrs)
            )
    return {prefix_list_id: tuple(cidrs) for prefix_list_id, cidrs in merged.items()}


def on_days(inventories: Mapping[date, Inventory]) -> dict[date, Inventory]:
    """Each day's inventory with what AttachTime tells of that day.

    Days that differ in nothing share an object, as they did before.
    """
    made: dict[tuple[int, frozenset[str], frozenset[str]], Inventory] = {}
    found = {}
    for day, inventory in inventories.items():
        begin, end = _bounds(day)
        later = frozenset(_attached_after(inventory.interfaces, end))
        since_begin = frozenset(_attached_after(inventory.interfaces, begin))
        key = (id(inventory), later, since_begin)
        if key not in made:
            made[key] = _on_day(inventory, later, since_begin, begin)
        found[day] = made[key]
    return found


def _bounds(day: date) -> tuple[str, str]:
    """Its first moment and that of the next day, as ISO 8601 in UTC."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return begin.isoformat(), (begin + timedelta(days=1)).isoformat()


def _attached_after(interfaces: Iterable[NetworkInterface], moment: str) -> Iterable[str]:
    return (i.interface_id for i in interfaces if i.attached_at and i.attached_at >= moment)


def _on_day(
    inventory: Inventory, later: frozenset[str], since_begin: frozenset[str], begin: str
) -> Inventory:
    """`later` were attached after the day, `since_begin` after its first moment."""
    interfaces = tuple(
        replace(i, in_use=False)
        if i.interface_id in later and _was_nowhere(i, inventory.flow_logs, begin)
        else i
        for i in inventory.interfaces
    )
    held = frozenset(
        (i.interface_id, address)
        for i in interfaces
        if i.interface_id not in since_begin
        for address in _held(i, inventory.steady)
    )
    slots = {
        i.interface_id: _slots_since(i.attached_at)
        for i in interfaces
        if i.interface_id in since_begin - later and i.attached_at
    }
    return replace(inventory, interfaces=interfaces, held=held, slots=slots)


def _slots_since(moment: str) -> int:
    """The whole half hours of a day after a moment of it."""
    time = datetime.fromisoformat(moment)
    first = time.hour * 2 + time.minute // 30 + 1
    return ALL_SLOTS >> first << first


def _was_nowhere(
    interface: NetworkInterface, flow_logs: Sequence[FlowLog] | None, begin: str
) -> bool:
    """Was an interface, attached after a day, surely attached to nothing on that day?

    The first interface of an instance comes into being at launch. Another one may have been
    elsewhere before; but then a flow log that covered it, and delivers, has records of it, and it
    counts as in use for those.
    """
    return interface.is_primary or any(
        log.records_accepted
        and log.delivers
        and log.created_at <= begin
        and log.covers(interface.interface_id, interface.subnet_id, interface.vpc_id)
        for log in flow_logs or ()
    )


def _held(interface: NetworkInterface, steady: frozenset[str]) -> Sequence[str]:
    """The addresses that an interface surely had on a day, if it was attached before that day.

    The primary address of an interface never changes.
    Source: "Elastic network interfaces", Amazon EC2 user guide.
    """
    if interface.interface_id in steady:
        return (*interface.addresses, *interface.prefixes)
    return interface.addresses[:1] if interface.attached_at else ()
