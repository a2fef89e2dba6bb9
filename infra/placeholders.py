"""Named places in definitions that are data: `${Name}` in stepfunctions/ and quicksight/."""

import re
from collections.abc import Mapping
from typing import Any

_NAME = re.compile(r"\$\{(\w+)\}")


def fill(part: Any, names: Mapping[str, Any]) -> Any:
    """The part with every `${Name}` replaced. Raises KeyError for a name not given.

    A text that is nothing but a name becomes its value, of any type; within a text, its text.
    """
    if isinstance(part, dict):
        return {key: fill(value, names) for key, value in part.items()}
    if isinstance(part, list):
        return [fill(value, names) for value in part]
    if not isinstance(part, str):
        return part
    whole = _NAME.fullmatch(part)
    return names[whole[1]] if whole else _NAME.sub(lambda match: str(names[match[1]]), part)
