"""The demo account's network interfaces, by what they are for."""

import ipaddress
from dataclasses import dataclass, field

from local.demo.groups import (
    ACCOUNT,
    FOREIGN_GROUPS,
    GROUPS,
    IPV4,
    IPV6,
    PREFIX_LISTS,
    REGION,
    RULES,
    STAGING,
    STAGING_PEERING,
    VPC,
    WAREHOUSE,
    WAREHOUSE_PEERING,
    number,
)
from simulation.network import Denial, Interface, Network
from simulation.vpcs import Vpc, VpcPeering

AMAZON_ELB, AMAZON_RDS, AMAZON_OTHER = "amazon-elb", "amazon-rds", "amazon-aws"


@dataclass(frozen=True)
class Fleet:
    """So many alike interfaces, spread over the subnets 10.20.N.0/24 given by their N."""

    name: str
    groups: tuple[str, ...]
    subnets: tuple[int, ...]
    count: int
    kind: str = "interface"
    requester: str | None = None
    description: str = ""
    ipv6: bool = False
    public: int | None = None
    secondary: bool = False
    pod_prefixes: bool = False
    in_snapshot: bool = True


_AGENTS = ("node-agents",)

FLEETS = (
    Fleet("web-alb", ("web-alb",), (0, 1), 2, requester=AMAZON_ELB, ipv6=True, public=10,
          description="ELB app/shop/50dc6c495c0c9188"),
    Fleet("nat", (), (0, 1), 2, kind="nat_gateway", requester="nat-gateway", public=20,
          description="Interface for NAT Gateway"),
    Fleet("web", ("web", *_AGENTS), (10, 11), 6),
    Fleet("app", ("app", *_AGENTS), (10, 11), 9, ipv6=True),
    Fleet("card-gateway", ("app", *_AGENTS), (11,), 1, secondary=True),
    Fleet("orders-db", ("orders-db",), (20, 21), 2, requester=AMAZON_RDS,
          description="RDSNetworkInterface"),
    Fleet("session-cache", ("session-cache",), (20, 21), 3, requester="amazon-elasticache",
          description="ElastiCache shop-sessions", secondary=True),
    Fleet("bastion", ("bastion",), (0,), 1, ipv6=True, public=30),
    Fleet("batch", ("batch", *_AGENTS), (12,), 5),
    Fleet("monitoring", ("monitoring",), (13,), 2, ipv6=True),
    Fleet("kubernetes-node", ("kubernetes-nodes", *_AGENTS), (14, 15), 4, pod_prefixes=True),
    Fleet("endpoint", ("vpc-endpoints",), (13,), 4, kind="vpc_endpoint", requester=AMAZON_OTHER,
          description="VPC Endpoint Interface", ipv6=True),
    Fleet("dns-resolver", ("dns-resolver",), (13,), 2, requester=AMAZON_OTHER,
          description="Route 53 Resolver: inbound"),
    Fleet("directory", ("directory",), (13,), 2, requester=AMAZON_OTHER,
          description="AWS created network interface for directory"),
    Fleet("shared-files", ("shared-files",), (12,), 2, kind="efs", requester=AMAZON_OTHER,
          description="EFS mount target"),
    Fleet("media", ("media",), (1,), 2, public=40),
    Fleet("partner-vpn", ("partner-vpn",), (0,), 1, public=50),
    Fleet("invoice-lambda", ("invoice-lambda",), (12, 13), 2, kind="lambda",
          requester=AMAZON_OTHER, description="AWS Lambda VPC ENI-invoices"),
    Fleet("card-vault", ("card-vault",), (21,), 1),
    Fleet("legacy-reporting", ("legacy-reporting",), (90,), 1),
    Fleet("default-leftover", ("default",), (13,), 1),
)  # fmt: skip


@dataclass
class _Addresses:
    """Hands out the next address of each subnet."""

    taken: dict[int, int] = field(default_factory=dict)

    def next(self, subnet: int) -> int:
        self.taken[subnet] = self.taken.get(subnet, 9) + 1
        return self.taken[subnet]


def _interface(fleet: Fleet, index: int, addresses: _Addresses, pods: int) -> Interface:
    subnet = fleet.subnets[index % len(fleet.subnets)]
    host = addresses.next(subnet)
    own = [f"10.20.{subnet}.{host}"]
    if fleet.secondary:
        own.append(f"10.20.{subnet}.{addresses.next(subnet)}")
    name = f"{fleet.name}-{index + 1}"
    instance = None if fleet.requester else number("i", name)
    return Interface(
        interface_id=number("eni", name),
        vpc_id=VPC,
        subnet_id=number("subnet", str(subnet)),
        addresses=tuple(own),
        group_ids=tuple(number("sg", group) for group in fleet.groups),
        ipv6_addresses=_ipv6(subnet, host) if fleet.ipv6 else (),
        prefixes=(f"10.20.40.{16 * pods}/28",) if fleet.pod_prefixes else (),
        public_address=f"203.0.113.{fleet.public + index}" if fleet.public else None,
        instance_id=instance,
        kind=fleet.kind,
        description=fleet.description,
        requester_id=fleet.requester,
        zone="us-east-1b" if subnet % 2 else "us-east-1a",
        in_snapshot=fleet.in_snapshot,
        tags=(("Name", name),) if instance else (),
    )


def _ipv6(subnet: int, host: int) -> tuple[str, ...]:
    return (str(ipaddress.ip_address(f"2001:db8:1200:{subnet:x}::{host:x}")),)


def _fleets() -> dict[str, list[Interface]]:
    addresses = _Addresses()
    return {
        fleet.name: [
            _interface(fleet, index, addresses, pods=index + 1) for index in range(fleet.count)
        ]
        for fleet in FLEETS
    }


HOSTS = _fleets()
"""Fleet name -> its interfaces."""

NETWORK = Network(
    ACCOUNT,
    REGION,
    GROUPS,
    RULES,
    tuple(host for hosts in HOSTS.values() for host in hosts),
    PREFIX_LISTS,
    FOREIGN_GROUPS,
    (
        Denial(number("subnet", "0"), "ingress", "192.0.2.192/28", 6, 0, 65535),
        Denial(number("subnet", "1"), "ingress", "192.0.2.192/28", 6, 0, 65535),
    ),
    (
        Vpc(VPC, (IPV4,), (IPV6,), name="shop"),
        Vpc(WAREHOUSE.vpc_id, ("10.60.0.0/16",), owner_id=WAREHOUSE.account_id),
        Vpc(STAGING.vpc_id, ("10.70.0.0/16",), owner_id=STAGING.account_id),
    ),
    (
        VpcPeering(WAREHOUSE_PEERING, VPC, WAREHOUSE.vpc_id),
        VpcPeering(STAGING_PEERING, VPC, STAGING.vpc_id, STAGING.peering_status),
    ),
)
