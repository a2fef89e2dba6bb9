"""Does a role's policy allow an action on a resource? Source: "Policy evaluation logic" (IAM)."""

import fnmatch
from collections.abc import Iterable, Mapping
from typing import Any

Statement = Mapping[str, Any]


def allowed(
    statements: Iterable[Statement], action: str, resource: str, context: Mapping[str, str]
) -> bool:
    """Whether some statement allows and none denies."""
    effects = {s["Effect"] for s in statements if _applies(s, action, resource, context)}
    return "Allow" in effects and "Deny" not in effects


def as_list(value: Any) -> list[Any]:
    """A policy may say one thing bare, and several as a list."""
    return value if isinstance(value, list) else [value]


def _applies(statement: Statement, action: str, resource: str, context: Mapping[str, str]) -> bool:
    return (
        _matches(action.lower(), [a.lower() for a in as_list(statement.get("Action", []))])
        and _matches(resource, as_list(statement.get("Resource", [])))
        and all(
            _condition(operator, key, as_list(values), context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _condition(operator: str, key: str, values: list[Any], context: Mapping[str, str]) -> bool:
    """An unknown key or operator is never fulfilled, so that a grant cannot work only here."""
    actual = {name.lower(): value for name, value in context.items()}.get(key.lower())
    if actual is None:
        return operator.endswith("IfExists")
    expected = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
    match operator.removesuffix("IfExists"):
        case "StringEquals" | "ArnEquals" | "Bool":
            return actual in expected
        case "StringNotEquals":
            return actual not in expected
        case "StringLike" | "ArnLike":
            return _matches(actual, expected)
    return False


def _matches(value: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(value, pattern.replace("[", "[[]")) for pattern in patterns)
