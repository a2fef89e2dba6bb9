"""What goes wrong with a query, in the words of Athena."""

import re


class SqlError(Exception):
    """The query cannot be run; the text is in the words Athena would use."""


class BytesScannedLimitError(Exception):
    """The query would read more than the workgroup allows."""


def in_words_of_athena(message: str, origin: dict[str, str]) -> str:
    """DuckDB's error with the objects' addresses instead of the paths of their copies."""
    for copy, uri in origin.items():
        message = message.replace(copy, uri)
    first = re.sub(r"\s+", " ", message)[:400]
    kinds = {
        "Binder Error": "COLUMN_NOT_FOUND",
        "Catalog Error": "TABLE_NOT_FOUND",
        "Parser Error": "SYNTAX_ERROR",
        "Conversion Error": "INVALID_CAST_ARGUMENT",
        "Invalid Input Error": "HIVE_CURSOR_ERROR",
        "Out of Range Error": "NUMERIC_VALUE_OUT_OF_RANGE",
    }
    code = next(
        (code for kind, code in kinds.items() if first.startswith(kind)), "GENERIC_INTERNAL_ERROR"
    )
    return f"{code}: {first}"
