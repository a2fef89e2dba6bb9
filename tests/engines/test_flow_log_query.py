"""The query job's statements, on Trino and on the engine of `local`, over the same objects."""

import gzip
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from aws_network.flow_logs.day_objects import MOST_RANGES
from simulation.formats import FORMATS, line, values
from simulation.random_network import LAST_DAY, random_network
from tests.engines.athena_on_trino import Comparison
from tests.engines.declared import Declared, declared
from tests.engines.hostile_logs import parquet_log, text_log
from tests.engines.results import Results
from tests.engines.trino_server import VERSION, Trino

pytestmark = pytest.mark.engines

NETWORKS = range(6)
HOSTILE_OBJECTS = 8


@pytest.fixture(scope="module", params=list(FORMATS))
def log_format(request: pytest.FixtureRequest) -> str:
    """A format of flow logs."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def tables(
    log_format: str, trino: Trino, results: Results, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Declared]:
    folder = tmp_path_factory.mktemp(log_format)
    with declared(folder, trino, log_format, NETWORKS) as running:
        yield running
        different = sum(1 for each in running.comparisons if each.differences)
        results.add("Trino", VERSION, "statements", len(running.comparisons), different)


def assert_same(compared: list[Comparison], *, at_least: int = 1) -> None:
    """Both engines answered alike, and there was something to answer."""
    assert len(compared) >= at_least
    different = [each for each in compared if each.differences]
    shown = ["\n".join([each.sql[-300:], *each.differences[:20]]) for each in different]
    assert not different, "\n\n".join(shown)


def test_random_networks(tables: Declared) -> None:
    compared = tables.query(tables.days[0], tables.days[-1])
    assert_same(compared, at_least=len(NETWORKS))
    assert sum(each.rows for each in compared) > 500


def hostile_log(seed: int, log_format: str) -> bytes:
    """A log of a random network, most of it damaged in its words."""
    dice, form = random.Random(seed), FORMATS[log_format]
    simulation = random_network(seed, log_format=form)
    records = [each for each in simulation.logs.records if each.day == LAST_DAY][:300]
    if form.file_format == "text":
        return text_log(dice, form, [line(each, simulation.network, form) for each in records])
    rows: list[list[Any]] = [list(values(each, simulation.network, form)) for each in records]
    return parquet_log(dice, form, rows)


def name_of(number: int, log_format: str) -> str:
    ending = "log.parquet" if FORMATS[log_format].file_format == "parquet" else "log.gz"
    return f"hostile-{number}.{ending}"


def test_hostile_lines(tables: Declared, log_format: str) -> None:
    day = tables.days[0] - timedelta(days=1)
    for number in range(HOSTILE_OBJECTS):
        tables.put_log(day, name_of(number, log_format), hostile_log(number, log_format))
    compared = tables.query(day, day)
    assert_same(compared)
    assert sum(each.rows for each in compared) > 200


def test_damaged_objects_fail_on_both_engines_and_are_left_out_on_both(
    tables: Declared, log_format: str
) -> None:
    day: date = tables.days[0] - timedelta(days=2)
    for number in range(3):
        tables.put_log(day, name_of(number, log_format), hostile_log(number, log_format))
    if FORMATS[log_format].file_format == "text":
        noise = random.Random(1).randbytes(40_000).hex()
        whole = gzip.compress(f"{FORMATS[log_format].fields}\n{noise}\n".encode())
        damaged = whole[: len(whole) // 2]
    else:
        whole = hostile_log(9, log_format)
        damaged = whole[:4] + random.Random(1).randbytes(2000) + whole[2004:]
    tables.put_log(day, name_of(9, log_format), damaged)
    compared = tables.query(day, day)
    assert_same(compared, at_least=2)
    assert [each.state for each in compared] == ["FAILED", "SUCCEEDED"]


@pytest.mark.parametrize("log_format", ["default"], indirect=True)
def test_damaged_objects_between_as_many_others_as_a_query_names_stay_unopened(
    tables: Declared,
) -> None:
    day = tables.days[0] - timedelta(days=3)
    for number in range(MOST_RANGES):
        noise = random.Random(number).randbytes(200).hex()
        whole = gzip.compress(f"{FORMATS['default'].fields}\n{noise}\n".encode())
        tables.put_log(day, name_of(10_000 + number, "default").replace(".", "-a.", 1), whole)
        tables.put_log(day, name_of(10_000 + number, "default").replace(".", "-b.", 1), whole[:-20])
    compared = tables.query(day, day)
    assert_same(compared, at_least=2)
    assert compared[-1].state == "SUCCEEDED"
    assert compared[-1].sql.count("/hostile-") == MOST_RANGES
