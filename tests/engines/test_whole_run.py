"""The whole state machine on Trino, another DynamoDB and S3A: what it leaves is the same."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from typing import cast

import pytest

from local.account.input import Files
from local.demo.account import write_demo
from tests.engines import s3a, trino_server
from tests.engines.dynalite import Dynalite
from tests.engines.results import Results
from tests.engines.trino_server import Trino
from tests.engines.whole_run import Ended, Engines, on_local

pytestmark = pytest.mark.engines

DAYS = 2
LAST = datetime.now(UTC).date() - timedelta(days=1)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Two days of the demo account."""
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, LAST, DAYS)
    return Files(folder / "inventory", folder / "flow-logs", LAST - timedelta(days=DAYS - 1), LAST)


@pytest.fixture(scope="module")
def expected(files: Files, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """The run on the engines of `local`."""
    return on_local(files, tmp_path_factory.mktemp("local") / "out")


@pytest.fixture(scope="module")
def engines(trino: Trino, dynamodb: Dynalite) -> Engines:
    return Engines(trino, dynamodb)


@pytest.fixture(scope="module")
def ended(
    expected: Ended,
    engines: Engines,
    files: Files,
    results: Results,
    tmp_path_factory: pytest.TempPathFactory,
) -> Ended:
    """The run on the others."""
    found = engines.run(files, tmp_path_factory.mktemp("engines") / "out")
    asked = len(engines.queries) + len(engines.data_set)
    different = sum(1 for each in engines.data_set if each.differences)
    results.add("Trino", trino_server.VERSION, "statements", asked, different)
    differing = [name for name in expected.files if not is_same(name, found, expected)]
    results.add("all three, one run", "as above", "outputs", len(expected.files), len(differing))
    results.add(s3a.NAME, s3a.VERSION, "run", 1, 0)
    return found


LAKE_BUCKET = re.compile(rb"sganalysis-lakebucket[0-9a-z-]+")


def is_same(name: str, found: Ended, expected: Ended) -> bool:
    """Whether an output is the same; a mail is, when its parts are but for the lake's bucket.

    CloudFormation ends the name of a bucket with random letters, in each stack with others.
    """
    if name != "report.eml":
        return found.files[name] == expected.files[name]
    mails = [message_from_bytes(each.files[name]) for each in (found, expected)]
    parts = [
        [
            LAKE_BUCKET.sub(b"the lake", cast(bytes, part.get_payload(decode=True)))
            for part in mail.walk()
            if not part.is_multipart()
        ]
        for mail in mails
    ]
    return parts[0] == parts[1] and len(parts[0]) > 1


@pytest.mark.parametrize(
    "name", ["rule_usage.csv", "report.html", "report.eml", "findings.json", "plan.json"]
)
def test_an_output_is_the_same(name: str, ended: Ended, expected: Ended) -> None:
    assert ended.files.keys() == expected.files.keys()
    assert is_same(name, ended, expected)


def test_a_rule_has_the_same_item(ended: Ended, expected: Ended) -> None:
    for name, items in expected.tables.items():
        assert len(items) > 50
        assert ended.tables[name] == items


def test_each_day_was_asked_of_trino(ended: Ended, engines: Engines) -> None:
    kinds = Counter(sql.split(" ", 1)[0] for sql in engines.queries)
    assert kinds == {"UNLOAD": DAYS}


def test_spark_read_through_s3a(ended: Ended, engines: Engines) -> None:
    """S3A says at its start that nobody has configured its metrics."""
    assert "hadoop-metrics2-s3a-file-system.properties" in engines.spark_logs
    assert "INFO computed" in engines.spark_logs


def test_the_dashboard_shows_the_same(ended: Ended, engines: Engines) -> None:
    (compared,) = engines.data_set
    assert compared.differences == []
    assert compared.rows > 50
