"""The demo account's security groups and their rules, one line per rule."""

import hashlib
from typing import Literal

from simulation.network import (
    Cidr,
    ForeignGroup,
    Group,
    GroupMembers,
    ListedPrefixes,
    Peer,
    PrefixList,
    Rule,
)

VPC = "vpc-0a1f2e3d4c5b60718"
ACCOUNT = "123456789012"
REGION = "us-east-1"
WAREHOUSE_ACCOUNT = "111122223333"
WAREHOUSE_PEERING = "pcx-0f1e2d3c4b5a69788"
STAGING_PEERING = "pcx-0a9b8c7d6e5f40312"
IPV4, IPV6 = "10.20.0.0/16", "2001:db8:1200::/56"
ANY, ANY6 = "0.0.0.0/0", "::/0"


def number(kind: str, name: str) -> str:
    """A resource id that is always the same for a name: sg-0..., eni-0..., sgr-0..."""
    return f"{kind}-0{hashlib.sha256(f'{kind} {name}'.encode()).hexdigest()[:16]}"


_OWNERS = {
    "web-alb": ("edge", "Public load balancer of the shop"),
    "web": ("edge", "nginx behind the public load balancer"),
    "app": ("orders", "Order service"),
    "orders-db": ("orders", "PostgreSQL of the order service"),
    "session-cache": ("orders", "Redis for shopping sessions"),
    "bastion": ("platform", "SSH entry for operators"),
    "batch": ("finance", "Nightly settlement jobs"),
    "monitoring": ("platform", "Prometheus, Grafana and syslog"),
    "node-agents": ("platform", "Agents that every host runs"),
    "kubernetes-nodes": ("platform", "Worker nodes; pods live in delegated prefixes"),
    "vpc-endpoints": ("platform", "Interface endpoints of AWS services"),
    "dns-resolver": ("network", "Route 53 resolver endpoints"),
    "directory": ("corporate-it", "Active Directory controllers"),
    "shared-files": ("finance", "EFS mount targets"),
    "media": ("support", "Call centre audio relay"),
    "partner-vpn": ("network", "IPsec appliance to the logistics partner"),
    "invoice-lambda": ("finance", "Functions that render invoices"),
    "card-vault": ("payments", "Card tokenization appliance"),
    "legacy-reporting": ("finance", "Reporting host outside the logged subnets"),
    "migration-2023": ("platform", "Data centre move; kept for reference"),
    "default": ("platform", "default VPC security group"),
}

_GROUP_TAGS = {"partner-vpn": (("do-not-delete", "2031-12-31"),)}


def _tags(name: str, owner: str) -> tuple[tuple[str, str], ...]:
    return ("Name", name), ("Owner", f"{owner}@example.com"), *_GROUP_TAGS.get(name, ())


GROUPS = tuple(
    Group(
        number("sg", name),
        name,
        VPC,
        description,
        () if name == "default" else _tags(name, owner),
    )
    for name, (owner, description) in _OWNERS.items()
)

OFFICES = PrefixList(
    "pl-0a5e1f2b3c4d5e6f7",
    "corporate-offices",
    ACCOUNT,
    "IPv4",
    (("198.51.100.64/28", "Lisbon"), ("198.51.100.96/28", "Gdansk"), ("203.0.113.40/29", "VPN")),
)
OFFICES6 = PrefixList(
    "pl-0b6e2f3c4d5e6f708",
    "corporate-offices-ipv6",
    ACCOUNT,
    "IPv6",
    (("2001:db8:f00d::/48", "Lisbon"), ("2001:db8:beef::/48", "Gdansk")),
)
S3 = PrefixList(
    "pl-63a5400a",
    "com.amazonaws.us-east-1.s3",
    "AWS",
    "IPv4",
    tuple((cidr, None) for cidr in ("192.0.2.0/26", "192.0.2.64/27", "192.0.2.96/28")),
)
DYNAMODB = PrefixList(
    "pl-02cd2c6b",
    "com.amazonaws.us-east-1.dynamodb",
    "AWS",
    "IPv4",
    tuple((cidr, None) for cidr in ("192.0.2.128/27", "192.0.2.160/28")),
)
FORMER_OFFICES = PrefixList("pl-0c7e3f4d5c6e7f809", "former-offices", ACCOUNT, "IPv4", ())
PREFIX_LISTS = (OFFICES, OFFICES6, S3, DYNAMODB, FORMER_OFFICES)

WAREHOUSE = ForeignGroup(
    number("sg", "warehouse"),
    WAREHOUSE_ACCOUNT,
    "vpc-0abc0def012345678",
    WAREHOUSE_PEERING,
    ("10.60.4.11", "10.60.4.12"),
)

STAGING = ForeignGroup(
    number("sg", "staging"),
    "444455556666",
    "vpc-0fed0cba987654321",
    STAGING_PEERING,
    (),
    "deleted",
)
FOREIGN_GROUPS = (WAREHOUSE, STAGING)

_Ports = int | tuple[int, int] | None
_Line = tuple[str, Literal["in", "out"], str, _Ports, str, str]

_PREFIX_LISTS = {
    "offices": OFFICES.prefix_list_id,
    "offices6": OFFICES6.prefix_list_id,
    "s3": S3.prefix_list_id,
    "dynamodb": DYNAMODB.prefix_list_id,
    "former-offices": FORMER_OFFICES.prefix_list_id,
}
_FOREIGN = {"warehouse": WAREHOUSE, "staging": STAGING}

_RULE_TAGS = {
    "Remote desktop": (("do-not-delete", "disaster recovery, platform team"),),
    "Nagios agent, replaced by Prometheus": (("do-not-delete", "2024-06-30"),),
}

_LINES: tuple[_Line, ...] = (
    # the public load balancer
    ("web-alb", "in", "tcp", 443, ANY, "HTTPS from the internet"),
    ("web-alb", "in", "tcp", 443, ANY6, "HTTPS from the internet, IPv6"),
    ("web-alb", "in", "tcp", 443, "198.51.100.0/24", "HTTPS from the first customers"),
    ("web-alb", "in", "tcp", 80, ANY, "HTTP, redirected to HTTPS"),
    ("web-alb", "in", "tcp", 80, ANY6, "HTTP, redirected to HTTPS, IPv6"),
    ("web-alb", "in", "tcp", 8443, ANY, "Blue/green test listener"),
    ("web-alb", "out", "tcp", 8080, "sg:web", "To nginx"),
    # nginx
    ("web", "in", "tcp", 8080, "sg:web-alb", "From the public load balancer"),
    ("web", "in", "tcp", 8081, "sg:web-alb", "Health checks of the old target group"),
    ("web", "out", "tcp", (9000, 9010), "sg:app", "To the order service"),
    ("web", "out", "udp", 53, IPV4, "DNS"),
    # the order service
    ("app", "in", "tcp", (9000, 9010), "sg:web", "Order API from nginx"),
    ("app", "in", "tcp", 9000, "sg:invoice-lambda", "Order API from the invoice functions"),
    ("app", "in", "tcp", 8009, "sg:web", "AJP connector, replaced by HTTP"),
    ("app", "in", "tcp", 9100, "sg:monitoring", "Node exporter, also in node-agents"),
    ("app", "in", "tcp", 5005, "198.51.100.64/28", "Remote debugger, Lisbon"),
    ("app", "out", "tcp", 5432, "sg:orders-db", "PostgreSQL"),
    ("app", "out", "tcp", 6379, "sg:session-cache", "Redis"),
    ("app", "out", "tcp", 443, ANY, "Payment providers and AWS APIs"),
    ("app", "out", "tcp", 443, ANY6, "Payment providers, IPv6"),
    ("app", "out", "tcp", 25, ANY, "Order mails, before they moved to SES"),
    ("app", "out", "udp", 53, IPV4, "DNS"),
    ("app", "out", "udp", 8125, "sg:monitoring", "StatsD"),
    ("app", "out", "tcp", 80, "169.254.169.254/32", "Instance metadata"),
    ("app", "in", "tcp", 9300, "peer:staging", "Search cluster, from staging"),
    # PostgreSQL and Redis: nothing leaves them but the cluster bus
    ("orders-db", "in", "tcp", 5432, "sg:app", "PostgreSQL from the order service"),
    ("orders-db", "in", "tcp", 5432, "sg:batch", "PostgreSQL from settlement"),
    ("orders-db", "in", "tcp", 5432, "10.20.40.0/22", "PostgreSQL from pods"),
    ("orders-db", "in", "tcp", 3306, "sg:app", "MySQL, before the migration to PostgreSQL"),
    ("orders-db", "in", "tcp", 5432, "sg:bastion", "Schema changes by hand"),
    ("session-cache", "in", "tcp", 6379, "sg:app", "Redis"),
    ("session-cache", "in", "tcp", 11211, "sg:app", "Memcached, replaced by Redis"),
    ("session-cache", "in", "tcp", (16379, 16383), "self", "Redis cluster bus"),
    ("session-cache", "out", "tcp", (16379, 16383), "self", "Redis cluster bus"),
    # operators
    ("bastion", "in", "tcp", 22, "pl:offices", "SSH from the offices"),
    ("bastion", "in", "tcp", 22, "198.51.100.64/26", "SSH from Lisbon, before the prefix list"),
    ("bastion", "in", "tcp", 22, "pl:offices6", "SSH from the offices, IPv6"),
    ("bastion", "in", "tcp", 22, "192.0.2.240/28", "SSH from the Porto office, closed in May"),
    ("bastion", "in", "tcp", 2222, "pl:former-offices", "SSH from offices that were closed"),
    ("bastion", "in", "tcp", 22, "203.0.113.200/32", "SSH for the external auditor, monthly"),
    ("bastion", "out", "tcp", 22, IPV4, "SSH to any host"),
    ("bastion", "out", "tcp", 5432, "sg:orders-db", "Schema changes by hand"),
    # settlement
    ("batch", "out", "tcp", 5432, "sg:orders-db", "Reads the day's orders"),
    ("batch", "out", "tcp", 2049, "sg:shared-files", "Settlement files"),
    ("batch", "out", "tcp", 443, "pl:s3", "Archives to S3"),
    ("batch", "out", "tcp", 443, "pl:dynamodb", "Job table"),
    ("batch", "out", "tcp", 5439, "peer:warehouse", "Redshift of the warehouse account"),
    ("batch", "out", "tcp", 22, "203.0.113.120/32", "Month-end files to the bank, by SFTP"),
    ("batch", "in", "tcp", 3389, IPV4, "Remote desktop"),
    # monitoring
    ("monitoring", "in", "udp", 514, IPV4, "Syslog"),
    ("monitoring", "in", "udp", 8125, "sg:app", "StatsD"),
    ("monitoring", "in", "tcp", 3000, "pl:offices", "Grafana, now behind single sign-on"),
    ("monitoring", "in", "tcp", 9094, "self", "Alertmanager gossip"),
    ("monitoring", "out", "tcp", 9094, "self", "Alertmanager gossip"),
    ("monitoring", "out", "tcp", (9100, 9121), IPV4, "Exporters"),
    ("monitoring", "out", "icmp", None, IPV4, "Ping"),
    ("monitoring", "out", "icmpv6", None, IPV6, "Ping, IPv6"),
    # what every host runs
    ("node-agents", "in", "tcp", 9100, "sg:monitoring", "Node exporter"),
    ("node-agents", "in", "icmp", None, "sg:monitoring", "Ping"),
    ("node-agents", "in", "icmpv6", None, "sg:monitoring", "Ping, IPv6"),
    ("node-agents", "in", "tcp", 22, "sg:bastion", "SSH from the bastion"),
    ("node-agents", "in", "tcp", 5666, "sg:monitoring", "Nagios agent, replaced by Prometheus"),
    ("node-agents", "out", "udp", 514, "sg:monitoring", "Syslog"),
    ("node-agents", "out", "udp", 123, "sg:directory", "NTP"),
    ("node-agents", "out", "tcp", 636, "sg:directory", "LDAPS, password resets only"),
    # Kubernetes
    ("kubernetes-nodes", "in", "-1", None, "self", "Between nodes and pods"),
    ("kubernetes-nodes", "in", "tcp", (30000, 32767), "sg:web-alb", "Node ports"),
    ("kubernetes-nodes", "out", "-1", None, ANY, "Everything"),
    ("kubernetes-nodes", "out", "-1", None, ANY6, "Everything, IPv6"),
    # AWS services inside the VPC
    ("vpc-endpoints", "in", "tcp", 443, IPV4, "AWS APIs"),
    ("vpc-endpoints", "in", "tcp", 443, IPV6, "AWS APIs, IPv6"),
    ("dns-resolver", "in", "udp", 53, IPV4, "DNS"),
    ("dns-resolver", "in", "tcp", 53, IPV4, "DNS over TCP, large answers"),
    ("dns-resolver", "out", "udp", 53, "10.60.0.0/16", "DNS of the warehouse account"),
    ("shared-files", "in", "tcp", 2049, "sg:batch", "NFS"),
    ("directory", "in", "udp", 123, IPV4, "NTP"),
    ("directory", "in", "tcp", 636, IPV4, "LDAPS"),
    ("directory", "in", "tcp", 445, "sg:batch", "SMB shares, retired"),
    # special cases
    ("media", "in", "udp", (10000, 20000), ANY, "Call audio, opened by the phone"),
    ("media", "out", "udp", (1024, 32767), ANY, "Call audio, opened by the relay"),
    ("partner-vpn", "in", "50", None, "203.0.113.9/32", "ESP from the logistics partner"),
    ("partner-vpn", "in", "udp", 500, "203.0.113.9/32", "IKE from the logistics partner"),
    ("partner-vpn", "in", "udp", 4500, "203.0.113.9/32", "NAT traversal, not needed"),
    ("invoice-lambda", "out", "tcp", 9000, "sg:app", "Order API"),
    ("invoice-lambda", "out", "tcp", 443, IPV4, "AWS APIs"),
    ("card-vault", "in", "tcp", 8443, "sg:app", "Tokenization API"),
    ("card-vault", "in", "tcp", 8444, "sg:app", "Key ceremony, twice a year"),
    ("app", "out", "tcp", (8443, 8444), "sg:card-vault", "Tokenization"),
    ("legacy-reporting", "in", "tcp", 1433, "sg:batch", "SQL Server reports"),
    ("migration-2023", "in", "tcp", 22, "10.99.0.0/16", "SSH from the old data centre"),
    ("migration-2023", "in", "tcp", 873, "10.99.0.0/16", "rsync from the old data centre"),
    ("default", "in", "-1", None, "self", ""),
    ("default", "out", "-1", None, ANY, ""),
)


def _peer(group: str, text: str) -> Peer:
    kind, _, name = text.partition(":")
    if text == "self":
        return GroupMembers(number("sg", group))
    if kind == "sg":
        return GroupMembers(number("sg", name))
    if kind == "peer":
        return GroupMembers(_FOREIGN[name].group_id, _FOREIGN[name].peering_id)
    if kind == "pl":
        return ListedPrefixes(_PREFIX_LISTS[name])
    return Cidr(text)


def _rule(line: _Line) -> Rule:
    group, way, protocol, ports, peer, description = line
    first, last = (-1, -1) if ports is None else ports if isinstance(ports, tuple) else (ports,) * 2
    return Rule(
        number("sgr", f"{group} {way} {protocol} {ports} {peer}"),
        number("sg", group),
        "ingress" if way == "in" else "egress",
        protocol,
        first,
        last,
        _peer(group, peer),
        description or None,
        _RULE_TAGS.get(description, ()),
    )


RULES = tuple(_rule(line) for line in _LINES)
