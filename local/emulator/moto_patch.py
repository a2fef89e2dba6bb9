"""The one way in which this package changes moto."""

from typing import Any


def replace(owner: Any, name: str, value: Any) -> None:
    """Puts `value` in the place of an attribute of a class or a module of moto.

    moto is pinned to one version. tests/local/emulator/test_moto_patches.py fails when moto no
    longer needs a patch.
    """
    setattr(owner, name, value)
