"""Plans over simulated traffic: what they hold, and what they would refuse of what was accepted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from aws_network.findings import TradeOff
from tests.accuracy.judged import Account, Score, accepted, analysed, counted
from tests.accuracy.replayed import refused

WORLD = "plain"
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
    tally.networks += 1
    tally.requests += len(requests)
    for trade_off in TradeOff:
        found = account.concluded(usages, trade_off)
        tally.findings.update(f"{one.kind} {one.reason_code}" for one in found.findings)
        tally.items.update(f"{one.action} {one.finding or one.status}" for one in found.plan.items)
        for line in refused(account.simulation.network, requests, found.plan):
            tally.refused.append(f"{account.name}, {trade_off}: {line}")


def table(tally: Tally) -> list[str]:
    """The tally in lines."""

    def lines(counts: Mapping[str, Any]) -> str:
        return ", ".join(f"{name}: {count}" for name, count in sorted(counts.items()))

    return [
        f"replay: {tally.networks} networks, {tally.requests} different requests, both trade-offs: "
        f"{len(tally.refused)} refused",
        f"  findings: {lines(tally.findings)}",
        f"  items: {lines(tally.items)}",
    ]
