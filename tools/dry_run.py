"""Clients that call nothing: they check what they would send, print it, and make up an answer."""

from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ParamValidationError
from botocore.model import OperationModel, Shape
from botocore.validate import ParamValidator

_SESSION = boto3.Session("dry-run", "dry-run", region_name="us-east-1")
_MADE_UP: dict[str, Any] = {"integer": 0, "long": 0, "boolean": False, "double": 0.0, "blob": b""}


class DryRunClient:
    """A client of a service. A call that the service's model does not allow raises."""

    def __init__(self, service: str, say: Callable[[str], None]) -> None:
        self._service = service
        self._say = say
        self._client: Any = _SESSION.client(service)  # type: ignore[call-overload]

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        operation = self._client.meta.method_to_api_mapping[name]
        model = self._client.meta.service_model.operation_model(operation)

        def call(**parameters: Any) -> dict[str, Any]:
            check(model, parameters)
            shown = ", ".join(f"{key}={_short(value)}" for key, value in parameters.items())
            self._say(f"  would call {self._service}.{operation}({shown})")
            answer = _made_up(model.output_shape, ())
            return answer if isinstance(answer, dict) else {}

        return call


def check(model: OperationModel, parameters: dict[str, Any]) -> None:
    """Raises ParamValidationError."""
    shape = model.input_shape
    report = ParamValidator().validate(parameters, shape) if shape else None
    if report and report.has_errors():
        raise ParamValidationError(report=report.generate_report())


def _made_up(shape: Shape | None, above: tuple[str, ...]) -> Any:
    """An answer of a shape: one element in each list, names in angle brackets for texts."""
    if shape is None or shape.name in above:
        return None
    match shape.type_name:
        case "structure":
            members: dict[str, Shape] = shape.members  # type: ignore[attr-defined]
            inside = (*above, shape.name)
            return {name: _made_up(member, inside) for name, member in members.items()}
        case "list":
            element: Shape = shape.member  # type: ignore[attr-defined]
            return [_made_up(element, (*above, shape.name))]
        case "map":
            return {}
        case "string":
            return f"<{shape.name}>"
    return _MADE_UP.get(shape.type_name)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:97]}..."
