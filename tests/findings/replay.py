"""Plans over simulated traffic: what they hold, and what they would refuse of what was accepted."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from aws_network.findings import TradeOff
from aws_network.findings.what_if import Change
from plan.changes import change_of_plan
from tests.accuracy.judged import Account, Score, accepted, analysed, counted
from tests.accuracy.replayed import refused
from tests.findings.asked import Asked, asked_of, wrong_answers

WORLD = "plain"
CHANGES = 4
"""Random removals of rules for each network."""
FORMATS = ("custom", "default", "parquet", "default-parquet")


@dataclass
class Tally:
    """What a replay came to."""

    networks: int = 0
    requests: int = 0
    items: Counter[str] = field(default_factory=Counter)
    """`action kind` to how many items there were in the plans"""
    findings: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    changes: int = 0
    """random removals of rules"""
    answers: Counter[str] = field(default_factory=Counter)
    """what-if's outcomes for them"""
    wrong_answers: list[str] = field(default_factory=list)
    """what what-if said, or did not say, against the simulation"""


def replay(spark: SparkSession, seeds: Sequence[int], folder: Path) -> Tally:
    """Plays the networks of the seeds, each in one format, with both trade-offs."""
    tally = Tally()
    for number, log_format in enumerate(FORMATS):
        of_format = [seed for seed in seeds if seed % len(FORMATS) == number]
        if of_format:
            score = Score(WORLD, log_format)
            accounts = list(analysed(spark, WORLD, log_format, of_format, folder, score))
            for account, counts in counted(spark, accounts):
                _add(tally, account, counts)
    return tally


def _add(tally: Tally, account: Account, counts: Mapping[str, Any]) -> None:
    requests, usages = dict(accepted(account.simulation)), account.usages(counts)
    asked = asked_of(account, usages)
    tally.networks += 1
    tally.requests += len(requests)
    for trade_off in TradeOff:
        found = account.concluded(usages, trade_off)
        tally.findings.update(f"{one.kind} {one.reason_code}" for one in found.findings)
        tally.items.update(f"{one.action} {one.finding or one.status}" for one in found.plan.items)
        for line in refused(account.simulation.history, requests, found.plan):
            tally.refused.append(f"{account.name}, {trade_off}: {line}")
        for refusal in asked.refusals(change_of_plan(found.plan)):
            tally.wrong_answers.append(f"{account.name}, the plan, {trade_off}: {refusal}")
    _ask(tally, account, asked)


def _ask(tally: Tally, account: Account, asked: Asked) -> None:
    for number in range(CHANGES):
        chance = random.Random(f"{account.name} {number}")
        removed = frozenset(name for name in asked.rules if chance.random() < 0.3)
        tally.changes += 1
        refusals = asked.refusals(Change(removed))
        tally.answers.update(str(refusal.outcome) for refusal in refusals)
        wrong = wrong_answers(account, removed, refusals)
        tally.wrong_answers += [f"{account.name}, change {number}: {line}" for line in wrong]


def table(tally: Tally) -> list[str]:
    """The tally in lines."""

    def lines(counts: Mapping[str, Any]) -> str:
        return ", ".join(f"{name}: {count}" for name, count in sorted(counts.items()))

    return [
        f"replay: {tally.networks} networks, {tally.requests} different requests, both trade-offs: "
        f"{len(tally.refused)} refused",
        f"  findings: {lines(tally.findings)}",
        f"  items: {lines(tally.items)}",
        f"what-if: {tally.changes} random changes, {lines(tally.answers)}: "
        f"{len(tally.wrong_answers)} wrong",
    ]
