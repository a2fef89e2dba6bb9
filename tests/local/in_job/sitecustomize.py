"""Python starts with this module where its folder is on the path: it writes down each AWS call.

botocore refuses parameters that are missing, unknown or of another type, and hardly looks at the
limits that AWS states beside them: lengths, ranges, patterns and enumerations. Here they count.
"""

import json
import os
from collections.abc import Iterator, Sized
from functools import cache
from typing import Any

import regex
from botocore import validate
from botocore.model import OperationModel, Shape

CALLS_FILE = "CALLS_FILE"
"""The environment variable that names the file: a JSON object a line, for each call."""

_serialize = validate.ParamValidationDecorator.serialize_to_request


def violations(shape: Shape | None, value: Any, where: str = "") -> Iterator[str]:
    """What of a value lies outside the limits of its shape; `where` is its place."""
    if shape is None or value is None:
        return
    yield from (f"{where}: {wrong}" for wrong in _of_itself(shape, value))
    match shape.type_name:
        case "structure":
            for name, member in value.items():
                yield from violations(shape.members[name], member, f"{where}.{name}")  # type: ignore[attr-defined]
        case "list":
            for place, member in enumerate(value):
                yield from violations(shape.member, member, f"{where}[{place}]")  # type: ignore[attr-defined]
        case "map":
            for key, member in value.items():
                yield from violations(shape.key, key, f"{where} key")  # type: ignore[attr-defined]
                yield from violations(shape.value, member, f"{where}[{key}]")  # type: ignore[attr-defined]


def _of_itself(shape: Shape, value: Any) -> Iterator[str]:
    limits = shape.metadata
    size = len(value) if isinstance(value, Sized) else value
    if isinstance(size, int | float) and not isinstance(size, bool):
        if size < limits.get("min", size):
            yield f"{size} is less than {limits['min']}"
        if size > limits.get("max", size):
            yield f"{size} is more than {limits['max']}"
    if isinstance(value, str):
        if "pattern" in limits and not readable(limits["pattern"]).fullmatch(value):
            yield f"{value[:80]!r} does not match {limits['pattern']}"
        if "enum" in limits and value not in limits["enum"]:
            yield f"{value!r} is none of {', '.join(limits['enum'])}"


@cache
def readable(java: str) -> Any:
    """Some patterns give characters beyond 16 bits as pairs of surrogates, as Java does."""
    return regex.compile(java.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF"))


def _recording(self: Any, parameters: Any, operation_model: OperationModel) -> Any:
    call = {
        "service": operation_model.service_model.service_name,
        "operation": operation_model.name,
        "violations": list(violations(operation_model.input_shape, parameters)),
    }
    with open(os.environ[CALLS_FILE], "a") as file:
        file.write(f"{json.dumps(call)}\n")
    return _serialize(self, parameters, operation_model)


if CALLS_FILE in os.environ:
    setattr(validate.ParamValidationDecorator, "serialize_to_request", _recording)  # noqa: B010
