"""The stack's tables in the emulator, with Trino over them, and random networks in its bucket."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest

from aws_network.stores.lake import Lake
from jobs import query_flow_logs
from local.account.input import Files, Input, read_input
from local.emulator.athena import query_executions
from local.emulator.server import Emulator, running_emulator
from local.run import BUCKET, _settings
from simulation.formats import FORMATS
from simulation.random_network import LAST_DAY, random_network
from simulation.simulation import Simulation
from tests.accuracy.played import snapshot_of
from tests.engines import catalog, glue_catalog
from tests.engines.athena_on_trino import Compared, Comparison
from tests.engines.trino_server import Trino

FIRST_DAY = date(2026, 8, 1)
"""The day on which the first network is played; each has a day of its own."""


@dataclass
class Declared:
    """Tables as the stack declares them, and what Trino answered beside DuckDB."""

    aws: Emulator
    job_arguments: list[str]
    days: list[date]
    """of the networks"""
    folder: str
    """in which the objects of the first day lie"""
    comparisons: list[Comparison] = field(default_factory=list)

    def query(self, first: date, last: date) -> list[Comparison]:
        """Runs the query job over some days; its statements on both engines."""
        known = len(self.comparisons)
        days = ["--from_day", str(first), "--to_day", str(last)]
        query_flow_logs.main(["query_flow_logs.py", *self.job_arguments, *days])
        return self.comparisons[known:]

    def put_log(self, day: date, name: str, content: bytes) -> None:
        """Delivers an object into a day, where the objects of the networks lie."""
        key = _moved(f"{self.folder}/{name}", self.days[0], day)
        self.aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=content)


@contextmanager
def declared(folder: Path, trino: Trino, log_format: str, seeds: range) -> Iterator[Declared]:
    """The tables with flow logs in a format (a name in FORMATS), one network a day."""
    form = FORMATS[log_format]
    simulations = [random_network(seed, log_format=form) for seed in seeds]
    days = [FIRST_DAY + timedelta(days=number) for number in range(len(simulations))]
    for simulation, day in zip(simulations, days, strict=True):
        _write(folder, simulation, day)
    files = Files(folder / "seed-0" / "inventory", folder / "flow-logs", days[0], days[-1])
    given = read_input(files)
    with pytest.MonkeyPatch.context() as patch, running_emulator(folder / "work") as aws:
        glue_catalog.complete(patch)
        use(patch, aws)
        with trino.catalog(aws.endpoint, aws.region):
            first_key = min(file.key for file in given.flow_logs.files)
            arguments = catalog.declare(aws, _settings(given, schedule_enabled=False))
            found = Declared(aws, arguments, days, first_key.rpartition("/")[0])
            query: Any = partial(Compared, trino=trino, comparisons=found.comparisons)
            patch.setattr(query_executions, "Query", query)
            _fill(aws, given, dict(zip(days, simulations, strict=True)))
            yield found


def use(patch: pytest.MonkeyPatch, aws: Emulator) -> None:
    """Makes boto3's own clients talk to the emulator."""
    for name, value in aws.environment().items():
        patch.setenv(name, value)
    patch.setattr(boto3, "DEFAULT_SESSION", None)


def _fill(aws: Emulator, given: Input, simulations: Mapping[date, Simulation]) -> None:
    """Delivers the flow logs, and a snapshot of the network of each day."""
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for file in given.flow_logs.files:
        s3.upload_file(str(file.path), BUCKET, file.key)
    lake = Lake(s3, catalog.LAKE)
    for day, simulation in simulations.items():
        at = datetime(day.year, day.month, day.day, tzinfo=UTC)
        lake.put_snapshot(day, snapshot_of(simulation.network), at, {})


def _write(folder: Path, simulation: Simulation, day: date) -> None:
    """The exports of a simulation, and all that it logged on its last day as if on another."""
    place = simulation.write(folder / f"seed-{simulation.seed}")
    for path in sorted((place / "flow-logs").rglob("*.log.*")):
        key = str(path.relative_to(place / "flow-logs"))
        if _moved(key, LAST_DAY, day) != key:
            target = folder / "flow-logs" / _moved(key, LAST_DAY, day)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)


def _moved(key: str, from_day: date, to_day: date) -> str:
    """The key of the same object, delivered on another day."""
    for shape in ("%Y/%m/%d", "year=%Y/month=%m/day=%d", "%Y%m%d"):
        key = key.replace(from_day.strftime(shape), to_day.strftime(shape))
    return key
