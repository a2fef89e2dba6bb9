"""`python -m local plan`: a plan as commands or templates, on standard output."""

from collections.abc import Callable
from pathlib import Path

from local.account.cli_exports import InputError
from plan.cli import to_cli
from plan.cloudformation import to_cloudformation
from plan.model import PlanError, load
from plan.terraform import to_terraform

FORMATS: dict[str, Callable[..., str]] = {
    "cli": to_cli,
    "terraform": to_terraform,
    "cloudformation": to_cloudformation,
}


def show_plan(path: Path, form: str, *, undo: bool) -> str:
    """The plan of a file in a format of FORMATS. Raises InputError."""
    try:
        plan = load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; make it with: python -m local run") from None
    except (OSError, UnicodeDecodeError, PlanError) as error:
        raise InputError(f"{path}: is no plan ({error})") from error
    return FORMATS[form](plan, undo=undo)
