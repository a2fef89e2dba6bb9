"""The one way in which this package changes moto."""

from typing import Any


def replace(owner: Any, name: str, value: Any) -> None:
    """Puts `value` in the place of a class's or a module's attribute.

    moto is pinned to one version, and tests/local/test_repairs.py says when a repair can go.
    """
    setattr(owner, name, value)
