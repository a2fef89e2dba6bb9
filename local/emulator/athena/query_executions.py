"""Patch of moto: Athena runs its queries.

moto answers every query with success and no rows. Here DuckDB runs a query over the objects in S3,
with the permissions of the caller who started it.
"""

import json
import threading
import time
import uuid
from pathlib import Path
from typing import Any

from moto.athena.models import AthenaBackend, QueryResults, WorkGroup
from moto.athena.responses import AthenaResponse
from moto.glue.exceptions import DatabaseNotFoundException, TableNotFoundException
from moto.glue.models import glue_backends

from local.emulator.athena.errors import SqlError
from local.emulator.athena.query import Outcome, Query
from local.emulator.athena.tables import Table, from_glue
from local.emulator.iam.callers import ACCOUNT, Caller, caller_of_request
from local.emulator.moto_patch import replace
from local.emulator.s3 import ObjectStore


class QueryExecution:
    """A query execution as moto's own functions expect it, run in a thread."""

    def __init__(self, query: Query, workgroup: WorkGroup, context: Any, parameters: Any) -> None:
        self.id = query.execution_id
        self.query = query.sql
        self.context = context
        self.workgroup = workgroup
        self.execution_parameters = parameters
        self.config = {"OutputLocation": f"{query.output}{query.execution_id}.csv"}
        self.start_time = self.end_time = time.time()
        self.outcome = Outcome("RUNNING")
        self._query = query
        threading.Thread(target=self._run, daemon=True, name=f"athena-{self.id}").start()

    @property
    def status(self) -> str:
        return self.outcome.state

    @status.setter
    def status(self, value: str) -> None:
        """moto's StopQueryExecution sets CANCELLED."""
        if self.outcome.state == "RUNNING" and value == "CANCELLED":
            self._query.cancel()

    def advance(self) -> None:
        """Nothing: time passes by itself."""

    def _run(self) -> None:
        try:
            outcome = self._query.run()
        except Exception as error:  # a thread must not die with its query still running
            outcome = Outcome("FAILED", f"GENERIC_INTERNAL_ERROR: {type(error).__name__}: {error}")
        self.end_time = time.time()
        self.outcome = outcome


def find_table(caller: Caller, region: str, database: str, name: str) -> Table:
    """A table of the Glue Data Catalog. Raises SqlError, DeniedError."""
    arn = f"arn:aws:glue:{region}:{ACCOUNT}:"
    for part in ("catalog", f"database/{database}", f"table/{database}/{name}"):
        caller.require("glue:GetTable", arn + part)
    try:
        table = glue_backends[ACCOUNT][region].get_table(database, name)
    except (DatabaseNotFoundException, TableNotFoundException) as error:
        missing = (
            f"TABLE_NOT_FOUND: line 1:1: Table 'awsdatacatalog.{database}.{name}' does not exist"
        )
        raise SqlError(missing) from error
    return from_glue(table.as_dict())


def _start_query_execution(self: AthenaResponse, cache: Path) -> Any:
    name = self._get_param("WorkGroup") or "primary"
    workgroup = self.athena_backend.work_groups.get(name)
    if workgroup is None:
        return self.error(f"WorkGroup {name} is not found.", 400)
    output = _output_location(workgroup, self._get_param("ResultConfiguration") or {})
    if not output:
        return self.error("No output location provided.", 400)
    caller, region = caller_of_request(self.headers), self.region
    context = self._get_param("QueryExecutionContext") or {}
    cutoff = workgroup.configuration.get("BytesScannedCutoffPerQuery")
    query = Query(
        execution_id=str(uuid.uuid4()),
        sql=self._get_param("QueryString"),
        parameters=self._get_param("ExecutionParameters") or [],
        database=context.get("Database", "default"),
        store=ObjectStore(caller),
        find_table=lambda database, table: find_table(caller, region, database, table),
        cache=cache,
        output=output,
        cutoff=int(cutoff) if cutoff else None,
    )
    execution = QueryExecution(query, workgroup, context, self._get_param("ExecutionParameters"))
    _executions(self.athena_backend)[execution.id] = execution
    return json.dumps({"QueryExecutionId": execution.id})


def _executions(backend: AthenaBackend) -> dict[str, QueryExecution]:
    """Where moto keeps its own executions."""
    executions: dict[str, Any] = backend.executions
    return executions


def _output_location(workgroup: WorkGroup, asked: dict[str, str]) -> str | None:
    """Where results go, with a slash at the end: where the workgroup says, if it insists."""
    settings = workgroup.configuration
    wanted = asked.get("OutputLocation")
    fixed = settings.get("ResultConfiguration", {}).get("OutputLocation")
    is_enforced = settings.get("EnforceWorkGroupConfiguration", True)
    output = fixed if is_enforced and fixed else wanted or fixed
    return f"{output.rstrip('/')}/" if output else None


_moto_get = AthenaResponse.get_query_execution


def _get_query_execution(self: AthenaResponse) -> Any:
    """moto's answer with the reason and the statistics it leaves out."""
    execution_id = self._get_param("QueryExecutionId")
    execution = _executions(self.athena_backend).get(execution_id)
    if execution is None:
        return self.error(f"QueryExecution {execution_id} was not found", 400)
    answer = json.loads(_moto_get(self))
    described, outcome = answer["QueryExecution"], execution.outcome
    described["Status"] |= _status(outcome)
    if outcome.state == "RUNNING":
        described["Status"].pop("CompletionDateTime")
    described["Statistics"] |= {
        "DataScannedInBytes": outcome.scanned_bytes,
        "EngineExecutionTimeInMillis": int((execution.end_time - execution.start_time) * 1000),
    }
    if outcome.manifest:
        described["Statistics"]["DataManifestLocation"] = outcome.manifest
    return json.dumps(answer)


def _status(outcome: Outcome) -> dict[str, Any]:
    status: dict[str, Any] = {"State": outcome.state}
    if outcome.reason:
        status["StateChangeReason"] = outcome.reason
    if outcome.error_type is not None:
        status["AthenaError"] = {
            "ErrorCategory": 2,
            "ErrorType": outcome.error_type,
            "ErrorMessage": outcome.reason,
        }
    return status


def _get_query_results(self: AthenaBackend, exec_id: str) -> QueryResults:
    outcome = _executions(self)[exec_id].outcome
    names = [name for name, _ in outcome.columns]
    shown = [tuple(names), *outcome.rows] if names else []
    rows = [
        {"Data": [{} if v is None else {"VarCharValue": _text(v)} for v in row]} for row in shown
    ]
    info = [{"Name": name, "Type": kind.lower()} for name, kind in outcome.columns]
    return QueryResults(rows, info)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def install(cache: Path) -> None:
    """Makes Athena run its queries; `cache` is a folder for the objects that queries read."""
    cache.mkdir(parents=True, exist_ok=True)

    def start_query_execution(response: AthenaResponse) -> Any:
        return _start_query_execution(response, cache)

    replace(AthenaResponse, "start_query_execution", start_query_execution)
    replace(AthenaResponse, "get_query_execution", _get_query_execution)
    replace(AthenaBackend, "get_query_results", _get_query_results)
