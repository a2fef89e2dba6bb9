"""Repair of moto: Athena runs its queries.

moto answers every query with success and no rows. Here a query is run by DuckDB over the objects in
S3 (local.query), with the permissions of whoever started it.
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

from local.iam import ACCOUNT, Caller, caller_of_request
from local.objects import ObjectStore
from local.query import Outcome, Query
from local.repair import replace
from local.tables import Table, from_glue
from local.trino import SqlError


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


_executions: dict[str, QueryExecution] = {}
_cache = Path()


def workgroup_of(execution_id: str) -> str | None:
    """The workgroup in which a query runs, None for an unknown query."""
    found = _executions.get(execution_id)
    return found.workgroup.name if found else None


def find_table(who: Caller, region: str, database: str, name: str) -> Table:
    """A table of the Glue Data Catalog. Raises SqlError, DeniedError."""
    arn = f"arn:aws:glue:{region}:{ACCOUNT}:"
    for part in ("catalog", f"database/{database}", f"table/{database}/{name}"):
        who.require("glue:GetTable", arn + part)
    try:
        table = glue_backends[ACCOUNT][region].get_table(database, name)
    except (DatabaseNotFoundException, TableNotFoundException) as error:
        missing = (
            f"TABLE_NOT_FOUND: line 1:1: Table 'awsdatacatalog.{database}.{name}' does not exist"
        )
        raise SqlError(missing) from error
    return from_glue(table.as_dict())


def _start_query_execution(self: AthenaResponse) -> Any:
    name = self._get_param("WorkGroup") or "primary"
    workgroup = self.athena_backend.work_groups.get(name)
    if workgroup is None:
        return self.error(f"WorkGroup {name} is not found.", 400)
    settings = workgroup.configuration
    wanted = (self._get_param("ResultConfiguration") or {}).get("OutputLocation")
    fixed = settings.get("ResultConfiguration", {}).get("OutputLocation")
    enforced = settings.get("EnforceWorkGroupConfiguration", True)
    output = fixed if enforced and fixed else wanted or fixed
    if not output:
        return self.error("No output location provided.", 400)
    who, region = caller_of_request(self.headers), self.region
    context = self._get_param("QueryExecutionContext") or {}
    cutoff = settings.get("BytesScannedCutoffPerQuery")
    query = Query(
        execution_id=str(uuid.uuid4()),
        sql=self._get_param("QueryString"),
        parameters=self._get_param("ExecutionParameters") or [],
        database=context.get("Database", "default"),
        store=ObjectStore(who),
        find_table=lambda database, table: find_table(who, region, database, table),
        cache=_cache,
        output=output if output.endswith("/") else f"{output}/",
        cutoff=int(cutoff) if cutoff else None,
    )
    execution = QueryExecution(query, workgroup, context, self._get_param("ExecutionParameters"))
    _executions[execution.id] = execution
    executions: dict[str, Any] = self.athena_backend.executions
    executions[execution.id] = execution
    return json.dumps({"QueryExecutionId": execution.id})


_moto_get = AthenaResponse.get_query_execution


def _get_query_execution(self: AthenaResponse) -> Any:
    """moto's answer with the reason and the statistics it leaves out."""
    execution = _executions.get(self._get_param("QueryExecutionId"))
    if execution is None:
        missing = f"QueryExecution {self._get_param('QueryExecutionId')} was not found"
        return self.error(missing, 400)
    answer = json.loads(_moto_get(self))
    described, outcome = answer["QueryExecution"], execution.outcome
    described["Status"]["State"] = outcome.state
    if outcome.state == "RUNNING":
        described["Status"].pop("CompletionDateTime")
    if outcome.reason:
        described["Status"]["StateChangeReason"] = outcome.reason
    if outcome.error_type is not None:
        error = {
            "ErrorCategory": 2,
            "ErrorType": outcome.error_type,
            "ErrorMessage": outcome.reason,
        }
        described["Status"]["AthenaError"] = error
    described["Statistics"] |= {
        "DataScannedInBytes": outcome.scanned_bytes,
        "EngineExecutionTimeInMillis": int((execution.end_time - execution.start_time) * 1000),
    }
    if outcome.manifest:
        described["Statistics"]["DataManifestLocation"] = outcome.manifest
    return json.dumps(answer)


def _get_query_results(_self: AthenaBackend, exec_id: str) -> QueryResults:
    outcome = _executions[exec_id].outcome
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
    """Makes Athena run its queries; `cache` is a folder for the copies of objects."""
    global _cache
    cache.mkdir(parents=True, exist_ok=True)
    _cache = cache
    _executions.clear()
    replace(AthenaResponse, "start_query_execution", _start_query_execution)
    replace(AthenaResponse, "get_query_execution", _get_query_execution)
    replace(AthenaBackend, "get_query_results", _get_query_results)
