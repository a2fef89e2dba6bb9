"""Patch of moto: what may carry a group later is answered from the AWS CLI's own output.

Each file is optional. A call whose file is not there is refused, so that the stack says "not
checked" instead of "nothing there".
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

from moto.core.responses import ActionResult

from local.account.configured_resources import EXPORTS, FOLDER, Export
from local.emulator.iam.enforcement import access_denied
from local.emulator.moto_patch import replace

Document = dict[str, Any]
Answer = Callable[[Any, Document], Document]
"""(moto's response object, the export) to what is answered"""


def _whole(_response: Any, document: Document) -> Document:
    return document


def _clusters(_response: Any, document: Document) -> Document:
    arns = {service.get("clusterArn", "default") for service in document["services"]}
    return {"clusterArns": sorted(arns)}


def _service_arns(response: Any, document: Document) -> Document:
    cluster = response._get_param("cluster")
    services = [s for s in document["services"] if s.get("clusterArn", "default") == cluster]
    return {"serviceArns": [service["serviceArn"] for service in services]}


def _services(response: Any, document: Document) -> Document:
    wanted = response._get_param("services")
    return {"services": [s for s in document["services"] if s["serviceArn"] in wanted]}


def _project_names(_response: Any, document: Document) -> Document:
    return {"projects": [project["name"] for project in document["projects"]]}


def _projects(response: Any, document: Document) -> Document:
    wanted = response._get_param("names")
    return {"projects": [p for p in document["projects"] if p["name"] in wanted]}


_RESPONSES = {
    "ec2": "ec2.EC2Response",
    "autoscaling": "autoscaling.AutoScalingResponse",
    "lambda": "awslambda.LambdaResponse",
    "ecs": "ecs.EC2ContainerServiceResponse",
    "batch": "batch.BatchResponse",
    "codebuild": "codebuild.CodeBuildResponse",
    "glue": "glue.GlueResponse",
    "rds": "rds.RDSResponse",
    "elbv2": "elbv2.ELBV2Response",
    "elb": "elb.ELBResponse",
}
"""Service to moto's module and the class in it that answers."""

_SEVERAL_CALLS: Mapping[str, Mapping[str, Answer]] = {
    "ecs": {
        "list_clusters": _clusters,
        "list_services": _service_arns,
        "describe_services": _services,
    },
    "codebuild": {"list_projects": _project_names, "batch_get_projects": _projects},
}
"""Services of which several calls are answered from one export."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")

_documents: dict[str, Document] = {}


def set_exports(documents: Mapping[str, Document]) -> None:
    """File name to the export that the emulator answers with, in every region."""
    _documents.clear()
    _documents.update(documents)


def install() -> None:
    """Replaces moto's answers; until exports are set, all are refused."""
    _documents.clear()
    for export in EXPORTS:
        module, _, name = _RESPONSES[export.service].partition(".")
        owner = getattr(import_module(f"moto.{module}.responses"), name)
        for method, answer in _calls(export).items():
            replace(owner, method, _answer(export.file, answer))


def _calls(export: Export) -> Mapping[str, Answer]:
    """moto's methods that are answered from an export."""
    spelled = export.operation.replace("-", "" if export.service == "batch" else "_")
    return _SEVERAL_CALLS.get(export.service, {spelled: _whole})


def _answer(file: str, answer: Answer) -> Callable[[Any], ActionResult | str]:
    def answering(response: Any) -> ActionResult | str:
        if file not in _documents:
            raise access_denied(response, f"there is no export {FOLDER}/{file}")
        if response.service_name == "batch":  # moto's spelling of its actions fits no serializer
            return json.dumps(answer(response, _documents[file]))
        response.RESPONSE_KEY_PATH_TO_TRANSFORMER = {}  # those expect moto's own objects
        return ActionResult(_with_times(answer(response, _documents[file])))

    return answering


def _with_times(value: Any) -> Any:
    """The CLI prints times as text; the answer's serializer wants times."""
    if isinstance(value, dict):
        return {key: _with_times(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_times(item) for item in value]
    is_time = isinstance(value, str) and _TIME.fullmatch(value)
    return datetime.fromisoformat(value) if is_time else value
