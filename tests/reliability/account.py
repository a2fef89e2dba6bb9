"""An account with the stack deployed, whose jobs run in this process and meet faults.

The emulator is the one of `local`; each job has its own arguments from Glue and its own role. Only
Glue itself is left out, for a process and a Spark of its own would take seconds a run.
"""

import importlib
import io
import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.loaders import Loader
from pyarrow import parquet
from pyspark.sql import SparkSession

from aws_network.stores.lake import Lake
from aws_network.stores.lake_tables import FLOW_COVERAGE_DAILY
from local.account.inventory import read_inventory
from local.deploy import deploy_stack
from local.emulator import ec2
from local.emulator.glue.job_runs import ScriptRun
from local.emulator.glue.launcher import Launcher
from local.emulator.glue.process import script_arguments
from local.emulator.iam.callers import DEPLOYER, caller_of_key
from local.emulator.s3 import ObjectStore, split_uri
from local.emulator.server import Emulator, running_emulator
from local.emulator.spark.configuration import (
    VIEWFS,
    bucket_mounts,
    spark_environment,
    write_spark_conf,
)
from simulation.exports import write_inventory
from simulation.network import Network
from tests.reliability.faults import Faults

JOBS = ("collect_security_groups", "query_flow_logs", "compute_rule_usage", "email_usage_report")
LOGS = "flow-logs-of-reliability"
DEPLOYER_STORE = ObjectStore(DEPLOYER)
LOADER = Loader(extra_search_paths=[str(Path(botocore.session.__file__).parent / "data")])
"""Shared, since a session of its own would read the descriptions of the services again."""

State = dict[str, Any]


class _SessionByThread:
    """Takes the place of boto3's default session, so that runs in threads have one each."""

    def __init__(self) -> None:
        self._of = threading.local()
        self._otherwise = _plain_session()

    @contextmanager
    def using(self, session: boto3.Session) -> Iterator[None]:
        """The session of this thread, for a while."""
        self._of.session = session
        try:
            yield
        finally:
            del self._of.session

    def client(self, *args: Any, **kwargs: Any) -> Any:
        return getattr(self._of, "session", self._otherwise).client(*args, **kwargs)

    def resource(self, *args: Any, **kwargs: Any) -> Any:
        return getattr(self._of, "session", self._otherwise).resource(*args, **kwargs)


@dataclass
class Account:
    """The deployed stack, and its jobs."""

    aws: Emulator
    outputs: Mapping[str, str]
    sessions: _SessionByThread = field(default_factory=_SessionByThread)
    has_spark: bool = False

    @property
    def lake(self) -> str:
        return self.outputs["LakeBucketName"]

    @property
    def dynamodb(self) -> Any:
        """A client of the tables, with all rights."""
        return self.aws.client("dynamodb")

    @cached_property
    def jobs(self) -> dict[str, dict[str, Any]]:
        """What Glue says of each job, by the noun of its script."""
        found = self.aws.client("glue").get_jobs()["Jobs"]
        return {job["Name"].removeprefix("sg-analysis-").replace("-", "_"): job for job in found}

    def run(self, noun: str, faults: Faults | None = None, **arguments: str) -> None:
        """Runs a job, as Glue would start it. Raises what the job raises, or KilledError."""
        if noun == "compute_rule_usage":
            self._start_spark()
        job = self.jobs[noun]
        given = {f"--{name}": value for name, value in arguments.items()}
        argv = script_arguments(job["Name"], "run", {**job["DefaultArguments"], **given})
        session = self._session(job["Role"])
        (faults or Faults()).attach(session._session)
        with self.sessions.using(session):
            importlib.import_module(f"jobs.{noun}").main([f"{noun}.py", *argv])

    def night(
        self,
        first: date,
        last: date,
        at: str,
        faults: Mapping[str, Faults] | None = None,
        jobs: Iterable[str] = JOBS,
    ) -> None:
        """The jobs over some days, in the order of the state machine."""
        for noun in jobs:
            self.run(noun, (faults or {}).get(noun), **arguments_of(noun, first, last, at))

    def set_network(self, network: Network) -> None:
        """What EC2 tells from now on."""
        folder = self.aws.folder / "inventory"
        write_inventory(folder, network)
        ec2.set_inventory(self.aws.region, read_inventory(folder))

    def put_logs(self, folder: Path, day: date | None = None) -> None:
        """Delivers the flow logs in a folder, of all days or of one."""
        for path in sorted(folder.glob("AWSLogs/**/*.gz")):
            key = str(path.relative_to(folder))
            if day is None or f"/{day:%Y/%m/%d}/" in key:
                DEPLOYER_STORE.write(LOGS, key, path.read_bytes())

    def items(self, output: str) -> list[dict[str, Any]]:
        """All items of a table, in the order of their keys."""
        pages = self.dynamodb.get_paginator("scan")
        found = [
            item
            for page in pages.paginate(TableName=self.outputs[output])
            for item in page["Items"]
        ]
        return sorted(found, key=lambda item: str(item["sg_rule_id"]))

    def objects(self, bucket: str | None = None) -> dict[str, bytes]:
        """The objects of a bucket, by key; of the lake those that are more than results."""
        bucket = bucket or self.lake
        listed = [item.key for item in DEPLOYER_STORE.list(bucket, "")]
        kept = [key for key in listed if not key.startswith("athena-results/")]
        return {key: DEPLOYER_STORE.read(bucket, key) for key in kept}

    def seen(self) -> State:
        """What readers can see, by name: each item, and each day of each table of the lake."""
        objects = self.objects()
        tables = {"rules": "RulesTableName", "usage": "UsageTableName"}
        items = {
            f"{name} {item['sg_rule_id']['S']}": item
            for name, output in tables.items()
            for item in self.items(output)
        }
        lake = Lake(self.aws.client("s3"), self.lake)
        snapshots = {f"snapshots of {day}": lake.snapshots(day) for day in lake.snapshot_days()}
        return {**items, **snapshots, **dict(_readable(objects)), **dict(_flows(objects))}

    def state(self) -> State:
        """What readers can see, and what lies there beside it."""
        objects = self.objects()
        named = {file for key, said in _manifests(objects) for file in (key, *_files(said))}
        beside = [key for key in objects if key.startswith("flows/") and key not in named]
        inventory = {key: data for key, data in objects.items() if key.startswith("inventory/")}
        return {**self.seen(), **inventory, "flows that no manifest names": len(beside)}

    def records_covered(self) -> int:
        """The records of all days that the coverage accounts for."""
        lake, table = Lake(self.aws.client("s3"), self.lake), FLOW_COVERAGE_DAILY
        rows = (row for day in lake.days_of(table) for row in lake.rows(table, day))
        return sum(row["records"] for row in rows)

    def save(self) -> State:
        """Everything, to `restore` it."""
        tables = {name: self.items(name) for name in ("RulesTableName", "UsageTableName")}
        return {"objects": self.objects(), "logs": self.objects(LOGS), **tables}

    def restore(self, saved: State) -> None:
        """Puts the account back to where it was when it was saved."""
        for bucket, objects in ((self.lake, saved["objects"]), (LOGS, saved["logs"])):
            for key in self.objects(bucket).keys() - objects.keys():
                self.aws.client("s3").delete_object(Bucket=bucket, Key=key)
            for key, content in objects.items():
                DEPLOYER_STORE.write(bucket, key, content)
        for name in ("RulesTableName", "UsageTableName"):
            self._restore_table(self.outputs[name], self.items(name), saved[name])

    def _restore_table(self, table: str, now: Iterable[Any], then: Iterable[Any]) -> None:
        wanted = {item["sg_rule_id"]["S"]: item for item in then}
        gone = [item["sg_rule_id"] for item in now if item["sg_rule_id"]["S"] not in wanted]
        requests = [
            *({"DeleteRequest": {"Key": {"sg_rule_id": key}}} for key in gone),
            *({"PutRequest": {"Item": item}} for item in wanted.values()),
        ]
        for start in range(0, len(requests), 25):
            self.dynamodb.batch_write_item(RequestItems={table: requests[start : start + 25]})

    def _start_spark(self) -> None:
        """Once: Spark that reads the lake, also when this process had a Spark before."""
        if not self.has_spark:
            _connect_spark(self.aws, self.jobs["compute_rule_usage"]["Role"])
        self.has_spark = True

    def _session(self, role: str) -> boto3.Session:
        credentials = self.aws.assume(role, "reliability")
        keys = ("AccessKeyId", "SecretAccessKey", "SessionToken")
        return _plain_session(*(credentials[key] for key in keys))


def _plain_session(
    key: str | None = None, secret: str | None = None, token: str | None = None
) -> boto3.Session:
    session = botocore.session.Session()
    session.register_component("data_loader", LOADER)
    return boto3.Session(key, secret, token, "us-east-1", botocore_session=session)


def arguments_of(noun: str, first: date, last: date, at: str) -> dict[str, str]:
    """What the state machine tells a job."""
    days = {"from_day": str(first), "to_day": str(last)}
    further = {
        "collect_security_groups": {"snapshot_time": at},
        "email_usage_report": {"period_label": str(last)},
    }
    return {**days, **further.get(noun, {})}


def _readable(objects: Mapping[str, bytes]) -> Iterator[tuple[str, Any]]:
    """Usage, coverage and reports."""
    for key, content in objects.items():
        if key.startswith(("usage/", "coverage/")):
            yield key, parquet.read_table(io.BytesIO(content)).to_pylist()
        elif key.startswith("reports/"):
            yield key, content


def _manifests(objects: Mapping[str, bytes]) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, content in objects.items():
        if key.startswith("flows/") and key.endswith("/manifest.json"):
            yield key, json.loads(content)


def _files(manifest: Mapping[str, Any]) -> list[str]:
    return [split_uri(uri)[1] for uri in manifest["files"]]


def _flows(objects: Mapping[str, bytes]) -> Iterator[tuple[str, Any]]:
    """The rows of each day that was queried, whatever their files are called."""
    for key, manifest in _manifests(objects):
        rows = [row for file in _files(manifest) for row in rows_of(objects[file])]
        of_run = ("files", "query_execution_ids")
        said = {name: value for name, value in manifest.items() if name not in of_run}
        yield key, (said, sorted(rows, key=repr))


def rows_of(content: bytes) -> list[tuple[Any, ...]]:
    """The rows of a Parquet object, as tuples."""
    return [tuple(row.values()) for row in parquet.read_table(io.BytesIO(content)).to_pylist()]


def differences(found: State, expected: State) -> list[str]:
    """What differs between two states, by name; nothing when they are the same."""
    return [
        name
        for name in sorted({*found, *expected})
        if name not in found or name not in expected or found[name] != expected[name]
    ]


@contextmanager
def deployed(folder: Path) -> Iterator[Account]:
    """An account with the stack, an empty lake and empty tables."""
    with running_emulator(folder) as aws, pytest.MonkeyPatch.context() as patch:
        aws.client("s3").create_bucket(Bucket=LOGS)
        account = Account(aws, deploy_stack(aws, _CONTEXT))
        for name, value in aws.environment().items():
            if "KEY" not in name:
                patch.setenv(name, value)
        patch.setattr(boto3, "DEFAULT_SESSION", account.sessions)
        # Between two attempts botocore waits up to twenty seconds.
        patch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _seconds: None))
        yield account


_CONTEXT = {
    "regions": "us-east-1",
    "accounts": "123456789012",
    "flow_log_bucket": LOGS,
    "schedule_enabled": "false",
    "sender": "reports@example.com",
    "recipients": "security@example.com",
    "window_days": "90",
}


def _connect_spark(aws: Emulator, role: str) -> None:
    launch = ScriptRun.launch
    assert isinstance(launch, Launcher)
    caller = caller_of_key(aws.assume(role, "spark")["AccessKeyId"])
    s3_address = launch.s3_address(caller, "reliability")
    os.environ.update(spark_environment(write_spark_conf(aws.folder / "spark", s3_address)))
    context = SparkSession.builder.getOrCreate().sparkContext
    context.setLogLevel("ERROR")
    settings = {
        **bucket_mounts(s3_address),
        "spark.hadoop.fs.s3.impl": VIEWFS,
        "spark.hadoop.fs.s3.impl.disable.cache": "true",
    }
    for name, value in settings.items():
        context._jsc.hadoopConfiguration().set(name.removeprefix("spark.hadoop."), value)
