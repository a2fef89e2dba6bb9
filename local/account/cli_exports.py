"""A file that the AWS CLI printed."""

import json
from itertools import product
from pathlib import Path
from typing import Any

Item = dict[str, Any]


class InputError(Exception):
    """An input cannot be used; the message names the file and says what to do."""


def read_items(path: Path, command: str, list_key: str, *item_keys: str) -> list[Item]:
    """The list in a file, each item of which has these keys. Raises InputError.

    `command` is what makes the file, for the message of the error.
    """
    document = _document(path, command)
    items = document.get(list_key) if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise InputError(f"{path}: has no list {list_key!r}; make it with: {command}")
    for item, key in product(items, item_keys):
        if not isinstance(item, dict) or key not in item:
            raise InputError(
                f"{path}: an item of {list_key!r} has no {key!r}; make it with: {command}"
            )
    if document.get("NextToken"):
        raise InputError(
            f"{path}: is only the first page (it has a NextToken); make it without "
            f"--max-items and --no-paginate: {command}"
        )
    return items


def _document(path: Path, command: str) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; make it with: {command}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: is not the JSON the AWS CLI prints ({error}); make it with: {command}"
        ) from error
