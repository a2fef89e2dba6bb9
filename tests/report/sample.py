"""A made-up account's usage, as items of the usage table and rows of the lake; any size."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from aws_network.flow_logs.window import Window
from report import coverage, daily_usage, log_coverage
from report.findings import from_document
from report.usage_report import UsageReport, current_rules, window_of

ACCOUNT, REGION, VPC = "123456789012", "us-east-1", "vpc-0d4f1a2b3c4d5e6f7"
LAST_DAY = date(2026, 10, 31)
_TIERS = ("web-alb", "web", "app", "database", "cache", "bastion", "batch", "monitoring", "default")
_PORTS = ("443", "80", "22", "5432", "6379", "3306", "8080 - 8090", "53", "9100", "123", "514")
_SOURCES = ("0.0.0.0/0", "192.0.2.0/24", "198.51.100.0/24", "2001:db8::/32", "pl-0a1b2c3d4e5f60718")
_SOURCE_NAMES = {"sg": "web-alb", "pl": "offices"}
_STATUSES = (
    *("used",) * 11,
    *("rarely_used", "exempt"),
    *("unused",) * 3,
    *("ambiguous", "unattached", "not_observed", "quiet"),
)
_CODES = {
    "used": "used",
    "unused": "never_used",
    "ambiguous": "may_have_been_used",
    "unattached": "no_interface",
    "not_observed": "no_flow_logs",
    "rarely_used": "used_on_few_days",
    "exempt": "exempt_by_tag",
}
_REASONS = {
    "used": "Admitted accepted requests on {days_used} of {days_observed} observed days.",
    "unused": "No accepted request matched on {days_observed} observed days.",
    "ambiguous": "Traffic fits the rule on {days_ambiguous} days, but the log does not show who "
    "opened the conversations.",
    "unattached": "No network interface carried the group in the window.",
    "rarely_used": "Admitted accepted requests on {days_used} of {days_observed} observed days.",
    "exempt": "Exempt by tag do-not-delete=audit of its group; without it unused: nothing seen.",
    "not_observed": "Flow logs covered its interfaces on only {days_observed} of {days} days.",
}

Item = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """The inputs of a report."""

    items: list[Item]
    usage: dict[date, list[Item]]
    coverage: dict[date, list[Item]]
    vpcs: dict[date, list[Item]]
    flow_logs: dict[date, list[Item]]
    window: Window
    label: str = field(default="October 2026")
    findings: dict[str, Any] = field(default_factory=lambda: {"rules": []})
    """As findings.json holds them."""

    def report(self) -> UsageReport:
        rules = current_rules(self.items)
        return UsageReport(
            period_label=self.label,
            window=window_of(rules, self.window),
            rules=rules,
            daily=daily_usage.from_rows(self.usage.items(), {}),
            coverage=coverage.from_rows(self.coverage.items()),
            log_coverage=log_coverage.from_rows(self.vpcs.items(), self.flow_logs.items()),
            analysed_days=tuple(self.usage),
            wanted_days=self.window.length,
            findings=from_document(self.findings, rules),
        )


def make_sample(rules: int = 64, days: int = 31, seed: int = 7) -> Sample:
    """An account with so many rules, analysed on each day of a window of so many days."""
    chance, window = random.Random(seed), Window.ending(LAST_DAY, days)
    usage: dict[date, list[Item]] = {day: [] for day in window.days}
    items = []
    for number in range(rules):
        rule = _rule(number, window)
        history = _history(chance, rule.pop("kind"), days)
        for day, row in zip(window.days, history, strict=True):
            usage[day].append(rule | row)
        items.append(_item(rule, history, window))
    covered = {d: list(_coverage(chance, d)) for d in window.days}
    vpcs, logs = ({d: [row] for d in window.days} for row in (vpc_row(), flow_log_row()))
    return Sample(items, usage, covered, vpcs, logs, window, findings=_findings(items))


def _findings(items: list[Item]) -> Item:
    """A findings.json: what the items' column `findings` names, with some evidence."""
    entries = [
        {
            "rule": {"rule_id": item["sg_rule_id"]},
            "permissiveness": 61,
            "findings": [
                _finding(kind, item) for kind in item.get("findings", "").split(",") if kind
            ],
        }
        for item in items
    ]
    return {"rules": entries}


def _finding(kind: str, item: Item) -> Item:
    is_wide = kind == "too_wide"
    narrower = {
        "rule_id": None,
        "group_id": item["sg_id"],
        "group_name": item["sg_name"],
        "group_vpc_id": VPC,
        "account_id": ACCOUNT,
        "region": REGION,
        "direction": item["flow_direction"],
        "ip_protocol": "tcp",
        "from_port": 443,
        "to_port": 443,
        "peer": {"cidr_ipv4": "198.51.100.0/28"},
        "description": item["description"],
        "tags": {},
    }
    return {
        "kind": kind,
        "reason": "all that was seen of it fits into less" if is_wide else "others admit it all",
        "covered_by": [] if is_wide else ["sgr-0c0ffee0c0ffee000"],
        "observed": ["tcp 443 from 198.51.100.0/28, 4,711 times"] if is_wide else [],
        "replacements": [narrower] if is_wide else [],
        "permissiveness_after": 12 if is_wide else None,
    }


def _rule(number: int, window: Window) -> Item:
    group, tier = number // 7, _TIERS[(number // 7) % len(_TIERS)]
    suffix = "" if group < len(_TIERS) else f"-{group // len(_TIERS) + 1:02d}"
    egress = number % 7 > 4
    source = _SOURCES[number % 5] if number % 4 else f"sg-{0x0B3D7B3B2CA2A000:017x}"
    protocol = ("tcp", "tcp", "tcp", "udp", "icmp", "any", "tcp")[number % 7]
    return {
        "sg_rule_id": f"sgr-{0x0A2C6A2A1B919000 + number * 7919:017x}",
        "sg_id": f"sg-{0x0B3D7B3B2CA2A000 + group * 104729:017x}",
        "sg_name": f"{tier}{suffix}",
        "account_id": ACCOUNT,
        "region": REGION,
        "vpc_id": VPC,
        "vpc_name": "shop",
        "flow_direction": "egress" if egress else "ingress",
        "protocol": protocol,
        "ports": _PORTS[number % len(_PORTS)] if protocol in ("tcp", "udp") else "any",
        "source": source,
        **({"source_name": _SOURCE_NAMES[source[:2]]} if source[:2] in _SOURCE_NAMES else {}),
        "description": ("", "HTTPS from the internet", "health checks of the load balancer")[
            number % 3
        ],
        "owner": "payments@example.com" if number % 2 else "",
        "first_seen": window.first,
        "kind": _STATUSES[(number * 7) % len(_STATUSES)],
    }


def _history(chance: random.Random, kind: str, days: int) -> list[Item]:
    scale, every = 10 ** chance.uniform(0, 5), chance.choice((1, 1, 1, 2, 7, 28))
    rows: list[Item] = []
    for day in range(days):
        used = (kind == "used" and day % every == 0) or (
            kind in ("quiet", "rarely_used") and day == 0
        )
        attached = kind != "unattached"
        observed = attached and not (kind == "not_observed" and day % 3)
        times = max(1, round(scale * chance.lognormvariate(0, 0.4))) if used else 0
        rows.append(
            {
                "used_times": times,
                "sole_times": times * 2 // 3,
                "ambiguous_times": chance.randint(1, 9) if kind == "ambiguous" else 0,
                "interfaces": 2 * attached,
                "interfaces_logged": 2 * observed,
                "interfaces_skipped": 0,
            }
        )
    rows[0]["status"] = "used" if kind == "quiet" else kind
    return rows


def _item(rule: Item, history: list[Item], window: Window) -> Item:
    status = history[0].pop("status")
    used_days = [d for d, row in zip(window.days, history, strict=True) if row["used_times"]]
    facts = {
        "days": len(history),
        "days_used": len(used_days),
        "days_observed": sum(row["interfaces_logged"] > 0 for row in history),
        "days_ambiguous": sum(row["ambiguous_times"] > 0 for row in history),
    }
    last_used = used_days[-1] if used_days else _earlier_use(rule, status, window)
    counts = ("used_times", "sole_times", "ambiguous_times")
    return {
        **rule,
        **{name: sum(row[name] for row in history) for name in counts},
        **{name: value for name, value in facts.items() if name != "days"},
        **({"sg_rule_last_used": last_used.isoformat()} if last_used else {}),
        "status": status,
        "reason_code": _CODES[status],
        "status_reason": _REASONS[status].format(**facts),
        **({"findings": "shadowed,too_wide"} if rule["sg_rule_id"].endswith("1") else {}),
        "judged_status": "unused" if status == "exempt" else status,
        "tags": {"owner": "platform"},
        "window_from": window.first,
        "window_to": window.last,
    }


def _earlier_use(rule: Item, status: str, window: Window) -> date | None:
    is_former = status == "unused" and int(rule["sg_rule_id"][-1], 16) % 3 == 0
    return window.days[0] - timedelta(days=17) if is_former else None


def vpc_row(**changes: Any) -> Item:
    """A day of a VPC: 30 interfaces, of which all records are there."""
    faults = dict.fromkeys(log_coverage.FAULTS, 0)
    place = {"account_id": ACCOUNT, "region": REGION, "vpc_id": VPC, "vpc_name": "shop"}
    return {**place, "interfaces": 30, "complete": 30, **faults, **changes}


def flow_log_row(**changes: Any) -> Item:
    """A day of the flow log of that VPC."""
    log = {"flow_log_id": "fl-0a1b2c3d4e5f60718", "vpc_id": VPC, "traffic_type": "ALL"}
    return {**log, "delivers": True, "to_s3": True, "records": 88_000, **changes}


def _coverage(chance: random.Random, day: date) -> Iterator[Item]:
    weekday = 0.6 if day.weekday() > 4 else 1.0
    for outcome, records, interfaces in (
        ("attributed", 41_000, 58),
        ("reply", 39_500, 58),
        ("rejected", 7_300, 14),
        ("ambiguous", 310, 9),
        ("nodata", 220, 6),
        ("no_admitting_rule", 90, 3),
        ("unknown_interface", 41, 2),
    ):
        size = math.ceil(records * weekday * chance.uniform(0.9, 1.1))
        yield {
            "account_id": ACCOUNT,
            "region": REGION,
            "outcome": outcome,
            "records": size,
            "interfaces": interfaces,
        }
