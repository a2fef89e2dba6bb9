"""Repair of moto: who may carry a group later is answered from the AWS CLI's own output.

Each file is optional. A call whose file is not there is refused, so that the stack says "not
checked" instead of "nothing there".
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from moto.core.responses import ActionResult

from local.iam import access_denied
from local.repair import replace

Document = dict[str, Any]
Answer = Callable[[Any, Document], Document]
"""(moto's response object, the export) to what is answered"""

FOLDER = "configured-resources"
"""Beside the other exports; its files are named after the CLI's service and command."""


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


@dataclass(frozen=True)
class Export:
    """A file, the key of its list, what every item has, and the answers that come from it."""

    service: str
    operation: str
    key: str
    name: str
    owner: str
    """Below moto: the module and its class that answers."""
    answers: Mapping[str, Answer]
    options: str = ""

    @property
    def file(self) -> str:
        """`lambda-list-functions.json`"""
        return f"{self.service}-{self.operation}.json"

    @property
    def command(self) -> str:
        """What prints the file."""
        return f"aws {self.service} {self.operation}{self.options} --output json"


def _one_call(
    service: str, operation: str, key: str, name: str, owner: str, options: str = ""
) -> Export:
    method = operation.replace("-", "" if service == "batch" else "_")
    return Export(service, operation, key, name, owner, {method: _whole}, options)


_SERVICES = {
    "list_clusters": _clusters,
    "list_services": _service_arns,
    "describe_services": _services,
}
_PROJECTS = {"list_projects": _project_names, "batch_get_projects": _projects}

EXPORTS = (
    _one_call("ec2", "describe-launch-template-versions", "LaunchTemplateVersions",
              "LaunchTemplateId", "ec2.EC2Response", " --versions '$Latest' '$Default'"),
    _one_call("autoscaling", "describe-launch-configurations", "LaunchConfigurations",
              "LaunchConfigurationName", "autoscaling.AutoScalingResponse"),
    _one_call("autoscaling", "describe-auto-scaling-groups", "AutoScalingGroups",
              "AutoScalingGroupName", "autoscaling.AutoScalingResponse"),
    _one_call("lambda", "list-functions", "Functions", "FunctionName", "awslambda.LambdaResponse"),
    Export("ecs", "describe-services", "services", "serviceArn", "ecs.EC2ContainerServiceResponse",
           _SERVICES, " --cluster CLUSTER --services SERVICE ..."),
    _one_call("batch", "describe-compute-environments", "computeEnvironments",
              "computeEnvironmentName", "batch.BatchResponse"),
    Export("codebuild", "batch-get-projects", "projects", "name", "codebuild.CodeBuildResponse",
           _PROJECTS, " --names PROJECT ..."),
    _one_call("glue", "get-connections", "ConnectionList", "Name", "glue.GlueResponse",
              " --hide-password"),
    _one_call("rds", "describe-db-instances", "DBInstances", "DBInstanceIdentifier",
              "rds.RDSResponse"),
    _one_call("rds", "describe-db-clusters", "DBClusters", "DBClusterIdentifier",
              "rds.RDSResponse"),
    _one_call("elbv2", "describe-load-balancers", "LoadBalancers", "LoadBalancerName",
              "elbv2.ELBV2Response"),
    _one_call("elb", "describe-load-balancers", "LoadBalancerDescriptions", "LoadBalancerName",
              "elb.ELBResponse"),
)  # fmt: skip

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
        module, _, name = export.owner.partition(".")
        owner = getattr(import_module(f"moto.{module}.responses"), name)
        for method, answer in export.answers.items():
            replace(owner, method, _answer(export.file, answer))


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
