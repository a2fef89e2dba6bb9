"""An export on disk, replaced as a whole."""

import json
import os
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from aws_network.export.parts import Documents


def write(folder: Path, documents: Documents) -> None:
    """Writes documents as the AWS CLI prints them, for the user's eyes only."""
    for name, document in documents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8", opener=_open_private) as file:
            json.dump(document, file, indent=4, ensure_ascii=False, default=_time)
            file.write("\n")


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _time(value: Any) -> str:
    """Times as the AWS CLI prints them; nothing else is no JSON."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} is no JSON")


def replace(folder: Path, new: Path, names: Sequence[str]) -> None:
    """Puts a new export in the place of an earlier one, without which no file of that stays.

    `names` are all files and folders that an export may have. The first, which every export has,
    goes first and comes last: what is interrupted between is no export.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        _remove(folder / name)
    for name in reversed(names):
        if (new / name).exists():
            (new / name).rename(folder / name)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
