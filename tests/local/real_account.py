"""Writes an account by hand: exports as of the AWS CLI, and flow logs as AWS delivers them."""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tests.local.real_exports import EXPORT_KEYS, Item, source_of
from tests.local.real_flow_logs import (
    ACCOUNT,
    FIELDS,
    REGION,
    FlowLog,
    Interface,
    Record,
    key,
    stamps,
)

_RULE_ARN = f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group-rule"
LONG_AGO = "2020-01-05T09:00:00+00:00"
TCP, UDP, ICMP = 6, 17, 1
DAYS, HALF_HOUR = 8, 1800


@dataclass
class Account:
    """An account over some days, from `first` on; write() leaves it in a folder."""

    first: date
    rules: list[Item] = field(default_factory=list)
    groups: list[Item] = field(default_factory=list)
    interfaces: list[Item] = field(default_factory=list)
    vpcs: list[Item] = field(default_factory=list)
    prefix_lists: dict[str, list[str]] = field(default_factory=dict)
    optional: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    """More exports by file name."""
    logged: dict[str, Interface] = field(default_factory=dict)
    flow_logs: list[FlowLog] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    undelivered: set[tuple[str, str]] = field(default_factory=set)
    """(flow log, stamp) of objects that never came."""
    delivered_twice: set[str] = field(default_factory=set)
    """Flow logs whose objects came twice, under two stamps."""

    def moment(self, day: int, hour: int = 0, minute: int = 0) -> datetime:
        """A time on a day; the days are numbered from 1."""
        midnight = datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC)
        return midnight + timedelta(days=day - 1, hours=hour, minutes=minute)

    def vpc(self, vpc_id: str, *cidrs: str, owner: str = ACCOUNT, flow_log: str = "") -> None:
        """A VPC, and its flow log unless that is named otherwise."""
        blocks = [{"CidrBlock": c, "CidrBlockState": {"State": "associated"}} for c in cidrs]
        self.vpcs.append(
            {"VpcId": vpc_id, "OwnerId": owner, "State": "available", "CidrBlock": cidrs[0],
             "CidrBlockAssociationSet": blocks}
        )  # fmt: skip
        if flow_log:
            self.flow_log(flow_log, vpc_id)

    def flow_log(
        self,
        name: str,
        resource_id: str,
        traffic_type: str = "ALL",
        created: datetime | None = None,
        account: str = ACCOUNT,
        hours: int = 24,
    ) -> None:
        """A flow log; those of other accounts are in no export."""
        since = created or datetime.fromisoformat(LONG_AGO)
        self.flow_logs.append(FlowLog(name, resource_id, traffic_type, account, since, hours))
        if account != ACCOUNT:
            return
        self.optional["flow-logs.json"].append(
            {
                "FlowLogId": name,
                "ResourceId": resource_id,
                "TrafficType": traffic_type,
                "CreationTime": since.isoformat(),
                "DeliverLogsStatus": "SUCCESS",
                "FlowLogStatus": "ACTIVE",
                "LogDestinationType": "s3",
                "LogDestination": "arn:aws:s3:::network-logs",
                "LogFormat": " ".join(f"${{{name}}}" for name in FIELDS.split()),
                "MaxAggregationInterval": 600,
            }
        )

    def group(self, group_id: str, vpc_id: str) -> None:
        """A security group."""
        self.groups.append(
            {"GroupId": group_id, "GroupName": group_id, "OwnerId": ACCOUNT, "VpcId": vpc_id}
        )

    def rule(
        self,
        name: str,
        group_id: str,
        protocol: str,
        ports: int | tuple[int, int],
        source: str = "0.0.0.0/0",
        *,
        egress: bool = False,
        reference: Item | None = None,
    ) -> None:
        """A rule; `source` is a block, a prefix list or a group."""
        first, last = (ports, ports) if isinstance(ports, int) else ports
        self.rules.append(
            {
                "SecurityGroupRuleId": name,
                "GroupId": group_id,
                "GroupOwnerId": ACCOUNT,
                "IsEgress": egress,
                "IpProtocol": protocol,
                "FromPort": first,
                "ToPort": last,
                "SecurityGroupRuleArn": f"{_RULE_ARN}/{name}",
                **source_of(source, reference or {}),
            }
        )

    def interface(
        self,
        name: str,
        vpc_id: str,
        address: str,
        *group_ids: str,
        subnet: str = "",
        attached: datetime | None = None,
        is_attached: bool = True,
        is_busy: bool = True,
        more: Item | None = None,
    ) -> None:
        """An interface of an instance, in the exports and in the flow logs."""
        subnet_id = subnet or f"subnet-{vpc_id}"
        item: Item = {
            "NetworkInterfaceId": name,
            "OwnerId": ACCOUNT,
            "AvailabilityZone": f"{REGION}a",
            "VpcId": vpc_id,
            "SubnetId": subnet_id,
            "InterfaceType": "interface",
            "Groups": [{"GroupId": group, "GroupName": group} for group in group_ids],
            "PrivateIpAddress": address,
            "PrivateIpAddresses": [{"PrivateIpAddress": address, "Primary": True}],
            "Status": "in-use" if is_attached else "available",
            **(more or {}),
        }
        since = attached or datetime.fromisoformat(LONG_AGO)
        if is_attached:
            item["Attachment"] = {
                "AttachTime": since.isoformat(),
                "DeviceIndex": 0,
                "InstanceId": name.replace("eni-", "i-"),
                "Status": "attached",
            }
        self.interfaces.append(item)
        self.logged[name] = Interface(name, vpc_id, subnet_id, address, since, is_busy)

    def gone_interface(self, name: str, vpc_id: str, address: str) -> None:
        """An interface that was deleted before the exports: only flow logs know it."""
        since = datetime.fromisoformat(LONG_AGO)
        self.logged[name] = Interface(name, vpc_id, f"subnet-{vpc_id}", address, since, True)

    def packets(
        self,
        name: str,
        direction: str,
        peer: str,
        own_port: int,
        peer_port: int,
        at: datetime,
        flags: str = "0",
        protocol: int = TCP,
        action: str = "ACCEPT",
    ) -> None:
        """A record of packets in one direction, of eight minutes."""
        known = self.logged[name]
        own, other = (known.address, own_port), (peer, peer_port)
        (src, src_port), (dst, dst_port) = (other, own) if direction == "ingress" else (own, other)
        packet = f"{src} {dst} {src_port} {dst_port} {protocol} 3 180"
        end = f"{known.vpc_id} {flags} {direction} {src} {dst}"
        until = at + timedelta(minutes=8)
        self.records.append(Record(known, at, until, action, "OK", packet, end))

    def both_ways(
        self, name: str, peer: str, own_port: int, peer_port: int, at: datetime, flags: str = "0"
    ) -> None:
        """Records of both directions that do not say who began."""
        for direction in ("ingress", "egress"):
            self.packets(name, direction, peer, own_port, peer_port, at, flags)

    def request(self, name: str, peer: str, port: int, at: datetime) -> None:
        """A connection from a peer to a TCP port: its SYN, and the SYN with ACK that answers."""
        self.packets(name, "ingress", peer, port, 50123, at, "2")
        self.packets(name, "egress", peer, port, 50123, at, "18")

    def nameless(self, vpc_id: str, peer: str, port: int, at: datetime) -> None:
        """A record of a VPC that names no interface, such as that of a regional NAT gateway."""
        nobody = Interface("-", vpc_id, f"subnet-{vpc_id}", "10.0.0.1", at, False)
        packet = f"{peer} {nobody.address} 50123 {port} 6 3 180"
        end = f"{vpc_id} 2 ingress {peer} {nobody.address}"
        self.records.append(
            Record(nobody, at, at + timedelta(minutes=8), "ACCEPT", "OK", packet, end)
        )

    def lose(self, name: str, at: datetime) -> None:
        """A record that says that records of ten minutes were lost."""
        until = at + timedelta(minutes=9)
        self.records.append(Record(self.logged[name], at, until, "-", "SKIPDATA"))

    def write(self, folder: Path) -> None:
        """inventory/ and flow-logs/ in a folder."""
        self._write_exports(folder / "inventory")
        for name, lines in self._objects().items():
            path = folder / "flow-logs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            text = "".join(f"{line}\n" for line in (FIELDS, *lines))
            path.write_bytes(gzip.compress(text.encode(), mtime=0))

    def _write_exports(self, folder: Path) -> None:
        (folder / "managed-prefix-list-entries").mkdir(parents=True)
        lists = [{"PrefixListId": name, "PrefixListName": name} for name in self.prefix_lists]
        optional = {
            name.removesuffix(".json"): (noun, self.optional[name])
            for name, noun in EXPORT_KEYS.items()
        }
        exports: dict[str, tuple[str, list[Item]]] = {
            "security-group-rules": ("SecurityGroupRules", self.rules),
            "security-groups": ("SecurityGroups", self.groups),
            "network-interfaces": ("NetworkInterfaces", self.interfaces),
            "managed-prefix-lists": ("PrefixLists", lists),
            "vpcs": ("Vpcs", self.vpcs),
            **optional,
        }
        for name, cidrs in self.prefix_lists.items():
            entries = [{"Cidr": cidr} for cidr in cidrs]
            exports[f"managed-prefix-list-entries/{name}"] = ("Entries", entries)
        for name, (noun, items) in exports.items():
            (folder / f"{name}.json").write_text(json.dumps({noun: items}))

    def _objects(self) -> dict[str, list[str]]:
        objects: dict[str, list[str]] = defaultdict(list)
        for record in (*self._silence(), *self._scans(), *self.records):
            for log in self.flow_logs:
                if log.records(record):
                    for stamp in stamps(record, log, log.name in self.delivered_twice):
                        if (log.name, stamp) not in self.undelivered:
                            objects[key(log, stamp)].append(record.line(log.account))
        return objects

    def _silence(self) -> Iterator[Record]:
        """A record without data in each half hour of each interface."""
        for interface in self.logged.values():
            for number in range(DAYS * 48):
                start = self.moment(1) + timedelta(seconds=number * HALF_HOUR + 60)
                if interface.since <= start:
                    yield Record(interface, start, start + timedelta(minutes=9), "-", "NODATA")

    def _scans(self) -> Iterator[Record]:
        """Each day somebody outside tries port 23, in vain: the interface is not on standby."""
        for interface in self.logged.values():
            for day in range(1, DAYS + 1) if interface.is_busy else ():
                start = self.moment(day, 20, 12)
                if interface.since <= start:
                    packet = f"198.51.100.99 {interface.address} 41000 23 6 1 60"
                    end = f"{interface.vpc_id} 2 ingress 198.51.100.99 {interface.address}"
                    until = start + timedelta(minutes=4)
                    yield Record(interface, start, until, "REJECT", "OK", packet, end)


def server(
    account: Account,
    name: str,
    vpc_id: str,
    address: str,
    *,
    subnet: str = "",
    attached: datetime | None = None,
    more: Item | None = None,
) -> None:
    """An interface `eni-NAME` with a group of its own, `sg-NAME`."""
    account.group(f"sg-{name}", vpc_id)
    account.interface(
        f"eni-{name}", vpc_id, address, f"sg-{name}", subnet=subnet, attached=attached, more=more
    )


def control(account: Account, case: str, vpc_id: str, address: str, subnet: str = "") -> None:
    """A server with a rule that is truly unused: `sgr-CASE-control`."""
    server(account, f"{case}-control", vpc_id, address, subnet=subnet)
    account.rule(f"sgr-{case}-control", f"sg-{case}-control", "tcp", 22)


def load_balancer(account: Account, name: str, vpc_id: str, address: str) -> None:
    """The interface of a Network Load Balancer."""
    kind = {"InterfaceType": "network_load_balancer", "Description": f"ELB net/{name}/0a1b2c3d"}
    server(account, name, vpc_id, address, more=kind)
