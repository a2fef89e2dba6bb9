"""The JSON Schemas of plan.json, findings.json and requests.json: Pydantic makes them of the types.

Descriptions are the docstrings of the types, their first paragraph, and of the fields.
"""

import json
from typing import Any

from pydantic import ConfigDict, TypeAdapter, with_config
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from plan.findings_file import FindingsFile
from plan.model import Plan
from plan.requests_file import RequestsFile

TYPES = {"plan": Plan, "findings": FindingsFile, "requests": RequestsFile}
_DOCUMENTED = ConfigDict(use_attribute_docstrings=True)


class _Written(GenerateJsonSchema):
    """Of what this product writes: every field is there, and no other one."""

    def dataclass_schema(self, schema: Any) -> JsonSchemaValue:
        generated = super().dataclass_schema(schema)
        description = generated["description"].partition("\n\n")[0]
        return {**generated, "description": description, "additionalProperties": False}

    def field_is_required(self, field: Any, total: bool) -> bool:
        return True

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema_of(name: str) -> str:
    """The text of docs/NAME.schema.json."""
    documented: TypeAdapter[Any] = TypeAdapter(with_config(_DOCUMENTED)(TYPES[name]))
    generated = documented.json_schema(mode="serialization", schema_generator=_Written)
    head = {"$schema": _Written.schema_dialect, "$id": f"{name}.schema.json"}
    return json.dumps({**head, **generated, "title": f"{name}.json"}, indent=2) + "\n"
