"""Cases of what was not logged, or was logged twice; see real_cases.py."""

from tests.local.real_account import DAYS, Account, control, load_balancer, server
from tests.local.real_flow_logs import ACCOUNT, REGION


def only_rejects(account: Account) -> None:
    """The VPC's flow log records rejected traffic. One subnet has a whole flow log beside it."""
    account.vpc("vpc-1", "10.1.0.0/16")
    account.flow_log("fl-1", "vpc-1", "REJECT")
    account.flow_log("fl-1b", "subnet-1b")
    server(account, "1", "vpc-1", "10.1.1.5")
    account.rule("sgr-1", "sg-1", "tcp", 443)
    account.request("eni-1", "203.0.113.1", 443, account.moment(3, 9, 12))
    control(account, "1", "vpc-1", "10.1.2.5", subnet="subnet-1b")


def missing_hours(account: Account) -> None:
    """Objects of six hours never came; a flow log was created at 18:00."""
    account.vpc("vpc-2", "10.2.0.0/16")
    account.flow_log("fl-2", "subnet-2", hours=6)
    account.flow_log("fl-2late", "subnet-2late", created=account.moment(1, 18))
    account.flow_log("fl-2control", "subnet-2control")
    account.undelivered.add(("fl-2", f"{account.moment(3):%Y%m%d}T1155"))
    server(account, "2", "vpc-2", "10.2.1.5", subnet="subnet-2")
    account.rule("sgr-2", "sg-2", "tcp", 443)
    account.request("eni-2", "203.0.113.2", 443, account.moment(3, 9, 12))
    server(account, "2-late", "vpc-2", "10.2.2.5", subnet="subnet-2late")
    account.rule("sgr-2-late", "sg-2-late", "tcp", 443)
    account.request("eni-2-late", "203.0.113.2", 443, account.moment(1, 9, 12))
    control(account, "2", "vpc-2", "10.2.3.5", subnet="subnet-2control")


def across_midnight(account: Account) -> None:
    """Intervals that cross midnight: AWS delivers them with the next day."""
    account.vpc("vpc-3", "10.3.0.0/16", flow_log="fl-3")
    server(account, "3", "vpc-3", "10.3.1.5")
    account.rule("sgr-3-inner", "sg-3", "tcp", 443)
    account.rule("sgr-3-last", "sg-3", "tcp", 8443)
    account.rule("sgr-3-control", "sg-3", "tcp", 22)
    account.request("eni-3", "203.0.113.3", 443, account.moment(4, 23, 55))
    account.request("eni-3", "203.0.113.3", 8443, account.moment(DAYS, 23, 55))
    server(account, "3-lost", "vpc-3", "10.3.1.6")
    account.rule("sgr-3-lost", "sg-3-lost", "tcp", 443)
    account.lose("eni-3-lost", account.moment(DAYS, 23, 55))


def never_logged(account: Account) -> None:
    """A mirror target, and a Network Load Balancer behind an endpoint service (PrivateLink)."""
    account.vpc("vpc-4", "10.4.0.0/16", flow_log="fl-4")
    server(account, "4", "vpc-4", "10.4.1.5")
    account.rule("sgr-4-mirror", "sg-4", "udp", 4789)
    account.rule("sgr-4-control", "sg-4", "tcp", 22)
    account.optional["traffic-mirror-targets.json"].append(
        {"TrafficMirrorTargetId": "tmt-4", "Type": "network-interface", "OwnerId": ACCOUNT,
         "NetworkInterfaceId": "eni-4"}
    )  # fmt: skip
    load_balancer(account, "4-service", "vpc-4", "10.4.1.6")
    account.rule("sgr-4-privatelink", "sg-4-service", "tcp", 443)
    load_balancer(account, "4-plain", "vpc-4", "10.4.1.7")
    account.rule("sgr-4-plain-control", "sg-4-plain", "tcp", 443)
    account.rule("sgr-4-vxlan-control", "sg-4-plain", "udp", 4789)
    arn = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/net/4-service/0a1b2c3d"
    account.optional["vpc-endpoint-service-configurations.json"].append(
        {"ServiceId": "vpce-svc-4", "ServiceState": "Available", "NetworkLoadBalancerArns": [arn]}
    )


def detached_interfaces(account: Account) -> None:
    """Interfaces that the exports show detached, or no more, have lost records."""
    account.vpc("vpc-5", "10.5.0.0/16", flow_log="fl-5")
    account.group("sg-5", "vpc-5")
    account.interface("eni-5", "vpc-5", "10.5.1.5", "sg-5", is_attached=False)
    account.rule("sgr-5", "sg-5", "tcp", 443)
    account.lose("eni-5", account.moment(3, 9, 12))
    control(account, "5", "vpc-5", "10.5.1.6")
    account.vpc("vpc-5gone", "10.55.0.0/16", flow_log="fl-5gone")
    account.group("sg-5-bare", "vpc-5gone")
    account.rule("sgr-5-bare", "sg-5-bare", "tcp", 443)
    server(account, "5-gone", "vpc-5gone", "10.55.1.5")
    account.rule("sgr-5-gone", "sg-5-gone", "tcp", 443)
    account.gone_interface("eni-5-was", "vpc-5gone", "10.55.1.6")
    account.lose("eni-5-was", account.moment(3, 9, 12))


def logged_twice(account: Account) -> None:
    """Two flow logs over one interface, and a flow log whose objects came twice."""
    account.vpc("vpc-14", "10.14.0.0/16", flow_log="fl-14")
    account.flow_log("fl-14sub", "subnet-14", hours=12)
    server(account, "14", "vpc-14", "10.14.1.5", subnet="subnet-14")
    account.rule("sgr-14", "sg-14", "tcp", 443)
    account.rule("sgr-14-control", "sg-14", "tcp", 22)
    account.vpc("vpc-14twice", "10.140.0.0/16", flow_log="fl-14twice")
    account.delivered_twice.add("fl-14twice")
    server(account, "14-twice", "vpc-14twice", "10.140.1.5")
    account.rule("sgr-14-twice", "sg-14-twice", "tcp", 443)
    account.rule("sgr-14-twice-control", "sg-14-twice", "tcp", 22)
    for day in (2, 3, 4):
        account.request("eni-14", "203.0.113.14", 443, account.moment(day, 9, 12))
        account.request("eni-14-twice", "203.0.113.14", 443, account.moment(day, 9, 12))
