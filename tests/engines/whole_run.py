"""`python -m local run` from files to files, on the engines of `local` or on others."""

import io
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from infra.dashboard import data_set_sql
from local import run
from local.account.input import Files
from local.emulator.athena import query_executions
from local.emulator.glue.launcher import Launcher
from local.emulator.server import Emulator
from local.progress import Progress
from tests.engines import glue_catalog, s3a
from tests.engines.athena_on_trino import Compared, Comparison, TrinoQuery
from tests.engines.dynalite import Dynalite
from tests.engines.trino_server import Trino

Items = dict[str, Mapping[str, Any]]


@dataclass
class Ended:
    """What a run left."""

    files: dict[str, bytes]
    tables: dict[str, Items] = field(default_factory=dict)
    """rules and usage, by the rule's id"""


Hook = Callable[[Emulator, Mapping[str, str]], None]
"""Something to do with the emulator and the outputs of the stack in it."""


def run_files(files: Files, out: Path, deployed: Hook, finished: Hook) -> dict[str, bytes]:
    """Runs to the end; `deployed` is called before the state machine starts, `finished` after."""
    deploy, finish = run.deploy_account, run._finish

    def deploy_first(aws: Emulator, *args: Any, **kwargs: Any) -> dict[str, str]:
        outputs = deploy(aws, *args, **kwargs)
        deployed(aws, outputs)
        return outputs

    def finish_last(aws: Emulator, outputs: dict[str, str], *args: Any) -> None:
        finish(aws, outputs, *args)
        finished(aws, outputs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "deploy_account", deploy_first)
        patch.setattr(run, "_finish", finish_last)
        run.run(files, out, out.parent / "work", Progress(Console(file=io.StringIO())))
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def on_local(files: Files, out: Path) -> Ended:
    """A run on the engines of `local`."""
    ended = Ended({})

    def finished(aws: Emulator, outputs: Mapping[str, str]) -> None:
        ended.tables = _tables(aws.client("dynamodb"), outputs)

    ended.files = run_files(files, out, lambda _aws, _outputs: None, finished)
    return ended


@dataclass
class Engines:
    """The engines that take the place of those of `local`."""

    trino: Trino
    dynalite: Dynalite
    queries: list[str] = field(default_factory=list)
    """what Athena was asked in the run"""
    data_set: list[Comparison] = field(default_factory=list)
    """the dashboard's query, on both engines"""
    spark_logs: str = ""

    def run(self, files: Files, out: Path) -> Ended:
        """A run on these engines."""
        ended = Ended({})
        with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
            glue_catalog.complete(patch)

            def deployed(aws: Emulator, outputs: Mapping[str, str]) -> None:
                stack.enter_context(self.trino.catalog(aws.endpoint, aws.region))
                self._install(patch, aws, outputs)

            def finished(aws: Emulator, outputs: Mapping[str, str]) -> None:
                ended.tables = _tables(self.dynalite.client(), outputs)
                query: Any = partial(Compared, trino=self.trino, comparisons=self.data_set)
                patch.setattr(query_executions, "Query", query)
                _ask(aws, outputs, data_set_sql(outputs["DatabaseName"], 7))
                logs = (aws.folder / "jobs").glob("*compute*/job.log")
                self.spark_logs = "".join(log.read_text(errors="replace") for log in logs)

            ended.files = run_files(files, out, deployed, finished)
        return ended

    def _install(
        self, patch: pytest.MonkeyPatch, aws: Emulator, outputs: Mapping[str, str]
    ) -> None:
        def query(**given: Any) -> TrinoQuery:
            self.queries.append(given["sql"])
            return TrinoQuery(**given, trino=self.trino)

        patch.setattr(query_executions, "Query", query)
        s3a.install(patch, aws.endpoint)
        for name in ("RulesTableName", "UsageTableName"):
            self.dynalite.create_table(declared_table(aws, outputs[name]))
        environment = Launcher._environment

        def with_dynalite(*args: Any) -> dict[str, str]:
            return {**environment(*args), "AWS_ENDPOINT_URL_DYNAMODB": self.dynalite.endpoint}

        patch.setattr(Launcher, "_environment", with_dynalite)


def declared_table(aws: Emulator, name: str) -> dict[str, Any]:
    """A table of the deployed stack, as CreateTable takes it."""
    found = aws.client("dynamodb").describe_table(TableName=name)["Table"]
    indexes = [
        {key: index[key] for key in ("IndexName", "KeySchema", "Projection")}
        for index in found["GlobalSecondaryIndexes"]
    ]
    names = ("TableName", "KeySchema", "AttributeDefinitions")
    given = {key: found[key] for key in names}
    return {**given, "GlobalSecondaryIndexes": indexes, "BillingMode": "PAY_PER_REQUEST"}


def _tables(client: Any, outputs: Mapping[str, str]) -> dict[str, Items]:
    """The items of both tables; sets and lists in them are in no order."""
    found = {}
    for output in ("RulesTableName", "UsageTableName"):
        pages = client.get_paginator("scan").paginate(TableName=outputs[output])
        items = [item for page in pages for item in page["Items"]]
        found[output] = {item["sg_rule_id"]["S"]: item for item in items}
    return found


def _ask(aws: Emulator, outputs: Mapping[str, str], sql: str) -> None:
    """Runs a query in the stack's workgroup."""
    athena = aws.client("athena")
    execution = athena.start_query_execution(
        QueryString=sql,
        QueryExecutionContext={"Database": outputs["DatabaseName"]},
        WorkGroup=outputs["WorkgroupName"],
    )["QueryExecutionId"]
    while True:
        found = athena.get_query_execution(QueryExecutionId=execution)["QueryExecution"]
        if found["Status"]["State"] not in ("QUEUED", "RUNNING"):
            assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
            return
        time.sleep(0.2)
