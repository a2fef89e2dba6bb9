"""Reads plan.json, findings.json and requests.json. Pydantic checks them against their types.

The jobs only write these files, with the standard library; so Glue needs no Pydantic, and nothing
that a job imports may import this module.
"""

from typing import Any

from pydantic import TypeAdapter, ValidationError

from plan.comments import one_line
from plan.findings_file import FindingsFile
from plan.model import Plan
from plan.requests_file import RequestsFile

_PLAN = TypeAdapter(Plan)
_FINDINGS = TypeAdapter(FindingsFile)
_REQUESTS = TypeAdapter(RequestsFile)
_LONGEST_VALUE = 60


class PlanError(ValueError):
    """The text is not such a file; the message is one line that names the field and the fault."""


def load(text: str) -> Plan:
    """The plan that `dump` wrote, perhaps with items taken out. Raises PlanError."""
    plan: Plan = _valid(_PLAN, text)
    for number, item in enumerate(plan.items):
        if not item.rule.rule_id:
            raise PlanError(f"items[{number}].rule.rule_id: the rule to {item.action} has no id")
    return plan


def load_findings(text: str) -> FindingsFile:
    """A findings.json. Raises PlanError."""
    found: FindingsFile = _valid(_FINDINGS, text)
    return found


def load_requests(text: str) -> RequestsFile:
    """A requests.json. Raises PlanError."""
    found: RequestsFile = _valid(_REQUESTS, text)
    return found


def _valid(adapter: TypeAdapter[Any], text: str) -> Any:
    try:
        return adapter.validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        raise PlanError(one_line(_first(error))) from error


def _first(error: ValidationError) -> str:
    """The first error, and how many more there are; another version explains all others."""
    errors = error.errors(include_url=False)
    first = min(errors, key=lambda found: found["loc"] != ("version",))
    place, message = _place(first["loc"]), first["msg"].removeprefix("Value error, ")
    if first["type"] in ("missing", "value_error", "json_invalid"):
        said = message
    else:
        said = f"{message}, not {repr(first['input'])[:_LONGEST_VALUE]}"
    more = f" (and {len(errors) - 1} more errors)" if errors[1:] else ""
    return f"{place}{': ' if place else ''}{said}{more}"


def _place(location: tuple[int | str, ...]) -> str:
    """`items[0].rule.to_port`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return "".join(steps).removeprefix(".")
