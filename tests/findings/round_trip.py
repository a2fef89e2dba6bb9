"""Apply a plan, then its undo: the rules of the account are what they were, in all but ids."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from aws_network.findings import TradeOff
from aws_network.network.inventory import union
from aws_network.usage.statuses import ReasonCode
from local.account.inventory import Inventory
from local.emulator import ec2
from plan.aws_cli import to_aws_cli
from plan.conclusions import conclude
from plan.model import Action, Plan, Totals, dump
from plan.reader import load
from simulation.exports import security_group_rules, security_groups
from simulation.network import Network
from simulation.random_network import random_network
from tests.accuracy.played import snapshot_of
from tests.findings import ec2_rule_changes, hostile_text
from tests.findings.shell import Ran, ask, run_script
from tests.findings.usages import WINDOW, usage_of

REGION = "us-east-1"


def described_network(seed: int) -> Network:
    """A random network whose rules have hostile descriptions and tags."""
    network, rng = random_network(seed).network, random.Random(seed)
    rules = (
        replace(rule, description=hostile_text.description(rng), tags=hostile_text.tags(rng))
        for rule in network.rules
    )
    return replace(network, rules=tuple(rules))


def plan_of(network: Network, seed: int) -> Plan:
    """A plan for a network of which chance says what is used: it is about the way back."""
    rng = random.Random(seed)
    inventory = union([snapshot_of(network)])
    usages = [
        usage_of(rng.choice((ReasonCode.NEVER_USED, ReasonCode.USED)), rule.rule_id)
        for rule in inventory.latest_rules
    ]
    return conclude(inventory, usages, None, Totals(), WINDOW, TradeOff.FEWER).plan


def round_trip(client: Any, network: Network, plan: Plan, folder: Path) -> Iterator[str]:
    """What is wrong after the way there and back; nothing, if all is well."""
    ec2_rule_changes.install()
    exports = security_group_rules(network)["SecurityGroupRules"]
    groups = security_groups(network)["SecurityGroups"]
    ec2.set_inventory(REGION, Inventory(list(exports), groups))
    before, read = _rules(client), load(dump(plan))
    changed = sum(item.action is not Action.REVIEW for item in read.items)
    yield from _played(client, run_script(to_aws_cli(read), "apply", folder))
    gone = len(before) - len(_rules(client))
    if gone != changed - sum(len(item.replacements) for item in read.items):
        yield f"{changed} items took {gone} rules away"
    yield from _played(client, run_script(to_aws_cli(read, undo=True), "apply", folder))
    after = _rules(client)
    yield from (f"was not restored: {rule}" for rule in before if rule not in after)
    yield from (f"was not there before: {rule}" for rule in after if rule not in before)
    if len(after) != len(before):
        yield f"{len(before)} rules before, {len(after)} after"


def _played(client: Any, ran: Ran) -> Iterator[str]:
    if ran.code:
        yield ran.output
    for call in ran.calls:
        ask(client, call)


def _rules(client: Any) -> list[dict[str, Any]]:
    """All rules in all but their ids."""
    pages = client.get_paginator("describe_security_group_rules").paginate()
    return [_comparable(rule) for page in pages for rule in page["SecurityGroupRules"]]


def _comparable(rule: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in rule.items() if not key.startswith("SecurityGroupRule")}
    return kept | {"Tags": sorted(rule["Tags"], key=lambda tag: str(tag["Key"]))}
