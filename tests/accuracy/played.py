"""A simulated account as the product meets it: its snapshots, and the rows of each day's query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

import pyarrow

from aws_network.flow_logs.formats import parse_format
from aws_network.network.flow_log import flow_log_from_api
from aws_network.network.groups import group_from_api
from aws_network.network.interfaces import interface_from_api
from aws_network.network.inventory import Inventory, snapshots_around, union
from aws_network.network.prefix_lists import prefix_list_from_api
from aws_network.network.rules import rule_from_api
from aws_network.network.snapshot import Snapshot
from aws_network.network.vpcs import (
    attachment_from_api,
    group_vpc_from_api,
    peering_from_api,
    vpc_from_api,
)
from simulation.deliveries import Delivery
from simulation.exports import Document, inventory
from simulation.flow_logs import FlowLog
from simulation.formats import values
from simulation.network import Network
from simulation.records import midnight
from simulation.simulation import Simulation
from tests.attribution.harness import LoggedLines, query_rows

NIGHT = 2 * 3600
"""Seconds after midnight at which a night runs."""
REVISITED = 3
"""Nights that look at a day again."""
EARLY = 3600
"""Objects of the next day that are stamped before this second of it (T00xxZ) are read too."""

REGIMES = ("nightly", "one snapshot", "no optional exports")
"""How the account was collected."""


@dataclass(frozen=True)
class PlayedDay:
    """A day of an account: what was in force, and what the query leaves."""

    inventory: Inventory
    rows: pyarrow.Table


def played_days(simulation: Simulation, regime: str) -> dict[date, PlayedDay]:
    """The days of a simulation, collected as a regime says; the last night ends it."""
    snapshots = _snapshots(simulation, regime)
    by_taken: dict[tuple[date, ...], Inventory] = {}
    found = {}
    for day in simulation.days:
        around = snapshots_around(day, list(snapshots))
        if around not in by_taken:
            taken = [snapshots[at] for at in around]
            by_taken[around] = union(taken, is_bracketed=len(around) == 2)
        latest = snapshots[max(snapshots)]
        found[day] = PlayedDay(by_taken[around], _rows(simulation, day, latest))
    return found


def latest_snapshot(simulation: Simulation) -> Snapshot:
    """The account as it is at the end."""
    return _snapshot(simulation, _night_after(simulation.days[-1]), optional=True)


def snapshot_of(network: Network) -> Snapshot:
    """A network as the collector sees it: through the AWS CLI's answers."""
    return _of_account(inventory(network), network.region, optional=True)


def _night_after(day: date) -> int:
    return midnight(day + timedelta(days=1)) + NIGHT


def _snapshots(simulation: Simulation, regime: str) -> dict[date, Snapshot]:
    last = simulation.days[-1]
    if regime != "nightly":
        optional = regime == "one snapshot"
        return {last + timedelta(days=1): _snapshot(simulation, _night_after(last), optional)}
    before = simulation.days[0] - timedelta(days=1)
    return {
        day + timedelta(days=1): _snapshot(simulation, _night_after(day), optional=True)
        for day in (before, *simulation.days)
    }


def _snapshot(simulation: Simulation, at: int, optional: bool) -> Snapshot:
    """The exports of all accounts at a second as one snapshot."""
    parts = [
        _of_account(documents, region, optional)
        for (_, region), documents in simulation.exports(at).items()
    ]
    together: dict[str, Any] = {each.name: _joined(parts, each.name) for each in fields(Snapshot)}
    return Snapshot(**together)


def _joined(parts: Sequence[Snapshot], name: str) -> tuple[Any, ...] | None:
    """The items of a part in all accounts, each once; None where nobody looked."""
    found = [items for part in parts if (items := getattr(part, name)) is not None]
    distinct = {repr(item): item for items in found for item in items}
    return tuple(distinct.values()) if found else None


def _of_account(documents: Mapping[str, Document], region: str, optional: bool) -> Snapshot:
    def items(file: str, key: str) -> list[Document]:
        found: list[Document] = documents[file][key]
        return found

    lists = [
        prefix_list_from_api(
            item,
            items(f"managed-prefix-list-entries/{item['PrefixListId']}.json", "Entries"),
            region,
        )
        for item in items("managed-prefix-lists.json", "PrefixLists")
    ]
    required = Snapshot(
        rules=tuple(
            rule_from_api(item, region)
            for item in items("security-group-rules.json", "SecurityGroupRules")
        ),
        groups=tuple(
            group_from_api(item, region) for item in items("security-groups.json", "SecurityGroups")
        ),
        interfaces=tuple(
            interface_from_api(item, region)
            for item in items("network-interfaces.json", "NetworkInterfaces")
        ),
        prefix_lists=tuple(lists),
    )
    return _with_optional(required, documents, region) if optional else required


def _with_optional(snapshot: Snapshot, documents: Mapping[str, Document], region: str) -> Snapshot:
    """What a document does not tell is empty: the simulation leaves out what there is none of."""

    def items(file: str, key: str) -> list[Document]:
        found: list[Document] = documents.get(file, {}).get(key, [])
        return found

    services = items("vpc-endpoint-service-configurations.json", "ServiceConfigurations")
    return replace(
        snapshot,
        flow_logs=tuple(
            flow_log_from_api(item, region) for item in items("flow-logs.json", "FlowLogs")
        ),
        vpcs=tuple(vpc_from_api(item, region) for item in items("vpcs.json", "Vpcs")),
        peerings=tuple(
            peering_from_api(item, region)
            for item in items("vpc-peering-connections.json", "VpcPeeringConnections")
        ),
        attachments=tuple(
            attachment_from_api(item, region)
            for item in items(
                "transit-gateway-vpc-attachments.json", "TransitGatewayVpcAttachments"
            )
        ),
        group_vpcs=tuple(
            group_vpc_from_api(item, region)
            for item in items(
                "security-group-vpc-associations.json", "SecurityGroupVpcAssociations"
            )
        ),
        mirror_targets=tuple(
            item["NetworkInterfaceId"]
            for item in items("traffic-mirror-targets.json", "TrafficMirrorTargets")
            if "NetworkInterfaceId" in item
        ),
        endpoint_services=tuple(
            arn for item in services for arn in item.get("NetworkLoadBalancerArns", [])
        ),
    )


def _rows(simulation: Simulation, day: date, latest: Snapshot) -> pyarrow.Table:
    """What the query leaves of a day, of all flow logs of interfaces."""
    tables = [
        query_rows(lines, latest, day)
        for flow_log in simulation.flow_logs
        if (lines := _lines(simulation, flow_log, day)) is not None
    ]
    return pyarrow.concat_tables(tables)


def _lines(simulation: Simulation, flow_log: FlowLog, day: date) -> LoggedLines | None:
    """The lines of a flow log that the query of a day reads; None where it covers no interface."""
    if not flow_log.resource_id.startswith(("vpc-", "subnet-", "eni-")):
        return None
    form = flow_log.log_format
    lines, paths = [], []
    of_day, early = _deliveries(simulation, flow_log, day)
    for delivery in (*of_day, *early):
        for record in delivery.records:
            line = values(record, simulation.network, form)
            if form.file_format == "text":
                line = ["-" if value is None else str(value) for value in line]
            lines.append(line)
            paths.append(f"s3://logs/{delivery.key}")
    later = sum(len(delivery.records) for delivery in early)
    fields = parse_format(form.log_format)
    return LoggedLines(
        fields, form.file_format, lines, paths, flow_log.account_id, of_next_day=later
    )


def _deliveries(
    simulation: Simulation, flow_log: FlowLog, day: date
) -> tuple[list[Delivery], list[Delivery]]:
    """The objects of a day, and the early ones of the next day; only what is there in time."""
    begin, end = midnight(day), midnight(day + timedelta(days=1))
    seen_until = min(_night_after(simulation.days[-1]), end + NIGHT + REVISITED * 86_400)
    come = [
        delivery
        for delivery in simulation.deliveries
        if delivery.flow_log.flow_log_id == flow_log.flow_log_id
        and delivery.delivered_at <= seen_until
    ]
    return (
        [delivery for delivery in come if begin <= _stamp(delivery) < end],
        [delivery for delivery in come if end <= _stamp(delivery) < end + EARLY],
    )


def _stamp(delivery: Delivery) -> int:
    """The second that an object's name tells: `..._20261105T0005Z_...`."""
    text = delivery.key.name.split("_")[-2]
    day = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    return midnight(day) + int(text[9:11]) * 3600 + int(text[11:13]) * 60
