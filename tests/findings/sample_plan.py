"""A plan with one item of every action, about rules of every kind of peer, with hostile text."""

from aws_network.findings import TradeOff
from aws_network.flow_logs.window import Window
from aws_network.usage.statuses import Status
from plan.exact_rule import ExactRule, Peer, new_rule
from plan.model import Action, Coverage, Evidence, Item, Plan, Step, Totals
from tests.findings.hostile_text import DESCRIPTIONS, TAGS

RULE = ExactRule(
    rule_id="sgr-0000000000000000a",
    group_id="sg-0000000000000000a",
    group_name="web\n${x}\u202e",
    group_vpc_id="vpc-1",
    account_id="123456789012",
    region="us-east-1",
    direction="ingress",
    ip_protocol="tcp",
    from_port=443,
    to_port=443,
    peer=Peer("198.51.100.0/24"),
)
PEERS = (
    Peer("198.51.100.0/24"),
    Peer(cidr_ipv6="2001:db8::/32"),
    Peer(prefix_list_id="pl-1"),
    Peer(group_id="sg-00000000000000002", user_id="123456789012"),
    Peer(
        group_id="sg-00000000000000003", user_id="111122223333", vpc_id="vpc-9", peering_id="pcx-1"
    ),
)


def rule(number: int, **changes: object) -> ExactRule:
    """A rule of its own id and text."""
    fields = {
        **vars(RULE),
        "rule_id": f"sgr-{number:017x}",
        "peer": PEERS[number % len(PEERS)],
        "description": DESCRIPTIONS[number % len(DESCRIPTIONS)],
        "tags": dict(TAGS),
        **changes,
    }
    return ExactRule(**fields)  # type: ignore[arg-type]


RULES = (
    rule(0),
    rule(1, direction="egress"),
    rule(2, ip_protocol="-1", from_port=None, to_port=None),
    rule(3, ip_protocol="icmp", from_port=3, to_port=4),
    rule(4, ip_protocol="udp", from_port=1000, to_port=2000),
    rule(5, ip_protocol="50", from_port=None, to_port=None, direction="egress", tags={}),
    rule(6, ip_protocol="icmpv6", from_port=-1, to_port=-1, description=None),
    rule(7, direction="egress"),
    rule(8, direction="egress", description=""),
)
WIDE = rule(9, peer=Peer("10.0.0.0/8"), from_port=0, to_port=65535)


def item(
    of: ExactRule, action: Action = Action.REMOVE, replacements: tuple[ExactRule, ...] = ()
) -> Item:
    """An item about a rule."""
    return Item(
        item_id=f"{action}-{of.rule_id}",
        action=action,
        step=Step.NEVER_USED,
        finding=None,
        status=Status.UNUSED,
        status_reason=f"nothing used it {DESCRIPTIONS[0]}\n; rm -rf /",
        reason_code="no_use",
        reason="nothing\nused it",
        advice="wait",
        evidence=Evidence(observed=("tcp 443\nfrom 10.0.0.0/8",), covered_by=("sgr-1",)),
        coverage=Coverage(30, 30),
        rule=of,
        replacements=replacements,
        owner="team\n`id` \u202e",
    )


REPLACEMENT = new_rule(WIDE, from_port=443, to_port=443, peer=Peer("10.1.0.0/16"))
PLAN = Plan(
    Window("2026-11-01", "2026-11-30"),
    TradeOff.FEWER,
    (
        *(item(made) for made in RULES),
        item(WIDE, Action.NARROW, (REPLACEMENT,)),
        item(rule(10), Action.REVIEW),
    ),
    Totals(100, 90, 5, 3, 2),
)
