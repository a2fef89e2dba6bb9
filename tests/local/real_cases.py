"""Fifteen things that AWS does, each in VPCs of its own, all in one account.

Each function lays out a case. Beside the rules that it puts in doubt stands one that is truly
unused, `sgr-N-control`. Days are numbered from 1.
"""

from collections.abc import Callable
from datetime import date

from tests.local.real_account import DAYS, ICMP, UDP, Account, load_balancer, server
from tests.local.real_cases_of_logs import (
    across_midnight,
    detached_interfaces,
    logged_twice,
    missing_hours,
    never_logged,
    only_rejects,
)
from tests.local.real_exports import peering
from tests.local.real_flow_logs import ACCOUNT

OWNER, OTHER_OWNER = "210987654321", "310987654321"


def shared_vpcs(account: Account) -> None:
    """Our interfaces in VPCs of other accounts, which log them; a group used in another VPC."""
    account.vpc("vpc-6", "10.6.0.0/16", owner=OWNER)
    account.flow_log("fl-6", "vpc-6", account=OWNER)
    server(account, "6", "vpc-6", "10.6.1.5")
    account.rule("sgr-6-known", "sg-6", "tcp", 443)
    account.rule("sgr-6-gone", "sg-6", "tcp", 8443)
    account.rule("sgr-6-control", "sg-6", "tcp", 22)
    account.request("eni-6", "203.0.113.6", 443, account.moment(3, 9, 12))
    account.gone_interface("eni-6-was", "vpc-6", "10.6.1.6")
    account.request("eni-6-was", "203.0.113.6", 8443, account.moment(3, 9, 12))
    account.vpc("vpc-6lost", "10.66.0.0/16", owner=OTHER_OWNER)
    account.flow_log("fl-6lost", "vpc-6lost", account=OTHER_OWNER)
    server(account, "6-lost", "vpc-6lost", "10.66.1.5")
    account.rule("sgr-6-lost", "sg-6-lost", "tcp", 443)
    account.gone_interface("eni-6-lost-was", "vpc-6lost", "10.66.1.6")
    account.lose("eni-6-lost-was", account.moment(3, 9, 12))
    _associated_group(account)


def _associated_group(account: Account) -> None:
    account.vpc("vpc-6home", "10.67.0.0/16", flow_log="fl-6home")
    account.vpc("vpc-6away", "10.68.0.0/16", flow_log="fl-6away")
    server(account, "6-away", "vpc-6home", "10.67.1.5")
    account.rule("sgr-6-away", "sg-6-away", "tcp", 8443)
    server(account, "6-home", "vpc-6home", "10.67.1.6")
    account.rule("sgr-6-home-control", "sg-6-home", "tcp", 8443)
    account.optional["security-group-vpc-associations.json"].append(
        {"GroupId": "sg-6-away", "VpcId": "vpc-6away", "VpcOwnerId": ACCOUNT, "State": "associated"}
    )
    account.gone_interface("eni-6-away-was", "vpc-6away", "10.68.1.6")
    account.request("eni-6-away-was", "203.0.113.6", 8443, account.moment(3, 9, 12))


def members_that_are_gone(account: Account) -> None:
    """Members of referenced groups are gone: one in a secondary block, one in a peered VPC."""
    account.vpc("vpc-7", "10.7.0.0/16", "100.64.0.0/16", flow_log="fl-7")
    account.vpc("vpc-7peer", "10.77.0.0/16", flow_log="fl-7peer")
    ends = ("vpc-7", "10.7.0.0/16"), ("vpc-7peer", "10.77.0.0/16")
    account.optional["vpc-peering-connections.json"].append(peering(*ends, "pcx-7"))
    server(account, "7", "vpc-7", "10.7.1.5")
    server(account, "7-client", "vpc-7", "10.7.2.5")
    server(account, "7-peer", "vpc-7peer", "10.77.1.5")
    account.rule("sgr-7-block", "sg-7", "tcp", 5432, "sg-7-client")
    account.rule("sgr-7-control", "sg-7", "tcp", 5433, "sg-7-client")
    peered = {"VpcId": "vpc-7peer", "VpcPeeringConnectionId": "pcx-7", "PeeringStatus": "active"}
    account.rule("sgr-7-peered", "sg-7", "tcp", 6432, "sg-7-peer", reference=peered)
    account.rule("sgr-7-peered-control", "sg-7", "tcp", 6433, "sg-7-peer", reference=peered)
    account.request("eni-7", "100.64.3.3", 5432, account.moment(3, 9, 12))
    account.request("eni-7", "10.77.9.9", 6432, account.moment(3, 9, 12))


def addresses_used_again(account: Account) -> None:
    """A member's address is another interface's now, or one's in a VPC that is not connected."""
    account.vpc("vpc-8", "10.8.0.0/16", flow_log="fl-8")
    account.vpc("vpc-8same", "10.8.0.0/16", flow_log="fl-8same")
    server(account, "8", "vpc-8", "10.8.1.5")
    server(account, "8-client", "vpc-8", "10.8.2.5")
    server(account, "8-new", "vpc-8", "10.8.2.9", attached=account.moment(6, 10))
    server(account, "8-old", "vpc-8", "10.8.2.10")
    server(account, "8-same", "vpc-8same", "10.8.4.4")
    account.rule("sgr-8-again", "sg-8", "tcp", 5432, "sg-8-client")
    account.rule("sgr-8-overlap", "sg-8", "tcp", 7000, "sg-8-client")
    account.rule("sgr-8-control", "sg-8", "tcp", 5433, "sg-8-client")
    account.rule("sgr-8-block", "sg-8", "tcp", 5433, "10.8.2.0/24")
    account.request("eni-8", "10.8.2.9", 5432, account.moment(2, 9, 12))
    account.request("eni-8", "10.8.4.4", 7000, account.moment(2, 9, 12))
    account.request("eni-8", "10.8.2.10", 5433, account.moment(2, 9, 12))


def pictures_that_changed(account: Account) -> None:
    """An interface had another group, and a prefix list another entry, before the exports."""
    account.vpc("vpc-9", "10.9.0.0/16", flow_log="fl-9")
    server(account, "9", "vpc-9", "10.9.1.5")
    server(account, "9-old", "vpc-9", "10.9.1.6")
    account.rule("sgr-9-group", "sg-9-old", "tcp", 8443)
    account.rule("sgr-9-control", "sg-9-old", "tcp", 9443)
    account.request("eni-9", "198.51.100.7", 8443, account.moment(3, 9, 12))
    account.vpc("vpc-9list", "10.99.0.0/16", flow_log="fl-9list")
    server(account, "9-list", "vpc-9list", "10.99.1.5")
    account.prefix_lists["pl-9"] = ["203.0.113.0/24"]
    account.rule("sgr-9-list", "sg-9-list", "tcp", 8080, "pl-9")
    account.rule("sgr-9-list-control", "sg-9-list", "tcp", 8081, "pl-9")
    account.request("eni-9-list", "198.51.100.9", 8080, account.moment(3, 9, 12))


def preserved_clients(account: Account) -> None:
    """Targets admit the group of their load balancer, which keeps the address of the client."""
    account.vpc("vpc-10", "10.10.0.0/16", flow_log="fl-10")
    load_balancer(account, "10-nlb", "vpc-10", "10.10.1.5")
    server(account, "10", "vpc-10", "10.10.2.5")
    account.rule("sgr-10", "sg-10", "tcp", 9001, "sg-10-nlb")
    account.rule("sgr-10-control", "sg-10", "tcp", 9002, "sg-10-nlb")
    account.request("eni-10", "203.0.113.10", 9001, account.moment(3, 9, 12))
    server(account, "10-wide", "vpc-10", "10.10.2.6")
    account.rule("sgr-10-wide", "sg-10-wide", "tcp", (0, 65535), "sg-10-nlb")
    for day in range(1, DAYS + 1):
        account.request("eni-10-wide", "10.10.1.5", 8080, account.moment(day, 9, 12))
        account.request("eni-10-wide", "203.0.113.10", 9001, account.moment(day, 9, 12))
    group = "sg-10-accelerator"
    account.group(group, "vpc-10")
    kind = {"InterfaceType": "global_accelerator_managed"}
    account.interface("eni-10-accelerator", "vpc-10", "10.10.1.6", group, more=kind)
    account.rule("sgr-10-accelerator", "sg-10", "tcp", 9003, group)
    account.request("eni-10", "203.0.113.10", 9003, account.moment(3, 9, 12))


def low_client_ports(account: Account) -> None:
    """Peers connect to high ports from ports that look like a service's; no SYN was logged."""
    account.vpc("vpc-11", "10.11.0.0/16", flow_log="fl-11")
    server(account, "11", "vpc-11", "10.11.1.5")
    account.rule("sgr-11-out", "sg-11", "tcp", (0, 65535), egress=True)
    account.rule("sgr-11-ftp", "sg-11", "tcp", (50000, 51000), "198.51.100.20/32")
    account.rule("sgr-11-low", "sg-11", "tcp", 54000, "198.51.100.21/32")
    account.rule("sgr-11-control", "sg-11", "tcp", 55000, "198.51.100.22/32")
    at = account.moment(3, 9, 12)
    account.both_ways("eni-11", "198.51.100.20", 50500, 20, at)
    account.both_ways("eni-11", "198.51.100.21", 54000, 995, at, flags="-")
    account.both_ways("eni-11", "198.51.100.22", 55000, 443, at, flags="-")


def fixed_source_ports(account: Account) -> None:
    """We dialled twenty peers from one port, and one whose group no longer admits it."""
    account.vpc("vpc-12", "10.12.0.0/16", flow_log="fl-12")
    server(account, "12", "vpc-12", "10.12.1.5")
    account.rule("sgr-12-in", "sg-12", "tcp", 4001)
    account.rule("sgr-12-out", "sg-12", "tcp", (30000, 30100), egress=True)
    account.rule("sgr-12-control", "sg-12", "tcp", (31000, 31100), egress=True)
    for number in range(20):
        peer, port = f"198.51.100.{100 + number}", 30000 + number
        account.both_ways("eni-12", peer, 4001, port, account.moment(3, 9, 12))
    server(account, "12-near", "vpc-12", "10.12.1.6")
    server(account, "12-end", "vpc-12", "10.12.2.6")
    account.rule("sgr-12-near-in", "sg-12-near", "tcp", 6000, "10.12.0.0/16")
    account.rule("sgr-12-near-out", "sg-12-near", "tcp", 7000, "10.12.0.0/16", egress=True)
    account.rule("sgr-12-near-control", "sg-12-near", "tcp", 7001, "10.12.0.0/16", egress=True)
    account.rule("sgr-12-end-out", "sg-12-end", "tcp", (0, 65535), egress=True)
    account.both_ways("eni-12-near", "10.12.2.6", 6000, 7000, account.moment(3, 9, 12))
    account.both_ways("eni-12-end", "10.12.1.6", 7000, 6000, account.moment(3, 9, 12))


def packets_one_way(account: Account) -> None:
    """An ICMP error that we sent, and a datagram of syslog from port 514."""
    account.vpc("vpc-13", "10.13.0.0/16", flow_log="fl-13")
    server(account, "13", "vpc-13", "10.13.1.5")
    account.rule("sgr-13-icmp", "sg-13", "icmp", -1, egress=True)
    account.rule("sgr-13-syslog", "sg-13", "udp", 5140, "198.51.100.0/24")
    account.rule("sgr-13-udp-out", "sg-13", "udp", 514, egress=True)
    account.rule("sgr-13-control", "sg-13", "udp", 5141, "198.51.100.0/24")
    at = account.moment(3, 9, 12)
    account.packets("eni-13", "egress", "198.51.100.30", 0, 0, at, protocol=ICMP)
    account.packets("eni-13", "ingress", "198.51.100.31", 5140, 514, at, protocol=UDP)


def narrow_doubt(account: Account) -> None:
    """An interface that is gone, records without one, and an interface of the fifth day."""
    account.vpc("vpc-15", "10.15.0.0/16", flow_log="fl-15")
    server(account, "15", "vpc-15", "10.15.1.5")
    account.rule("sgr-15-gone", "sg-15", "tcp", 8443)
    account.rule("sgr-15-control", "sg-15", "tcp", 22)
    account.gone_interface("eni-15-was", "vpc-15", "10.15.1.6")
    account.request("eni-15-was", "203.0.113.15", 8443, account.moment(3, 9, 12))
    account.vpc("vpc-15other", "10.150.0.0/16", flow_log="fl-15other")
    server(account, "15-other", "vpc-15other", "10.150.1.5")
    account.rule("sgr-15-other-control", "sg-15-other", "tcp", 8443)
    account.nameless("vpc-15other", "203.0.113.15", 8443, account.moment(3, 9, 12))
    launched = account.moment(5, 10, 10)
    account.interface("eni-15-late", "vpc-15other", "10.150.1.6", "sg-15-other", attached=launched)
    server(account, "15-late", "vpc-15other", "10.150.1.7", attached=launched)
    account.rule("sgr-15-late", "sg-15-late", "tcp", 8443)


CASES: tuple[Callable[[Account], None], ...] = (
    only_rejects,
    missing_hours,
    across_midnight,
    never_logged,
    detached_interfaces,
    shared_vpcs,
    members_that_are_gone,
    addresses_used_again,
    pictures_that_changed,
    preserved_clients,
    low_client_ports,
    fixed_source_ports,
    packets_one_way,
    logged_twice,
    narrow_doubt,
)


def real_account(first: date) -> Account:
    """The account with all cases."""
    account = Account(first)
    for case in CASES:
        case(account)
    return account
